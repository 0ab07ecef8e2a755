import type { OutgoingWebhook } from '../../src/actors/ports.ts';
import { conversationAnalyst } from '../../src/agents/conversation-analyst.agent.ts';
import { conversationMonitor } from '../../src/agents/conversation-monitor.agent.ts';
import { roomAnalytics } from '../../src/agents/room-analytics.agent.ts';
import type { Director } from '../../src/io/simulated/director.ts';
import type { SimulatedParticipant } from '../../src/io/simulated/participant.ts';
import { formatStep, formatTime, type Happening } from '../../src/io/simulated/script.ts';
import { seededRandom } from '../../src/io/simulated/seeded-random.ts';
import type { SimulatedServer } from '../../src/io/simulated/server.ts';
import type { ParticipantKind } from '../../src/machines/events.ts';
import { resolveSettings } from '../../src/io/testing/agent-options.ts';
import { analysisOf } from '../support/analyst-stage.ts';
import { SimulatedWorker } from '../support/simulated-worker.ts';
import { Chance } from './chance.ts';

export const roomNames: readonly string[] = ['math', 'music'];
/** Records each room from its beginning to its end: hears all that is sent there, and is over no limit. */
export const recorder = 'recorder';
const agents = [roomAnalytics, conversationMonitor, conversationAnalyst] as const;

/** What one life of a worker is like, drawn from its seed. */
export type RoomsCharacter = {
  readonly nastiness: number;
  readonly participantLimit: number | null;
  readonly isEnforced: boolean;
  readonly measuresTracks: boolean;
};

/** A job of a room agent, for one life of its room. */
export type RoomJob = {
  readonly jobId: string;
  readonly agent: string;
  readonly room: string;
  readonly roomSid: string;
};

export type Removed = {
  readonly identity: string;
  readonly kind: ParticipantKind;
};

const drawCharacter = (chance: Chance): RoomsCharacter => ({
  nastiness: chance.oneOf([0, 0.3, 1]),
  participantLimit: chance.oneOf([null, 1, 2, 3]),
  isEnforced: chance.happens(0.6),
  measuresTracks: chance.happens(0.4),
});

/** All agents of whole rooms in the same rooms, and a recorder that never leaves them. */
export class RoomsWorld {
  readonly character: RoomsCharacter;
  readonly chance: Chance;
  readonly worker: SimulatedWorker;
  readonly jobs: RoomJob[] = [];
  readonly webhooks: OutgoingWebhook[];
  /** By the participant limit. */
  readonly removed: Removed[];
  /** What was done, as lines. */
  readonly history: string[] = [];
  readonly #directors: ReadonlyMap<string, Director>;
  readonly #known = new Map<string, Set<string>>(roomNames.map((name) => [name, new Set()]));
  readonly #startedAt: number;

  static async start(seed: number): Promise<RoomsWorld> {
    const chance = new Chance(seededRandom(seed, 'rooms'));
    const character = drawCharacter(chance);
    const webhooks: OutgoingWebhook[] = [];
    const removed: Removed[] = [];
    const { participantLimit, isEnforced, measuresTracks } = character;
    const worker = await SimulatedWorker.start(agents, {
      seed,
      nastiness: character.nastiness,
      config: { maxJobs: 20 },
      settings: {
        ...resolveSettings(conversationMonitor, { CONVERSATION_WEBHOOK: 'true' }),
        ...resolveSettings(conversationAnalyst, {}),
        ...resolveSettings(roomAnalytics, {
          ENFORCE_PARTICIPANT_LIMIT: String(isEnforced),
          TRACK_QUALITY: String(measuresTracks),
          ROOM_STATUS_INTERVAL: '5s',
          ...(participantLimit !== null && { PARTICIPANT_LIMIT: String(participantLimit) }),
        }),
      },
      services: (server) => ({
        webhooks: { send: (webhook) => void webhooks.push(webhook) },
        analysis: { analyse: () => Promise.resolve(analysisOf()) },
        roomService: {
          ...server.roomService,
          removeParticipant: (room, identity) => {
            removed.push(...kindOf(server, room, identity));
            return server.roomService.removeParticipant(room, identity);
          },
        },
      }),
    });
    return new RoomsWorld({ chance, character, worker, webhooks, removed });
  }

  private constructor(
    parts: Pick<RoomsWorld, 'chance' | 'character' | 'worker' | 'webhooks' | 'removed'>,
  ) {
    this.chance = parts.chance;
    this.character = parts.character;
    this.worker = parts.worker;
    this.webhooks = parts.webhooks;
    this.removed = parts.removed;
    this.#startedAt = this.worker.clock.now();
    this.#directors = new Map(roomNames.map((name) => [name, this.worker.director(name)]));
  }

  get now(): number {
    return this.worker.clock.now() - this.#startedAt;
  }

  knownIn(room: string): ReadonlySet<string> {
    return this.#known.get(room) ?? new Set();
  }

  perform(room: string, happening: Happening): void {
    this.history.push(`${room.padEnd(6)} ${formatStep({ atMs: this.now, happening })}`);
    if (happening.type === 'join') this.#known.get(room)?.add(happening.identity);
    this.#directors.get(room)?.perform(happening);
  }

  /** Lets time pass, and sees to it that each room has its recorder and then its agents. */
  async pass(durationMs: number): Promise<void> {
    await this.worker.pass(durationMs);
    for (const name of roomNames) {
      const guest = this.worker.rooms.room(name).find(recorder);
      if (!guest) {
        this.perform(name, { type: 'join', identity: recorder, kind: 'egress', sources: [] });
      } else if (guest.isActive) {
        for (const agent of agents) this.#keepInside(agent.name, name);
      }
    }
  }

  /** The server ends a job, which may be told to do so at any time. */
  terminate({ jobId, agent }: RoomJob): void {
    if (this.worker.session(jobId)?.endReason !== null) return;
    this.note(`terminates ${jobId}`);
    this.worker.dispatcher(agent).terminate(jobId);
  }

  isOver({ jobId }: RoomJob): boolean {
    return this.worker.emitted.some((fact) => fact.type === 'job.ended' && fact.jobId === jobId);
  }

  note(what: string): void {
    this.history.push(`server ${formatTime(this.now)} ${what}`);
  }

  /** What was planned for people does not happen. */
  stopPlans(): void {
    for (const director of this.#directors.values()) director.stop();
  }

  #keepInside(agent: string, name: string): void {
    const { sid } = this.worker.rooms.room(name);
    const last = this.jobs.findLast((job) => job.agent === agent && job.room === name);
    if (last && !this.isOver(last)) return;
    const jobId = `AJ_${this.jobs.length + 1}`;
    this.jobs.push({ jobId, agent, room: name, roomSid: sid });
    this.note(`offers ${jobId} of ${agent} in ${name}`);
    this.worker.offerJob(agent, {
      jobId,
      dispatchId: `AD_${jobId}`,
      room: { name, sid },
      participant: null,
      metadata: '{}',
    });
  }
}

function kindOf(server: SimulatedServer, room: string, identity: string): readonly Removed[] {
  const who: SimulatedParticipant | undefined = server.room(room).find(identity);
  return who ? [{ identity, kind: who.kind }] : [];
}
