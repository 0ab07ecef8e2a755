import {
  AvailabilityResponse,
  JobStatus as JobStatusCode,
  JobType as JobTypeCode,
  MigrateJobRequest,
  ParticipantPermission,
  RegisterWorkerRequest,
  ServerInfo_Edition,
  ServerMessage,
  UpdateJobStatus,
  UpdateWorkerStatus,
  WorkerMessage,
  WorkerPing,
  WorkerStatus as WorkerStatusCode,
  type Job,
} from '@livekit/protocol';
import type { OfferedMetadata } from '../../agents/read-metadata.ts';
import type {
  JobMetadata,
  JobOffer,
  JobStatus,
  JobType,
  ServerEdition,
  SocketCommand,
} from '../../machines/worker/events.ts';

/** What an agent's participant may do in a room; what is not named it may not. */
type AgentPermissions = {
  readonly canSubscribe?: boolean;
  readonly canPublish?: boolean;
  readonly canPublishData?: boolean;
  readonly canUpdateMetadata?: boolean;
  readonly canSubscribeMetrics?: boolean;
  readonly hidden?: boolean;
};

/** How an agent is known to the server. */
export type AgentRegistration = {
  /** The agent's own name, as the rest of the process knows it. */
  readonly agent: string;
  /** What dispatches name; empty for automatic dispatch. */
  readonly agentName: string;
  readonly jobType: JobType;
  readonly version: string;
  readonly permissions: AgentPermissions;
};

/** Reads a job's metadata against its agent's schema. A mistake is a value, never an exception. */
export type ReadMetadata = (offer: OfferedMetadata) => JobMetadata;

/** A message from the server, in our words. */
export type ServerWord =
  | {
      readonly kind: 'registered';
      readonly workerId: string;
      readonly serverVersion: string;
      readonly serverEdition: ServerEdition;
    }
  | { readonly kind: 'ponged' }
  | { readonly kind: 'offered'; readonly offer: JobOffer }
  | {
      readonly kind: 'assigned';
      readonly jobId: string;
      /** Where the server names another address than ours; LiveKit Cloud does. */
      readonly url: string | undefined;
      readonly token: string;
    }
  | { readonly kind: 'terminated'; readonly jobId: string }
  | { readonly kind: 'rejected'; readonly what: string };

const jobTypeCodes = {
  room: JobTypeCode.JT_ROOM,
  participant: JobTypeCode.JT_PARTICIPANT,
  publisher: JobTypeCode.JT_PUBLISHER,
} satisfies Record<JobType, JobTypeCode>;

const jobStatusCodes = {
  running: JobStatusCode.JS_RUNNING,
  success: JobStatusCode.JS_SUCCESS,
  failed: JobStatusCode.JS_FAILED,
} satisfies Record<JobStatus, JobStatusCode>;

/** The commands that are messages; the others open and close the socket. */
export type MessageCommand = Exclude<SocketCommand, { type: 'socket.open' | 'socket.close' }>;

/** @param now epoch milliseconds. */
export function encodeCommand(
  command: MessageCommand,
  registration: AgentRegistration,
  now: number,
): Uint8Array {
  return new WorkerMessage({ message: messageOf(command, registration, now) }).toBinary();
}

function messageOf(
  command: MessageCommand,
  registration: AgentRegistration,
  now: number,
): WorkerMessage['message'] {
  switch (command.type) {
    case 'socket.register':
      return {
        case: 'register',
        value: new RegisterWorkerRequest({
          type: jobTypeCodes[registration.jobType],
          agentName: registration.agentName,
          version: registration.version,
          allowedPermissions: new ParticipantPermission(registration.permissions),
        }),
      };
    case 'socket.ping':
      return { case: 'ping', value: new WorkerPing({ timestamp: BigInt(now) }) };
    case 'offer.answer':
      return {
        case: 'availability',
        value: new AvailabilityResponse({
          jobId: command.jobId,
          available: command.answer === 'accept',
          terminate: command.answer === 'terminate',
          // Unique for each job: two of the same identity would throw each other out of the room.
          participantIdentity: `agent-${command.jobId}`,
          participantName: registration.agent,
          participantAttributes: { ...command.attributes },
        }),
      };
    case 'status.report':
      return {
        case: 'updateWorker',
        value: new UpdateWorkerStatus({
          status: command.full ? WorkerStatusCode.WS_FULL : WorkerStatusCode.WS_AVAILABLE,
          load: command.load,
          jobCount: command.jobCount,
        }),
      };
    case 'job.report':
      return {
        case: 'updateJob',
        value: new UpdateJobStatus({
          jobId: command.jobId,
          status: jobStatusCodes[command.status],
          error: command.error,
        }),
      };
    case 'jobs.migrate':
      return { case: 'migrateJob', value: new MigrateJobRequest({ jobIds: [...command.jobIds] }) };
  }
}

/** Reads one frame. Whatever is wrong with it is an answer too: nothing is thrown. */
export function decodeMessage(
  frame: Uint8Array,
  registration: AgentRegistration,
  readMetadata: ReadMetadata,
): ServerWord {
  const message = parseMessage(frame);
  switch (message?.case) {
    case 'register': {
      const { workerId, serverInfo } = message.value;
      const isCloud = serverInfo?.edition === ServerInfo_Edition.Cloud;
      return {
        kind: 'registered',
        workerId,
        serverVersion: serverInfo?.version ?? '',
        serverEdition: isCloud ? 'cloud' : 'standard',
      };
    }
    case 'pong':
      return { kind: 'ponged' };
    case 'availability':
      return readOffer(message.value.job, registration, readMetadata);
    case 'assignment': {
      const { job, url, token } = message.value;
      if (!job?.id || !token) return rejected('an assignment without a job or a token');
      // An empty address is as good as none.
      return { kind: 'assigned', jobId: job.id, url: url || undefined, token };
    }
    case 'termination':
      return { kind: 'terminated', jobId: message.value.jobId };
    case undefined:
      return message
        ? rejected('a message of an unknown kind')
        : rejected(`${frame.byteLength} bytes that are no message`);
  }
}

const rejected = (what: string): ServerWord => ({ kind: 'rejected', what });

function parseMessage(frame: Uint8Array): ServerMessage['message'] | undefined {
  try {
    return ServerMessage.fromBinary(frame).message;
  } catch {
    return undefined;
  }
}

function readOffer(
  job: Job | undefined,
  registration: AgentRegistration,
  readMetadata: ReadMetadata,
): ServerWord {
  const { agent, agentName, jobType } = registration;
  if (!job?.id) return rejected('an offer without a job');
  if (job.agentName !== agentName || job.type !== jobTypeCodes[jobType]) {
    return rejected(
      `an offer of job ${job.id} for agent "${job.agentName}" of type ${JobTypeCode[job.type]}; ` +
        `this is "${agentName}" of type ${JobTypeCode[jobTypeCodes[jobType]]}`,
    );
  }
  const { id: jobId, dispatchId, room, participant, metadata } = job;
  const trigger = participant ? { identity: participant.identity, sid: participant.sid } : null;
  return {
    kind: 'offered',
    offer: {
      jobId,
      dispatchId,
      agent,
      jobType,
      room: { name: room?.name ?? '', sid: room?.sid ?? '' },
      participant: trigger,
      metadata: readSafely(readMetadata, { jobId, dispatchId, participant: trigger, metadata }),
    },
  };
}

/** The code of an agent runs in here (`serves`, refinements of its schema): it may throw. */
function readSafely(readMetadata: ReadMetadata, offer: OfferedMetadata): JobMetadata {
  try {
    return readMetadata(offer);
  } catch (cause) {
    const expected = `metadata that the agent can read (it threw: ${String(cause)})`;
    return { ok: false, problems: [{ path: '', expected }] };
  }
}
