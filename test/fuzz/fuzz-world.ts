import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { noFaults } from '../../src/io/simulated/dispatch-faults.ts';
import type { Director } from '../../src/io/simulated/director.ts';
import { seededRandom } from '../../src/io/simulated/seeded-random.ts';
import { formatStep, formatTime, type Happening } from '../../src/io/simulated/script.ts';
import { Timers } from '../../src/io/simulated/timers.ts';
import type { ParticipantRef } from '../../src/machines/events.ts';
import { SimulatedWorker } from '../support/simulated-worker.ts';
import { Chance } from './chance.ts';
import { fragile } from './fragile.agent.ts';
import { Wire } from './wire.ts';

export const roomNames: readonly string[] = ['math', 'music', 'lunch'];
export const maxJobs = 6;
/** More dispatches at a time would only be refused for want of places. */
const maxDispatches = 5;

/** What one life of a worker is like, drawn from its seed. */
export type Character = {
  readonly nastiness: number;
  readonly isNastilyDispatched: boolean;
  readonly notifies: boolean;
  readonly maxDurationMs: number | null;
  /** Whether it is told to drain while everything goes on; else the rooms end first. */
  readonly drainsInTheMiddle: boolean;
};

/** How a monitor was asked to monitor. */
export type Wishes = {
  readonly target: string;
  readonly speakingAlerts: boolean;
  readonly qualityAlerts: boolean;
};

type Dispatch = {
  readonly id: string;
  readonly agent: string;
  readonly room: string;
  readonly roomSid: string;
  readonly metadata: string;
  /** Null where its metadata is wrong, or where it is no monitor's. */
  readonly wishes: Wishes | null;
};

export type FuzzJob = {
  readonly jobId: string;
  readonly dispatch: Dispatch;
};

const inactivityTimeoutMs = 5_000;

function drawCharacter(chance: Chance): Character {
  return {
    nastiness: chance.oneOf([0, 0.3, 1]),
    isNastilyDispatched: chance.happens(0.7),
    notifies: chance.happens(0.9),
    maxDurationMs: chance.happens(0.3) ? 40_000 : null,
    drainsInTheMiddle: chance.happens(0.5),
  };
}

/** A worker with a server around it that does what LiveKit's would do, and worse. */
export class FuzzWorld {
  readonly character: Character;
  readonly chance: Chance;
  readonly worker: SimulatedWorker;
  readonly wire: Wire;
  readonly jobs = new Map<string, FuzzJob>();
  readonly terminated = new Set<string>();
  /** What was done, as lines. */
  readonly history: { readonly at: number; readonly line: string }[] = [];
  drainedAt: number | null = null;
  readonly #directors: ReadonlyMap<string, Director>;
  readonly #known = new Map<string, Set<string>>(roomNames.map((name) => [name, new Set()]));
  readonly #seenSids = new Set<string>();
  readonly #startedAt: number;
  readonly #timers: Timers;
  #dispatches: Dispatch[] = [];
  #lastId = 0;
  #isDown = false;

  static async start(seed: number): Promise<FuzzWorld> {
    const chance = new Chance(seededRandom(seed, 'fuzz'));
    const character = drawCharacter(chance);
    const wire = new Wire();
    const worker = await SimulatedWorker.start([participantMonitor, fragile], {
      seed,
      nastiness: character.nastiness,
      dispatching: character.isNastilyDispatched
        ? { duplicate: 0.2, reorder: 0.3, late: 0.03, lost: 0.03, garbage: 0.1, drop: 0.01 }
        : noFaults,
      config: { maxJobs },
      jobConfig: { maxDurationMs: character.maxDurationMs },
      settings: {
        INACTIVITY_TIMEOUT: inactivityTimeoutMs,
        ENABLE_NOTIFICATIONS: character.notifies,
      },
      watchSocket: wire.watchSocket,
      watchRoom: wire.watchRoom,
    });
    return new FuzzWorld({ chance, character, wire, worker });
  }

  private constructor(parts: Pick<FuzzWorld, 'chance' | 'character' | 'wire' | 'worker'>) {
    this.chance = parts.chance;
    this.character = parts.character;
    this.wire = parts.wire;
    this.worker = parts.worker;
    this.#startedAt = this.worker.clock.now();
    this.#timers = new Timers(this.worker.clock);
    this.#directors = new Map(roomNames.map((name) => [name, this.worker.director(name)]));
  }

  get now(): number {
    return this.worker.clock.now() - this.#startedAt;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  get dispatches(): readonly Dispatch[] {
    return this.#dispatches;
  }

  knownIn(room: string): ReadonlySet<string> {
    return this.#known.get(room) ?? new Set();
  }

  note(where: string, what: string): void {
    this.history.push({ at: this.now, line: `${where.padEnd(6)} ${formatTime(this.now)} ${what}` });
  }

  perform(room: string, happening: Happening): void {
    const line = formatStep({ atMs: this.now, happening });
    this.history.push({ at: this.now, line: `${room.padEnd(6)} ${line}` });
    if (happening.type === 'join') this.#known.get(room)?.add(happening.identity);
    this.#directors.get(room)?.perform(happening);
  }

  /** Lets time pass. Whoever has come in meanwhile leads to jobs, as on the real server. */
  async pass(durationMs: number): Promise<void> {
    await this.worker.pass(durationMs);
    for (const name of roomNames) {
      const { sid, participants } = this.worker.rooms.room(name);
      this.#dispatches = this.#dispatches.filter(
        (dispatch) => dispatch.room !== name || dispatch.roomSid === sid,
      );
      for (const who of participants) {
        if (who.hear || this.#seenSids.has(who.sid)) continue;
        this.#seenSids.add(who.sid);
        for (const dispatch of this.#dispatches) {
          if (dispatch.room === name && dispatch.agent === participantMonitor.name) {
            this.#offer(dispatch, who.ref);
          }
        }
      }
    }
  }

  dispatch(agent: string, room: string, metadata: string, wishes: Wishes | null): void {
    const { sid, participants } = this.worker.rooms.room(room);
    if (sid === '' || this.#dispatches.length >= maxDispatches) return;
    const dispatch = { id: this.#nextId('AD'), agent, room, roomSid: sid, metadata, wishes };
    this.note('server', `${dispatch.id} sends ${agent} to ${room}: ${metadata}`);
    this.#dispatches.push(dispatch);
    if (agent === fragile.name) this.#offer(dispatch, null);
    else for (const who of participants) if (!who.hear) this.#offer(dispatch, who.ref);
  }

  deleteDispatch(dispatch: Dispatch): void {
    this.note('server', `deletes ${dispatch.id}`);
    this.#dispatches = this.#dispatches.filter((other) => other !== dispatch);
    for (const job of this.jobs.values()) if (job.dispatch === dispatch) this.terminate(job);
  }

  terminate({ jobId, dispatch: { agent } }: FuzzJob): void {
    if (!this.worker.dispatcher(agent).job(jobId)) return;
    this.note('server', `terminates ${jobId}`);
    this.terminated.add(jobId);
    this.worker.dispatcher(agent).terminate(jobId);
  }

  /** The server is away for a while, with all its rooms. */
  goDown(durationMs: number): void {
    if (this.#isDown) return;
    this.note('server', `is down for ${durationMs} ms`);
    this.#isDown = true;
    this.#dispatches = [];
    this.worker.rooms.stop();
    for (const dispatcher of this.worker.dispatchers.values()) {
      dispatcher.refuse(null);
      dispatcher.drop();
    }
    this.later(durationMs, () => this.comeBack());
  }

  comeBack(): void {
    this.#isDown = false;
    this.worker.rooms.start();
    for (const dispatcher of this.worker.dispatchers.values()) dispatcher.welcome();
  }

  drain(): void {
    this.note('worker', 'drains');
    this.drainedAt = this.worker.clock.now();
    this.worker.system.drain(143);
  }

  later(delayMs: number, callback: () => void): void {
    this.#timers.after(delayMs, callback);
  }

  /** What was planned for people and for the server does not happen. */
  stopPlans(): void {
    this.#timers.clear();
    for (const director of this.#directors.values()) director.stop();
  }

  #offer(dispatch: Dispatch, participant: ParticipantRef | null): void {
    const { agent, metadata, room: name, roomSid: sid } = dispatch;
    const job = { jobId: this.#nextId('AJ'), dispatch };
    this.jobs.set(job.jobId, job);
    this.note(
      'server',
      `offers ${job.jobId} of ${dispatch.id} for ${participant?.identity ?? name}`,
    );
    const room = { name, sid };
    this.worker.offerJob(agent, {
      jobId: job.jobId,
      dispatchId: dispatch.id,
      room,
      participant,
      metadata,
    });
  }

  #nextId(prefix: string): string {
    this.#lastId += 1;
    return `${prefix}_${this.#lastId}`;
  }
}
