/** The words of the worker system: between the sockets, the worker and its jobs. */
import type { Alert, EndReason, ErrorInfo, ParticipantRef, SessionHealth } from '../events.ts';

export type JobType = 'room' | 'participant' | 'publisher';

/** A job as the server offers or assigns it, with its metadata already read against the agent's schema. */
export type JobOffer = {
  readonly jobId: string;
  readonly dispatchId: string;
  readonly agent: string;
  readonly jobType: JobType;
  readonly room: { readonly name: string; readonly sid: string };
  /** Who triggered the job; null for room jobs. */
  readonly participant: ParticipantRef | null;
  readonly metadata: JobMetadata;
};

export type JobMetadata =
  | {
      readonly ok: true;
      readonly value: Readonly<Record<string, unknown>>;
      /** What this job serves (`AgentDefinition.serves`): one live job for each key. */
      readonly key: string;
      /** Whose own offer opens a second session after the first has ended; null: anybody's. */
      readonly target: string | null;
    }
  | { readonly ok: false; readonly problems: readonly MetadataProblem[] };

export type MetadataProblem = {
  /** Where, as a path such as `notification_preferences.speaking_alerts`; empty for the whole. */
  readonly path: string;
  readonly expected: string;
};

/** `terminate` ends the job at the server; `unavailable` makes the server ask another worker. */
export type OfferAnswer = 'accept' | 'terminate' | 'unavailable';

type At = { readonly at: number };

/**
 * What a worker socket says. The room token of an assignment is not among it: tokens stay in the
 * socket, so that no event and no log ever holds one.
 */
export type SocketFact =
  | (At & { readonly type: 'socket.opened' })
  /** Could not be opened, or closed. `jitter` (0 to 1) is the chance that backoff needs. */
  | (At & {
      readonly type: 'socket.closed';
      readonly jitter: number;
      /** The HTTP status that refused the upgrade, such as 401; null where there was none. */
      readonly httpStatus: number | null;
      readonly message: string;
    })
  | (At & {
      readonly type: 'socket.registered';
      readonly workerId: string;
      readonly serverVersion: string;
      readonly serverEdition: ServerEdition;
    })
  | (At & { readonly type: 'socket.ponged' })
  | (At & { readonly type: 'offer.received'; readonly offer: JobOffer })
  | (At & { readonly type: 'assignment.received'; readonly jobId: string })
  | (At & { readonly type: 'termination.received'; readonly jobId: string })
  /** An unknown or undecodable message: counted, logged, ignored. */
  | (At & { readonly type: 'socket.messageRejected'; readonly what: string });

/** The open-source server, or LiveKit Cloud, whose dispatcher is another one. */
export type ServerEdition = 'standard' | 'cloud';

/** How much room a worker has, as it tells the server. */
export type WorkerStatus = {
  /** Always sent: to the server an omitted load is 0. */
  readonly load: number;
  readonly jobCount: number;
  readonly full: boolean;
};

export type SocketCommand =
  | { readonly type: 'socket.open' }
  | { readonly type: 'socket.close' }
  | { readonly type: 'socket.register' }
  | { readonly type: 'socket.ping' }
  | {
      readonly type: 'offer.answer';
      readonly jobId: string;
      readonly answer: OfferAnswer;
      /** Of the agent's participant, from its join on. */
      readonly attributes: Readonly<Record<string, string>>;
    }
  | ({ readonly type: 'status.report' } & WorkerStatus)
  | {
      readonly type: 'job.report';
      readonly jobId: string;
      readonly status: JobStatus;
      readonly error: string;
    }
  /** After a new registration: the jobs that still run. The open-source server ignores it. */
  | { readonly type: 'jobs.migrate'; readonly jobIds: readonly string[] };

export type JobStatus = 'running' | 'success' | 'failed';

/** What the jobs port takes. */
export type JobsCommand =
  | { readonly type: 'job.start'; readonly offer: JobOffer }
  | { readonly type: 'job.terminate'; readonly jobId: string }
  | { readonly type: 'job.drain'; readonly jobId: string }
  | { readonly type: 'job.statusReported'; readonly jobId: string }
  | { readonly type: 'job.untrack'; readonly jobId: string };

/** What the jobs port says: the emitted facts of the job systems, with the job's id. */
export type JobsFact = { readonly jobId: string } & JobEmitted;

/** What the root of a job system emits, its only way upwards; composition stamps the time. */
export type JobEmitted =
  | (At & { readonly type: 'job.joined' })
  /** Earlier agents, by their identities in the room, serve the same: the job waits behind them. */
  | (At & { readonly type: 'job.stoodBy'; readonly elders: readonly string[] })
  /** They are gone: the job serves now. */
  | (At & { readonly type: 'job.tookOver' })
  /** The job serves without knowing whether another agent does. */
  | (At & { readonly type: 'job.doubted'; readonly doubt: string })
  /** The final status, once; the job leaves its room when it hears that the server has it. */
  | (At & {
      readonly type: 'job.ending';
      readonly reason: EndReason;
      readonly status: 'success' | 'failed';
      readonly error: string;
    })
  | (At & { readonly type: 'job.ended'; readonly reason: EndReason })
  /** The job system broke. It counts as ended, with reason `agent_error`. */
  | (At & { readonly type: 'job.failed'; readonly error: ErrorInfo })
  | (At & { readonly type: 'job.alertOpened'; readonly alert: Alert })
  | (At & { readonly type: 'job.alertUpdated'; readonly alert: Alert })
  | (At & { readonly type: 'job.alertResolved'; readonly alert: Alert })
  | (At & { readonly type: 'job.healthChanged'; readonly health: SessionHealth })
  | (At & {
      readonly type: 'job.figuresReported';
      readonly figures: Readonly<Record<string, unknown>>;
    })
  | (At & {
      readonly type: 'job.summaryMade';
      readonly summary: Readonly<Record<string, unknown>>;
    });

/** How the process is: sampled by the vitals port. */
export type VitalsFact = At & {
  readonly type: 'vitals.sampled';
  /** 99th percentile of the event loop's lag over the last 10 s. */
  readonly eventLoopP99Ms: number;
  readonly rssBytes: number;
};
