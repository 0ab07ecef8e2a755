import type { Snapshot } from 'xstate';
import type { AgentDefinition } from '../../agents/define-agent.ts';
import type { Clock, JobServices, RoomClient } from '../../actors/ports.ts';
import type { EndReason } from '../../machines/events.ts';
import { statusOf } from '../../machines/job/end-reason.logic.ts';
import type { JobConfig } from '../../machines/job/job.machine.ts';
import type { JobEmitted, JobOffer, JobStatus } from '../../machines/worker/events.ts';
import type { LogProblem } from '../event-log/log-line.ts';
import type { SessionView } from '../http/sessions-view.ts';
import type { SystemInspector } from '../inspect/inspected-system.ts';
import type { JobLogs } from './begin-job.ts';
import { JobMachines } from './job-machines.ts';
import { JobSystem } from './job-system.ts';

type DirectJobOptions = {
  readonly offer: JobOffer;
  readonly agent: AgentDefinition;
  readonly settings: Readonly<Record<string, unknown>>;
  /** What no other agent may serve meanwhile; null where it has no dispatch to share with others. */
  readonly serves: string | null;
  readonly config: JobConfig;
  readonly room: RoomClient;
  readonly services: JobServices;
  readonly clock: Clock;
  readonly logs: JobLogs;
  readonly onLogProblem: (problem: LogProblem) => void;
  readonly onFact: (fact: JobEmitted) => void;
  /** Shows the job while it lives; without it nobody looks. */
  readonly inspector?: SystemInspector | undefined;
};

/** How a job ended; `error` is empty where nothing went wrong. */
export type JobEnd = {
  readonly reason: EndReason;
  readonly status: Exclude<JobStatus, 'running'>;
  readonly error: string;
};

const cutOff: JobEnd = { reason: 'drained', status: statusOf.drained, error: '' };

/** A job without a worker: it is offered and assigned by nobody, and its status told to nobody. */
export class DirectJob {
  /** Resolves when the job has ended, or was cut off; it may still be letting go of its room. */
  readonly ended: Promise<JobEnd>;
  readonly #clock: Clock;
  readonly #closed: Promise<void>;
  readonly #system: JobSystem;
  #end: JobEnd = cutOff;
  #resolveEnded: (end: JobEnd) => void = () => {};

  constructor({ onFact, ...options }: DirectJobOptions) {
    this.#clock = options.clock;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    let onClosed = (): void => {};
    this.#closed = new Promise((resolve) => (onClosed = resolve));
    this.#system = new JobSystem({
      ...options,
      machines: new JobMachines(),
      statsPhaseMs: 0,
      onFact: (fact) => {
        onFact(fact);
        this.#observe(fact);
      },
      onClosed: () => onClosed(),
    });
  }

  view(): SessionView {
    return this.#system.view();
  }

  /** Of the actor at these ids below the job, while it lives there. */
  snapshotOf(ids: readonly string[]): Snapshot<unknown> | undefined {
    return this.#system.snapshotOf(ids);
  }

  /** Lets the job end by itself, for as long as its configuration says. */
  drain(): void {
    this.#system.control({ type: 'control.draining', at: this.#clock.now() });
  }

  /** Cuts the job off. Harmless when repeated. */
  stop(): void {
    this.#system.stop();
    this.#resolveEnded(this.#end);
  }

  /** Cuts the job off; resolves when its room and log have been let go of. */
  async close(): Promise<void> {
    this.stop();
    await this.#closed;
  }

  #observe(fact: JobEmitted): void {
    switch (fact.type) {
      case 'job.ending': {
        const { at, reason, status, error } = fact;
        this.#end = { reason, status, error };
        // The job waits for it before it leaves.
        this.#system.control({ type: 'control.statusReported', at });
        break;
      }
      case 'job.failed':
        this.#end = { reason: 'agent_error', status: 'failed', error: fact.error.message };
        this.#resolveEnded(this.#end);
        break;
      case 'job.ended':
        this.#resolveEnded(this.#end);
        break;
      default:
    }
  }
}
