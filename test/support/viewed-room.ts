import type {
  ActorDetail,
  ActorRow,
  Entry,
  RelayMessage,
  RoomTimeline,
  SystemRow,
} from '../../src/io/inspect/protocol.ts';

/** When a made-up room began, in epoch milliseconds. */
export const ROOM_AT = 1_900_000_000_000;

export const jobRow: SystemRow = {
  id: 'AJ_1',
  kind: 'job',
  agent: 'participant-monitor',
  room: 'standup',
  identity: 'alice',
  startedAt: ROOM_AT,
  endedAt: null,
  alertsOpen: 0,
};

export const agentRow: ActorRow = {
  system: 'AJ_1',
  path: 'job/agent',
  id: 2,
  parent: null,
  name: 'agent',
  kind: 'machine',
  machine: 0,
  status: 'active',
  value: 'silent',
  startedAt: ROOM_AT,
  endedAt: null,
  restarts: 0,
  error: null,
};

export const entryOf = (seq: number, more: Partial<Entry> = {}): Entry => ({
  seq,
  at: ROOM_AT + seq * 1_000,
  kind: 'received',
  from: null,
  event: { type: 'track.muted' },
  count: 1,
  taken: [],
  value: null,
  ...more,
});

const levelMeasured = { type: 'audio.levelMeasured', rms: 0.25 };

export const agentDetail: ActorDetail = {
  id: 2,
  at: ROOM_AT + 3_000,
  value: 'silent',
  status: 'active',
  context: { turns: 1 },
  output: null,
  timers: [],
  counts: {},
  states: [
    { at: ROOM_AT, value: 'silent' },
    { at: ROOM_AT + 1_000, value: 'speaking' },
    { at: ROOM_AT + 2_000, value: 'silent' },
  ],
  entries: [
    entryOf(1, {
      value: 'speaking',
      event: { type: 'speech.began' },
      taken: ['silent -> speaking'],
    }),
    entryOf(2, { value: 'silent', event: { type: 'speech.ended' }, taken: ['speaking -> silent'] }),
    entryOf(3, { event: levelMeasured, count: 12 }),
  ],
  isTooBig: false,
};

export const standup: RoomTimeline = {
  room: 'standup',
  rows: [
    {
      ...{ system: 'AJ_1', path: 'job/agent', id: 2, name: 'agent', endedAt: null },
      changes: agentDetail.states,
    },
  ],
  marks: [
    {
      ...{ system: 'AJ_1', path: 'job/agent', at: ROOM_AT + 1_500 },
      ...{ kind: 'alert', text: 'quality of alice is poor' },
    },
  ],
  levels: [{ system: 'AJ_1', points: [[ROOM_AT + 1_000, 0.2, 30]] }],
};

/** What a page is told that looks at the agent of a room. */
export const viewedRoom: readonly RelayMessage[] = [
  { type: 'reset', reason: 'attached', at: ROOM_AT + 3_000, actorCount: 1 },
  {
    ...{ type: 'machine', id: 0, name: 'talker' },
    chart: {
      ...{ path: '', name: 'talker', type: 'compound', initial: 'silent' },
      ...{ entry: [], exit: [], invokes: [], transitions: [], states: [] },
    },
  },
  { type: 'actors', systems: [jobRow], actors: [agentRow] },
  { type: 'ready', at: ROOM_AT + 3_000 },
  { type: 'actor', ...agentDetail },
  { type: 'room', at: ROOM_AT + 3_000, ...standup },
];
