/** A session of one participant with three tracks, of any length, on virtual time. */
import { seededRandom } from '../../src/io/simulated/seeded-random.ts';
import type { JobMachines } from '../../src/io/compose/job-machines.ts';
import type { EventLogs } from '../../src/io/event-log/event-logs.ts';
import type { VirtualClock } from '../../src/io/virtual-clock.ts';
import { job } from '../../test/support/monitor-facts.ts';
import {
  alice,
  camera,
  microphone,
  participant,
  screen,
  statsOf,
} from '../../test/support/session-facts.ts';
import { PlayedJob } from '../../test/support/played-job.ts';

const WINDOW_MS = 100;
const WINDOWS_PER_POLL = 5;
const WINDOWS_PER_TURN = 30;
const PACKETS_PER_POLL = 25;
const FRAMES_PER_POLL = 12;
const LOUD = { level: 0.03, spread: 0.1 };
const QUIET = { level: 0, spread: 0.005 };

type LongSessionOptions = {
  readonly machines: JobMachines;
  readonly clock: VirtualClock;
  readonly logs: EventLogs;
};

/** She speaks every other three seconds, and shows her face and her screen all the time. */
export class LongSession {
  readonly job: PlayedJob;
  readonly #clock: VirtualClock;
  readonly #random = seededRandom(1);
  #windows = 0;
  #polls = 0;

  constructor({ machines, clock, logs }: LongSessionOptions) {
    this.#clock = clock;
    const { identity } = alice;
    this.job = new PlayedJob({ jobId: 'AJ_long', identity, machines, clock, logs });
    const at = clock.now();
    const tracks = [microphone, camera, screen];
    const local = { identity: 'agent', sid: 'PA_agent' };
    const participants = [participant(alice, { active: true, tracks })];
    const { room } = this.job;
    room.say({ type: 'room.connected', at, ...job.room, metadata: '', local, participants });
    for (const { sid } of tracks) {
      room.say({ type: 'track.subscribed', at, ...alice, trackSid: sid });
    }
  }

  /** Moves time by one window of her microphone. */
  step(): void {
    this.#clock.advanceBy(WINDOW_MS);
    const at = this.#clock.now();
    this.#windows += 1;
    const isLoud = Math.floor(this.#windows / WINDOWS_PER_TURN) % 2 === 1;
    const { level, spread } = isLoud ? LOUD : QUIET;
    const rms = Math.round((level + this.#random() * spread) * 1e4) / 1e4;
    this.job.levels.say(microphone.sid, { type: 'audio.levelMeasured', rms, at });
    if (this.#windows % WINDOWS_PER_POLL === 0) this.#poll(at);
  }

  #poll(at: number): void {
    this.#polls += 1;
    const packets = this.#polls * PACKETS_PER_POLL;
    const framesDecoded = this.#polls * FRAMES_PER_POLL;
    const jitterMs = Math.round(this.#random() * 100) / 10;
    this.job.stats.say({
      type: 'stats.sampled',
      at,
      tracks: [
        statsOf(microphone.sid, packets, { jitterMs }),
        statsOf(camera.sid, packets, { jitterMs, framesDecoded, width: 1280, height: 720 }),
        statsOf(screen.sid, packets, { jitterMs, framesDecoded, width: 1920, height: 1080 }),
      ],
      roundTripTimeMs: null,
      availableIncomingBitrate: null,
    });
  }
}

export const WINDOWS_PER_MINUTE = 60_000 / WINDOW_MS;
