import { filter, firstValueFrom, fromEvent, takeUntil } from 'rxjs';
import type { Clock } from '../../actors/ports.ts';
import type { WorkerSocketClient } from '../../actors/worker-ports.ts';
import type { SocketFact } from '../../machines/worker/events.ts';
import { formatDuration } from '../cli/format.ts';
import { failed, ok, warning, type Check, type Finding } from './check.ts';
import { isAtLeast } from './installation.checks.ts';
import { explainApiError } from './keys.checks.ts';
import { ServerApiError, type ServerApi } from './server-api.ts';

export interface DispatchWorld {
  readonly clock: Clock;
  /** Unique over all machines, and good as part of a name. */
  readonly newId: () => string;
  readonly api: ServerApi;
  /** A worker for room jobs, under a name that nobody else has. */
  readonly openWorkerSocket: (agentName: string) => WorkerSocketClient;
}

const REGISTRATION_TIMEOUT_MS = 5_000;
/** A server with a cold cache of workers takes up to 5 s. */
const ROUND_TRIP_TIMEOUT_MS = 10_000;

/** The first server with the job types and answers that the agents need. */
const leastServerVersion = '1.9.2';

const proxyRemedy =
  'Where a proxy lies between: it must pass on /agent, as a WebSocket. Else look at the log of the server.';

const silenceRemedy =
  'Look at the log of the server for "failed to send job request", at agents.target_load of its ' +
  'configuration (0.7; a worker whose load is not below it gets nothing) and, with several nodes, ' +
  'at the Redis between them.';

/** Whether a worker can register, and whether jobs reach it. */
export const dispatchChecks = (world: DispatchWorld): readonly Check[] => [
  {
    id: 'registration',
    needs: ['keys'],
    timeoutMs: REGISTRATION_TIMEOUT_MS,
    timeoutRemedy: proxyRemedy,
    run: (signal) =>
      withWorker(world, async (socket) => judgeVersion(await register(socket, signal))),
  },
  {
    id: 'dispatch',
    needs: ['registration'],
    timeoutMs: ROUND_TRIP_TIMEOUT_MS,
    timeoutRemedy: silenceRemedy,
    run: (signal) =>
      withWorker(world, (socket, agentName) => roundTrip(world, socket, agentName, signal)),
  },
];

async function withWorker(
  { openWorkerSocket, newId }: DispatchWorld,
  use: (socket: WorkerSocketClient, agentName: string) => Promise<Finding>,
): Promise<Finding> {
  const agentName = `greenroom-doctor-${newId()}`;
  const socket = openWorkerSocket(agentName);
  try {
    return await use(socket, agentName);
  } finally {
    await socket.close();
  }
}

type Registration = Extract<SocketFact, { type: 'socket.registered' | 'socket.closed' }>;

/** Null where time was over first. */
async function register(
  socket: WorkerSocketClient,
  signal: AbortSignal,
): Promise<Registration | null> {
  const opened = next(socket, ['socket.opened', 'socket.closed'], signal);
  socket.perform({ type: 'socket.open' });
  const answer = await opened;
  if (answer?.type !== 'socket.opened') return answer;
  const registered = next(socket, ['socket.registered', 'socket.closed'], signal);
  socket.perform({ type: 'socket.register' });
  return registered;
}

/** The next fact of one of these types, null where time is over first. Call it before what causes it. */
function next<T extends SocketFact['type']>(
  socket: WorkerSocketClient,
  types: readonly T[],
  signal: AbortSignal,
): Promise<Extract<SocketFact, { type: T }> | null> {
  const isAsked = (fact: SocketFact): fact is Extract<SocketFact, { type: T }> =>
    types.some((type) => type === fact.type);
  const facts$ = socket.facts$.pipe(filter(isAsked), takeUntil(fromEvent(signal, 'abort')));
  return firstValueFrom(facts$, { defaultValue: null });
}

const editions = { standard: 'open source', cloud: 'LiveKit Cloud' } as const;

function judgeVersion(answer: Registration | null): Finding {
  if (answer?.type !== 'socket.registered') return explainRegistration(answer);
  const { serverVersion, serverEdition } = answer;
  const server = `LiveKit ${serverVersion || 'of unknown version'}, ${editions[serverEdition]}`;
  if (serverVersion !== '' && !isAtLeast(serverVersion, leastServerVersion)) {
    return warning(
      `registered; the server is ${server}`,
      `Update the server to ${leastServerVersion} or later: an older one ignores how jobs of other participants are refused.`,
    );
  }
  return ok(`registered; the server is ${server}`);
}

function explainRegistration(answer: Exclude<Registration, { type: 'socket.registered' }> | null) {
  if (answer === null) {
    return failed(
      `the server did not register a worker within ${REGISTRATION_TIMEOUT_MS / 1_000} s`,
      proxyRemedy,
    );
  }
  const { httpStatus, message } = answer;
  if (httpStatus === 401) {
    return failed(
      'the server refuses workers of this key (401 on /agent), though its API accepts it',
      'Check that LIVEKIT_URL leads to one and the same server for /agent and /twirp.',
    );
  }
  return failed(`no worker can register: ${message}`, proxyRemedy);
}

async function roundTrip(
  { api, clock }: DispatchWorld,
  socket: WorkerSocketClient,
  name: string,
  signal: AbortSignal,
): Promise<Finding> {
  const registration = await register(socket, signal);
  if (registration?.type !== 'socket.registered') return explainRegistration(registration);
  const offered = next(socket, ['offer.received', 'socket.closed'], signal);
  try {
    await api.createRoom(name);
    const startedAt = clock.now();
    await api.createDispatch(name, name);
    const answer = await offered;
    if (answer?.type !== 'offer.received') {
      return failed(
        answer === null
          ? `the server took the dispatch, and no job came within ${ROUND_TRIP_TIMEOUT_MS / 1_000} s`
          : `the connection of the worker was lost: ${answer.message}`,
        silenceRemedy,
      );
    }
    const { jobId } = answer.offer;
    socket.perform({ type: 'offer.answer', jobId, answer: 'terminate', attributes: {} });
    return ok(`a job came after ${formatDuration(clock.now() - startedAt)}`);
  } catch (error) {
    if (error instanceof ServerApiError) return explainApiError(error);
    throw error;
  } finally {
    // A room that stays behind closes by itself, since nobody ever enters it.
    await api.deleteRoom(name).catch(() => {});
  }
}
