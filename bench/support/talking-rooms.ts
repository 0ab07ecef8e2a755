/** Rooms of three who talk in turns, with a monitor each, on virtual time. */
import { seededRandom } from '../../src/io/simulated/seeded-random.ts';
import type { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { Random } from '../../src/actors/ports.ts';
import type { ParticipantInfo, ParticipantRef, RoomFact } from '../../src/machines/events.ts';
import { entryFacts } from '../../test/support/entry-facts.ts';
import { microphone, participant, statsOf } from '../../test/support/session-facts.ts';
import type { PlayedJob } from '../../test/support/played-job.ts';

export const TALKERS_PER_ROOM = 3;
const STEP_MS = 10;
const WINDOW_MS = 100;
const POLL_MS = 500;
const PACKETS_PER_POLL = 25;
const LOUD = { level: 0.03, spread: 0.1 };
const QUIET = { level: 0, spread: 0.005 };
/** Of a turn and of a pause: at least so many windows, and up to so many more. */
const LEAST_WINDOWS = 15;
const MORE_WINDOWS = 45;

/** Makes the job of one talker; undefined: what it would hear is made all the same, and dropped. */
export type StartJob = (number: number, identity: string) => PlayedJob | undefined;

class Talker {
  readonly ref: ParticipantRef;
  readonly job: PlayedJob | undefined;
  isLoud = false;
  readonly #trackSid: string;
  readonly #random: Random;
  #windowsLeft = 0;
  #packets = 0;

  constructor(number: number, startJob: StartJob) {
    const identity = `talker-${number}`;
    this.ref = { identity, sid: `PA_${number}` };
    this.#trackSid = `TR_${number}`;
    this.#random = seededRandom(number);
    this.job = startJob(number, identity);
  }

  get info(): ParticipantInfo {
    const tracks = [{ ...microphone, sid: this.#trackSid }];
    return participant(this.ref, { active: true, tracks });
  }

  hear(fact: RoomFact): void {
    this.job?.room.say(fact);
  }

  enter(at: number, everybody: readonly ParticipantInfo[]): void {
    for (const fact of entryFacts(at, this.ref, this.#trackSid, everybody)) this.hear(fact);
  }

  /** @returns whether a turn or a pause began with it. */
  measureWindow(at: number): boolean {
    const isChange = this.#windowsLeft === 0;
    if (isChange) {
      this.isLoud = !this.isLoud;
      this.#windowsLeft = LEAST_WINDOWS + Math.floor(this.#random() * MORE_WINDOWS);
    }
    this.#windowsLeft -= 1;
    const { level, spread } = this.isLoud ? LOUD : QUIET;
    const rms = Math.round((level + this.#random() * spread) * 1e4) / 1e4;
    this.job?.levels.say(this.#trackSid, { type: 'audio.levelMeasured', rms, at });
    return isChange;
  }

  poll(at: number): void {
    this.#packets += PACKETS_PER_POLL;
    this.job?.stats.say({
      type: 'stats.sampled',
      at,
      tracks: [
        statsOf(this.#trackSid, this.#packets, {
          jitterMs: 1 + Math.round(this.#random() * 100) / 100,
        }),
      ],
      roundTripTimeMs: null,
      availableIncomingBitrate: null,
    });
  }
}

export class TalkingRooms {
  readonly #clock: VirtualClock;
  readonly #rooms: readonly (readonly Talker[])[];
  #facts = 0;

  constructor(clock: VirtualClock, rooms: number, startJob: StartJob) {
    this.#clock = clock;
    this.#rooms = Array.from({ length: rooms }, (_, room) =>
      Array.from(
        { length: TALKERS_PER_ROOM },
        (_, place) => new Talker(room * TALKERS_PER_ROOM + place, startJob),
      ),
    );
    for (const room of this.#rooms) {
      const everybody = room.map(({ info }) => info);
      for (const talker of room) talker.enter(clock.now(), everybody);
    }
  }

  /** What the jobs were told so far: windows, polls, lists of speakers. */
  get facts(): number {
    return this.#facts;
  }

  get jobs(): readonly PlayedJob[] {
    return this.#rooms.flat().flatMap(({ job }) => (job === undefined ? [] : [job]));
  }

  /** One step of 10 ms: the tenth part of the talkers measures a window, the fiftieth is polled. */
  step(): void {
    this.#clock.advanceBy(STEP_MS);
    const at = this.#clock.now();
    for (const [index, room] of this.#rooms.entries()) {
      let hasChanged = false;
      for (const [place, talker] of room.entries()) {
        const phaseMs = (index * TALKERS_PER_ROOM + place) * STEP_MS;
        if ((at + phaseMs) % POLL_MS === 0) {
          talker.poll(at);
          this.#facts += 1;
        }
        if ((at + phaseMs) % WINDOW_MS === 0) {
          hasChanged = talker.measureWindow(at) || hasChanged;
          this.#facts += 1;
        }
      }
      if (hasChanged) this.#nameSpeakers(room, at);
    }
  }

  #nameSpeakers(room: readonly Talker[], at: number): void {
    const identities = room.filter(({ isLoud }) => isLoud).map(({ ref }) => ref.identity);
    for (const talker of room) talker.hear({ type: 'room.speakersChanged', at, identities });
    this.#facts += room.length;
  }
}

export const STEPS_PER_S = 1_000 / STEP_MS;
