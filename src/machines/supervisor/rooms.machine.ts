import { assign, emit, setup } from 'xstate';
import type { RoomFigures } from '../room/room-figures.ts';
import type { JobsFact } from '../worker/events.ts';
import { readRoomFigures } from './room-figures-check.logic.ts';

export type RoomsInput = { readonly reportEveryMs: number };

type KnownRoom = { readonly figures: RoomFigures; readonly hasEnded: boolean };

export type RoomsContext = RoomsInput & {
  /** By job. */
  readonly rooms: Readonly<Record<string, KnownRoom>>;
};

/** What is heard of the jobs. */
export type RoomsFact = Extract<JobsFact, { type: 'job.figuresReported' | 'job.ended' }>;

type Given = { readonly jobId: string; readonly figures: Readonly<Record<string, unknown>> };

/** One room of a report. */
type RoomRow = Pick<RoomFigures, 'room' | 'state' | 'participants' | 'messages' | 'durationMs'> & {
  /** Published now. */
  readonly tracks: number;
};

/** How the rooms of a worker are, and which have ended since the report before. */
export type RoomsReport = {
  readonly type: 'rooms.reported';
  /** The biggest first. */
  readonly rooms: readonly RoomRow[];
  /** So many are not listed; the totals have them. */
  readonly unlisted: number;
  readonly active: number;
  readonly ended: number;
  readonly participants: number;
  readonly tracks: number;
  readonly messages: number;
};

/** A longer list nobody reads. */
const MAX_ROWS = 100;
/** Jobs that end within one interval; the oldest are forgotten beyond it. */
const MAX_ENDED = 1_000;

/**
 * Reports at intervals how all rooms are that agents of this worker count.
 *
 * - `idle`: no room is known.
 * - `watching`: a report is due.
 *
 * Limit: as many rooms as the worker runs jobs, and 1,000 that have ended since the last report.
 */
export const roomsMachine = setup({
  types: {} as {
    input: RoomsInput;
    context: RoomsContext;
    events: RoomsFact;
    emitted: RoomsReport;
  },
  actions: {
    keep: assign(({ context }, { jobId, figures: given }: Given) => {
      const figures = readRoomFigures(given);
      if (!figures) return {};
      return { rooms: { ...context.rooms, [jobId]: { figures, hasEnded: false } } };
    }),
    markEnded: assign(({ context }, { jobId }: { jobId: string }) => {
      const known = context.rooms[jobId];
      if (!known) return {};
      const ended = { figures: { ...known.figures, state: 'ended' as const }, hasEnded: true };
      return { rooms: withoutOldest({ ...context.rooms, [jobId]: ended }) };
    }),
    report: emit(({ context }) => roomsReport(context)),
    forgetEnded: assign(({ context }) => ({
      rooms: Object.fromEntries(
        Object.entries(context.rooms).filter(([, { hasEnded }]) => !hasEnded),
      ),
    })),
  },
  guards: {
    isOfRoom: (_, { figures }: Given) => readRoomFigures(figures) !== null,
    isAnyLeft: ({ context }) => Object.values(context.rooms).some(({ hasEnded }) => !hasEnded),
  },
  delays: {
    reportEvery: ({ context }) => context.reportEveryMs,
  },
}).createMachine({
  id: 'rooms',
  context: ({ input }) => ({ ...input, rooms: {} }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        'job.figuresReported': {
          guard: { type: 'isOfRoom', params: ({ event }) => event },
          target: 'watching',
          actions: { type: 'keep', params: ({ event }) => event },
        },
      },
    },
    watching: {
      on: {
        'job.figuresReported': {
          guard: { type: 'isOfRoom', params: ({ event }) => event },
          actions: { type: 'keep', params: ({ event }) => event },
        },
        'job.ended': { actions: { type: 'markEnded', params: ({ event }) => event } },
      },
      after: {
        reportEvery: [
          {
            guard: 'isAnyLeft',
            target: 'watching',
            reenter: true,
            actions: ['report', 'forgetEnded'],
          },
          { target: 'idle', actions: ['report', 'forgetEnded'] },
        ],
      },
    },
  },
});

const rowOf = ({
  room,
  state,
  participants,
  messages,
  durationMs,
  tracks,
}: RoomFigures): RoomRow => ({
  room,
  state,
  participants,
  messages,
  durationMs,
  tracks: Object.values(tracks).reduce((sum, count) => sum + count, 0),
});

/** Without those that ended first, where there are too many. */
function withoutOldest(rooms: RoomsContext['rooms']): RoomsContext['rooms'] {
  const ended = Object.keys(rooms).filter((jobId) => rooms[jobId]?.hasEnded);
  const tooMany = new Set(ended.slice(0, Math.max(0, ended.length - MAX_ENDED)));
  if (tooMany.size === 0) return rooms;
  return Object.fromEntries(Object.entries(rooms).filter(([jobId]) => !tooMany.has(jobId)));
}

const roomsReport = ({ rooms }: RoomsContext): RoomsReport => {
  const all = Object.values(rooms).map(({ figures }) => figures);
  const rows = all.map(rowOf);
  const sum = (of: (row: RoomRow) => number): number =>
    rows.reduce((total, row) => total + of(row), 0);
  const listed = rows.toSorted((a, b) => b.participants - a.participants).slice(0, MAX_ROWS);
  return {
    type: 'rooms.reported',
    rooms: listed,
    unlisted: rows.length - listed.length,
    active: rows.filter(({ state }) => state === 'active').length,
    ended: rows.filter(({ state }) => state === 'ended').length,
    participants: sum(({ participants }) => participants),
    tracks: sum(({ tracks }) => tracks),
    messages: sum(({ messages }) => messages),
  };
};
