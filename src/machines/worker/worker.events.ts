/** The words of the worker's root: what it is told from outside, and what it emits. */
import type { EndReason, ErrorInfo } from '../events.ts';
import type { ConnectionState, FullReason, OfferDecision } from './connection.events.ts';
import type { JobStatus, JobType, MetadataProblem } from './events.ts';

export type WorkerCommand =
  /** A signal: take no more jobs, let those that run end, then end with this exit code. */
  | { readonly type: 'worker.drain'; readonly at: number; readonly exitCode: number }
  /** A second signal, or the end of a demonstration: end at once. */
  | { readonly type: 'worker.stop'; readonly at: number; readonly exitCode: number };

export type WorkerState = 'running' | 'draining' | 'ended';

type AboutJob = { readonly agent: string; readonly jobId: string; readonly dispatchId: string };

/**
 * The low-rate facts of a worker, for logs and metrics.
 *
 * They carry no time of their own, since some come from timers: whoever listens stamps them.
 */
export type WorkerEmitted =
  | {
      readonly type: 'worker.stateChanged';
      readonly state: WorkerState;
      /** Empty where it is as asked. */
      readonly message: string;
    }
  | { readonly type: 'worker.fullChanged'; readonly reason: FullReason | null }
  | {
      readonly type: 'connection.stateChanged';
      readonly agent: string;
      readonly jobType: JobType;
      readonly state: ConnectionState;
      readonly workerId: string | null;
      readonly message: string;
    }
  | {
      readonly type: 'connection.unreachable';
      readonly agent: string;
      readonly attempts: number;
      readonly message: string;
    }
  | (AboutJob & {
      readonly type: 'offer.answered';
      /** What is wrong with the metadata; empty unless that is the reason. */
      readonly problems: readonly MetadataProblem[];
    } & OfferDecision)
  /** An accepted offer was not followed by its assignment in time. */
  | (AboutJob & { readonly type: 'reservation.expired' })
  | (AboutJob & {
      readonly type: 'job.assigned';
      readonly offeredAt: number;
      readonly assignedAt: number;
    })
  | (AboutJob & {
      readonly type: 'job.joined';
      readonly offeredAt: number;
      readonly assignedAt: number;
      readonly joinedAt: number;
    })
  /** The server no longer knows of this job; it goes on. */
  | (AboutJob & { readonly type: 'job.untracked' })
  /** A final status. */
  | {
      readonly type: 'job.reported';
      readonly agent: string;
      readonly jobId: string;
      readonly status: JobStatus;
      /** False where there was no connection to bring it over. */
      readonly delivered: boolean;
    }
  | (AboutJob & {
      readonly type: 'job.ended';
      readonly reason: EndReason;
      /** What broke, where the job broke. */
      readonly error: ErrorInfo | null;
    })
  /** Something that came from the server, or from a job, fits nothing here: ignored. */
  | { readonly type: 'message.rejected'; readonly agent: string; readonly what: string };

/** How the worker ended. */
export type WorkerOutput = { readonly exitCode: number; readonly message: string };
