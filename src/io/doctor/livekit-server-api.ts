import { JobStatus, ParticipantInfo_Kind, type AgentDispatch } from '@livekit/protocol';
import { AgentDispatchClient, EgressClient, RoomServiceClient } from 'livekit-server-sdk';
import type { ConnectionSettings } from '../settings.ts';
import { reasonOf } from '../error-reason.ts';
import {
  ServerApiError,
  type ListedDispatch,
  type RefusalReason,
  type ServerApi,
} from './server-api.ts';
import { httpUrlOf } from './server.checks.ts';

const clientOptions = {
  requestTimeout: 5,
  // The address that was named is the one to look at, and not another region of LiveKit Cloud.
  failover: false,
} as const;

const EMPTY_TIMEOUT_S = 30;

/** The server's own API, over HTTP. */
export function openServerApi(connection: ConnectionSettings): ServerApi {
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret } = connection;
  const service = new RoomServiceClient(httpUrlOf(url), key, secret, clientOptions);
  const egress = new EgressClient(httpUrlOf(url), key, secret, clientOptions);
  const dispatches = new AgentDispatchClient(httpUrlOf(url), key, secret, clientOptions);
  return {
    listRooms: async () =>
      (await ask(service.listRooms())).map(({ name, numParticipants }) => ({
        name,
        participants: numParticipants,
      })),
    listParticipants: async (room) =>
      (await ask(service.listParticipants(room))).map(({ identity, kind }) => ({
        identity,
        isAgent: kind === ParticipantInfo_Kind.AGENT,
      })),
    listDispatches: async (room) =>
      (await ask(dispatches.listDispatch(room))).map(toListedDispatch),
    countRecordings: async () => (await ask(egress.listEgress({ active: true }))).length,
    createRoom: async (name) => {
      await ask(service.createRoom({ name, emptyTimeout: EMPTY_TIMEOUT_S }));
    },
    createDispatch: async (room, agent) => {
      await ask(dispatches.createDispatch(room, agent));
    },
    deleteRoom: (room) => ask(service.deleteRoom(room)),
  };
}

async function ask<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw toServerApiError(error);
  }
}

const NANOSECONDS_PER_MS = 1_000_000n;

const toListedDispatch = ({ id, agentName, metadata, state }: AgentDispatch): ListedDispatch => ({
  id,
  agent: agentName,
  metadata,
  createdAt: Number((state?.createdAt ?? 0n) / NANOSECONDS_PER_MS),
  jobs: (state?.jobs ?? []).map(({ state: job }) => ({
    isRunning: job?.status === JobStatus.JS_RUNNING,
    identity: job?.participantIdentity ?? '',
    startedAt: Number((job?.startedAt ?? 0n) / NANOSECONDS_PER_MS),
  })),
});

/** The text of a refusal holds the token that was refused: it is read, and not passed on. */
export function toServerApiError(error: unknown): ServerApiError {
  const status = error instanceof Error && 'status' in error ? error.status : null;
  if (!(error instanceof Error) || typeof status !== 'number') {
    return new ServerApiError(reasonOf(error), null, null);
  }
  if (status !== 401 && status !== 403) return new ServerApiError(error.message, status, null);
  return new ServerApiError('refused', status, refusalIn(error.message));
}

function refusalIn(answer: string): RefusalReason {
  if (answer.includes('invalid API key')) return 'unknown_key';
  if (/signature/.test(answer)) return 'wrong_secret';
  return /expired|not valid yet|\bnbf\b|\biat\b/.test(answer) ? 'clock' : 'not_allowed';
}
