/** The words between a worker and its connections. */
import type { JobOffer, JobStatus, JobType, OfferAnswer, SocketCommand } from './events.ts';

/** What a connection is for. The name is the agent's own, also where it registers under another. */
export type AgentRef = { readonly agent: string; readonly jobType: JobType };

export type ConnectionState =
  | 'connecting'
  | 'registering'
  | 'available'
  | 'full'
  | 'draining'
  | 'backoff'
  | 'stopped'
  | 'failed';

/** What the worker asks of a connection. Nothing of it is kept for later while the connection is down. */
export type ConnectionCommand =
  | Extract<SocketCommand, { type: 'offer.answer' | 'status.report' | 'job.report' }>
  /** The jobs that still run, for the server's sake, after a new registration. */
  | Extract<SocketCommand, { type: 'jobs.migrate' }>
  /** Take no more jobs, stay for the statuses of those that run, and do not come back once lost. */
  | { readonly type: 'connection.drain' };

type About = { readonly agent: string };

/** What a connection tells its worker. */
export type ConnectionReport =
  | (About & {
      readonly type: 'connection.stateChanged';
      readonly state: ConnectionState;
      /** Null unless registered. */
      readonly workerId: string | null;
      /** Why it is not connected; empty where it is. */
      readonly message: string;
    })
  /** Registered, for the first time or anew: to this server none of our jobs exists. */
  | (About & { readonly type: 'connection.registered' })
  /** It was registered and is no more: the server has forgotten its jobs. */
  | (About & { readonly type: 'connection.lost' })
  /** Still no connection; at most once in `warnEveryMs`. */
  | (About & {
      readonly type: 'connection.unreachable';
      readonly at: number;
      readonly attempts: number;
      readonly message: string;
    })
  | (About & {
      readonly type: 'connection.offered';
      readonly at: number;
      readonly offer: JobOffer;
    })
  | (About & {
      readonly type: 'connection.assigned';
      readonly at: number;
      readonly jobId: string;
    })
  | (About & {
      readonly type: 'connection.terminated';
      readonly at: number;
      readonly jobId: string;
    })
  /** The answer to a final `job.report`, at once: it is on its way, or cannot be brought there. */
  | (About & {
      readonly type: 'connection.jobReported';
      readonly jobId: string;
      readonly status: JobStatus;
      readonly delivered: boolean;
    })
  | (About & { readonly type: 'connection.messageRejected'; readonly what: string });

/** Why an offer got its answer. */
type OfferReason =
  | 'accepted'
  /** The job's metadata does not fit the agent. */
  | 'metadata_invalid'
  /** A job that lives here serves this key. */
  | 'key_live'
  /** The key was served, and this is not its target's own offer. */
  | 'key_ended'
  /** The places that are left are kept for the other agents of the worker. */
  | 'kept_for_others'
  | FullReason;

/** Why a worker takes no more jobs. */
export type FullReason = DrainReason | 'at_capacity' | 'event_loop_lag';

/** Why it takes none any more: asked to end, or to make room for a new process. */
export type DrainReason = 'draining' | 'max_rss' | 'max_jobs_total';

export type OfferDecision = { readonly answer: OfferAnswer; readonly reason: OfferReason };
