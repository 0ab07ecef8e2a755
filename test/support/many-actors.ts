import type { Clock } from '../../src/actors/ports.ts';
import { JobMachines } from '../../src/io/compose/job-machines.ts';
import type { SystemInspector } from '../../src/io/inspect/inspected-system.ts';
import type { ParticipantInfo, ParticipantRef } from '../../src/machines/events.ts';
import { entryFacts } from './entry-facts.ts';
import { PlayedJob } from './played-job.ts';
import { microphone, participant } from './session-facts.ts';

/** Its root, its alerts, the agent, one participant and one track, and seven ports. */
export const ACTORS_IN_JOB = 12;
const GUESTS_IN_ROOM = 3;
/** Often enough for 1,000 facts/s to come one by one, as ports say them. */
const TICK_MS = 10;
const QUIET_RMS = 0.002;

type ManyActorsOptions = {
  /** So many, rounded up to whole jobs. */
  readonly actors: number;
  readonly clock: Clock;
  readonly inspector?: SystemInspector | undefined;
  /** Each so-manieth fact changes a state; the others are windows of somebody who is silent. */
  readonly changeEvery: number;
};

/** Jobs of participant-monitor with the machines of `src`, each with a guest who is in a room and has a microphone. */
export class ManyActors {
  readonly guests: readonly Guest[];
  /** The first of them. The load leaves it alone, so that whoever changes it knows that nobody else does. */
  readonly spared: Guest;
  readonly #others: readonly Guest[];
  readonly #clock: Clock;
  readonly #changeEvery: number;
  #facts = 0;
  #changes = 0;
  #windows = 0;

  constructor({ actors, clock, inspector, changeEvery }: ManyActorsOptions) {
    const machines = new JobMachines();
    this.#clock = clock;
    this.#changeEvery = changeEvery;
    this.guests = Array.from(
      { length: Math.ceil(actors / ACTORS_IN_JOB) },
      (_, number) => new Guest(number, { machines, clock, inspector }),
    );
    const [spared, ...others] = this.guests;
    if (!spared) throw new Error('Many actors are at least one job.');
    this.spared = spared;
    this.#others = others;
    for (const guest of this.guests) guest.enter(this.#inRoomWith(guest));
  }

  /** What the ports have said so far, beside the entries of the guests. */
  get facts(): number {
    return this.#facts;
  }

  /** Says the next fact: guests take turns at a window, and at a change. */
  tell(): void {
    this.#facts += 1;
    if (this.#facts % this.#changeEvery === 0) {
      this.#guestAt(this.#changes).changeQuality();
      this.#changes += 1;
    } else {
      this.#guestAt(this.#windows).measureWindow();
      this.#windows += 1;
    }
  }

  /** Says so many facts a second, and catches up where it was late. @returns how to stop it. */
  tellSteadily(factsPerS: number): () => void {
    const startedAt = this.#clock.now();
    const factsBefore = this.#facts;
    const tick = () => {
      timer = this.#clock.setTimeout(tick, TICK_MS);
      const due = ((this.#clock.now() - startedAt) * factsPerS) / 1_000;
      while (this.#facts - factsBefore < Math.floor(due)) this.tell();
    };
    let timer = this.#clock.setTimeout(tick, TICK_MS);
    return () => this.#clock.clearTimeout(timer);
  }

  async close(): Promise<void> {
    for (const { job } of this.guests) await job.close();
  }

  #guestAt(turn: number): Guest {
    const guest = this.#others[turn % this.#others.length];
    if (!guest) throw new Error('A load needs more than the one job that it spares.');
    return guest;
  }

  #inRoomWith({ room }: Guest): readonly ParticipantInfo[] {
    return this.guests.filter((other) => other.room === room).map(({ info }) => info);
  }
}

type GuestWorld = {
  readonly machines: JobMachines;
  readonly clock: Clock;
  readonly inspector: SystemInspector | undefined;
};

class Guest {
  readonly ref: ParticipantRef;
  readonly jobId: string;
  readonly room: string;
  readonly job: PlayedJob;
  readonly trackSid: string;
  readonly #clock: Clock;
  #hasGoodQuality = false;

  constructor(number: number, { machines, clock, inspector }: GuestWorld) {
    const identity = `guest-${number}`;
    this.ref = { identity, sid: `PA_${number}` };
    this.jobId = `AJ_${number}`;
    this.room = `room-${Math.floor(number / GUESTS_IN_ROOM)}`;
    this.trackSid = `TR_${number}`;
    this.#clock = clock;
    this.job = new PlayedJob({
      jobId: this.jobId,
      identity,
      machines,
      clock,
      logs: undefined,
      ...(inspector && { inspection: { inspector, room: this.room } }),
    });
  }

  get info(): ParticipantInfo {
    const tracks = [{ ...microphone, sid: this.trackSid }];
    return participant(this.ref, { active: true, tracks });
  }

  enter(everybody: readonly ParticipantInfo[]): void {
    const facts = entryFacts(this.#clock.now(), this.ref, this.trackSid, everybody);
    for (const fact of facts) this.job.room.say(fact);
  }

  measureWindow(rms = QUIET_RMS): void {
    this.job.levels.say(this.trackSid, {
      type: 'audio.levelMeasured',
      at: this.#clock.now(),
      rms,
    });
  }

  /** From excellent to good, or back: a state of its session that lasts, with no alert and no message. */
  changeQuality(): 'excellent' | 'good' {
    this.#hasGoodQuality = !this.#hasGoodQuality;
    const quality = this.#hasGoodQuality ? 'good' : 'excellent';
    const at = this.#clock.now();
    this.job.room.say({ type: 'participant.qualityChanged', at, ...this.ref, quality });
    return quality;
  }
}
