import type { AgentDefinition } from '../../agents/define-agent.ts';
import type { Clock, JobServices, RoomClient } from '../../actors/ports.ts';
import type { JobCredentials, JobSystems } from '../../actors/worker-ports.ts';
import type { ControlFact } from '../../machines/events.ts';
import type { JobConfig } from '../../machines/job/job.machine.ts';
import type { JobEmitted, JobOffer } from '../../machines/worker/events.ts';
import type { EventLogs } from '../event-log/event-logs.ts';
import type { LogProblem } from '../event-log/log-line.ts';
import type { SessionView } from '../http/sessions-view.ts';
import type { SystemInspector } from '../inspect/inspected-system.ts';
import { jobConfigFor } from './job-config-for.ts';
import { JobMachines } from './job-machines.ts';
import { JobSystem } from './job-system.ts';

/** An agent as this process runs it: with its settings resolved. */
export type RunningAgent = {
  readonly definition: AgentDefinition;
  readonly settings: Readonly<Record<string, unknown>>;
};

export type ProcessJobsOptions = {
  readonly agents: readonly RunningAgent[];
  readonly config: JobConfig;
  readonly clock: Clock;
  readonly logs: EventLogs;
  readonly onLogProblem: (problem: LogProblem) => void;
  /** How to join the room of an assigned job; undefined where it was not assigned here. */
  readonly takeCredentials: (offer: JobOffer) => JobCredentials | undefined;
  readonly openRoom: (credentials: JobCredentials) => RoomClient;
  readonly services: JobServices;
  /** Sees what every job emits. */
  readonly onFact: (offer: JobOffer, fact: JobEmitted) => void;
  /** Shows the jobs while they live; without it nobody looks. */
  readonly inspector?: SystemInspector | undefined;
};

/** Sessions that stay visible after their end; the oldest are dropped. */
const MAX_ENDED = 100;
/** Between two polls of a room's statistics; the rooms share it out among them. */
const STATS_EVERY_MS = 500;
const STATS_STEP_MS = 100;

/** All job systems of this process. */
export class ProcessJobs implements JobSystems {
  readonly #options: ProcessJobsOptions;
  readonly #machines = new JobMachines();
  readonly #live = new Map<string, JobSystem>();
  readonly #ended: SessionView[] = [];
  #started = 0;
  #whenEmpty: (() => void)[] = [];

  constructor(options: ProcessJobsOptions) {
    this.#options = options;
  }

  start(offer: JobOffer, listener: (fact: JobEmitted) => void): void {
    const { agents, takeCredentials, openRoom, onFact, config, ...shared } = this.#options;
    const agent = agents.find(({ definition }) => definition.name === offer.agent);
    if (!agent) throw new Error(`This worker has no agent "${offer.agent}".`);
    const credentials = takeCredentials(offer);
    if (!credentials) throw new Error(`Job ${offer.jobId} came without a token for its room.`);
    const { jobId } = offer;
    const { definition, settings } = agent;
    this.#started += 1;
    const system = new JobSystem({
      ...shared,
      offer,
      agent: definition,
      settings,
      machines: this.#machines,
      serves: definition.serves && offer.metadata.ok ? offer.metadata.key : null,
      config: jobConfigFor(definition, config),
      room: openRoom(credentials),
      statsPhaseMs: (this.#started * STATS_STEP_MS) % STATS_EVERY_MS,
      onFact: (fact) => {
        onFact(offer, fact);
        listener(fact);
      },
      onClosed: () => this.#remove(jobId),
    });
    this.#live.set(jobId, system);
  }

  control(jobId: string, fact: ControlFact): void {
    this.#live.get(jobId)?.control(fact);
  }

  /** The running sessions, and the last hundred that have ended. */
  views(): readonly SessionView[] {
    return [...[...this.#live.values()].map((system) => system.view()), ...this.#ended];
  }

  /** Of all jobs, the actors that have not ended. */
  get actorCount(): number {
    return [...this.#live.values()].reduce((sum, system) => sum + system.actorCount, 0);
  }

  /** Cuts off what still runs; resolves when every room, log and stream has been let go of. */
  async close(): Promise<void> {
    if (this.#live.size === 0) return;
    const empty = new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
    for (const system of this.#live.values()) system.stop();
    await empty;
  }

  #remove(jobId: string): void {
    const system = this.#live.get(jobId);
    if (!system) return;
    this.#ended.unshift(system.view());
    this.#ended.splice(MAX_ENDED);
    this.#live.delete(jobId);
    if (this.#live.size > 0) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}
