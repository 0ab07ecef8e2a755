import type { Clock } from '../../actors/ports.ts';
import { ok, skipped, warning, type Check, type Finding } from './check.ts';
import {
  ServerApiError,
  type ListedDispatch,
  type ListedJob,
  type ListedParticipant,
  type ServerApi,
} from './server-api.ts';

type RoomsWorld = {
  readonly clock: Clock;
  readonly api: ServerApi;
  /** LOG_PII: whether rooms may be named. */
  readonly namesRooms: boolean;
};

/** So many rooms are looked into; the others are only counted. */
export const MAX_ROOMS = 50;
const ROOMS_AT_ONCE = 4;
const ROOMS_TIMEOUT_MS = 15_000;

/** The server lists the jobs of a dispatch some 3 to 5 s after it. */
const DISPATCH_SETTLED_MS = 10_000;
/** An agent that still joins: three tries, the queue before them. */
const JOB_SETTLED_MS = 60_000;

/** So many rooms are named for each reason. */
const MAX_NAMES = 5;

/**
 * Whether people sit in rooms that an agent was meant for and is not in.
 *
 * It only reads. Rooms are named where that is allowed; people are only counted.
 */
export const roomsCheck = (world: RoomsWorld): Check => ({
  id: 'rooms',
  needs: ['keys'],
  timeoutMs: ROOMS_TIMEOUT_MS,
  timeoutRemedy: 'The server is slow or has many rooms; try again at a quieter time.',
  run: async (signal) => {
    try {
      return await lookIntoRooms(world, signal);
    } catch (error) {
      if (!(error instanceof ServerApiError)) throw error;
      return skipped(
        `the rooms could not be listed: ${error.message}`,
        'Check that the key may list rooms and participants.',
      );
    }
  },
});

type RoomState = 'empty' | 'served' | 'waiting' | 'orphaned';
type Room = { readonly name: string; readonly state: RoomState };

async function lookIntoRooms(
  { api, clock, namesRooms }: RoomsWorld,
  signal: AbortSignal,
): Promise<Finding> {
  const rooms = (await api.listRooms()).filter(({ participants }) => participants > 0);
  const names = rooms.slice(0, MAX_ROOMS).map(({ name }) => name);
  const looked: Room[] = [];
  const lookOn = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      signal.throwIfAborted();
      looked.push({ name, state: await lookInto(name, api, clock.now()) });
    }
  };
  await Promise.all(Array.from({ length: ROOMS_AT_ONCE }, lookOn));
  return judge(looked, { total: rooms.length, namesRooms });
}

async function lookInto(room: string, api: ServerApi, now: number): Promise<RoomState> {
  const participants = await api.listParticipants(room);
  if (participants.every(({ isAgent }) => isAgent)) return 'empty';
  return stateOf(await listDispatches(room, api), participants, now);
}

/** A room that has just closed is answered with 503. */
async function listDispatches(room: string, api: ServerApi): Promise<readonly ListedDispatch[]> {
  try {
    return await api.listDispatches(room);
  } catch (error) {
    if (error instanceof ServerApiError && error.status === 503) return [];
    throw error;
  }
}

function stateOf(
  dispatches: readonly ListedDispatch[],
  participants: readonly ListedParticipant[],
  now: number,
): RoomState {
  const isInside = (job: ListedJob): boolean =>
    participants.some(({ identity }) => identity === job.identity);
  const served = dispatches.filter(({ jobs }) => jobs.some(isInside));
  // Each room has an automatic dispatch, whether or not anybody answers to it. And one that was
  // missed stays listed for good, also when the same was asked for again and is there.
  const unserved = dispatches
    .filter(({ agent }) => agent !== '')
    .filter((dispatch) => !served.some((other) => asksForTheSame(dispatch, other)));
  if (unserved.some((dispatch) => isWaiting(dispatch, now))) return 'waiting';
  return unserved.some(({ jobs }) => jobs.some((job) => isOrphan(job, now)))
    ? 'orphaned'
    : 'served';
}

const asksForTheSame = (one: ListedDispatch, other: ListedDispatch): boolean =>
  one.agent === other.agent && one.metadata === other.metadata;

/** No worker was ever asked. */
const isWaiting = ({ jobs, createdAt }: ListedDispatch, now: number): boolean =>
  jobs.length === 0 && now - createdAt > DISPATCH_SETTLED_MS;

const isOrphan = ({ isRunning, identity, startedAt }: ListedJob, now: number): boolean =>
  isRunning && identity !== '' && now - startedAt > JOB_SETTLED_MS;

type Extent = { readonly total: number; readonly namesRooms: boolean };

function judge(looked: readonly Room[], { total, namesRooms }: Extent): Finding {
  const inState = (state: RoomState) =>
    looked.filter((room) => room.state === state).map(({ name }) => name);
  const [waiting, orphaned] = [inState('waiting'), inState('orphaned')];
  const inhabited = looked.length - inState('empty').length;
  const missed = waiting.length + orphaned.length;
  const among = total > MAX_ROOMS ? ` (of the first ${MAX_ROOMS} of ${total})` : '';
  const found = `${inhabited === 1 ? '1 room has' : `${inhabited} rooms have`} participants${among}`;
  if (missed === 0) {
    return ok(inhabited === 0 ? 'no room has participants' : `${found}; none waits for an agent`);
  }
  const detail = (names: readonly string[], reason: string): readonly string[] =>
    names.length === 0
      ? []
      : [`${names.length}: ${reason}${namesRooms ? `: ${listed(names)}` : ''}`];
  return {
    ...warning(
      `${found}; in ${missed} of them an agent was asked for and is not there`,
      'Dispatch again (greenroom dispatch ROOM --agent NAME), or wait until the next participant ' +
        'joins: a worker is not sent to rooms from before its registration.',
    ),
    details: [
      ...detail(waiting, 'no worker was registered for that agent when it was dispatched'),
      ...detail(
        orphaned,
        'the server lists a job as running whose agent is not in the room: its worker is gone, or it had ended',
      ),
    ],
  };
}

/** Quoted, since a name may hold anything. */
function listed(names: readonly string[]): string {
  const shown = names.toSorted().slice(0, MAX_NAMES);
  const more = names.length - shown.length;
  return shown.map((name) => JSON.stringify(name)).join(', ') + (more > 0 ? `, ${more} more` : '');
}
