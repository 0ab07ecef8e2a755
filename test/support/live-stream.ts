import { LiveModel } from '../../src/io/cli/live-model.ts';
import {
  PROTOCOL_VERSION,
  type ActorDetail,
  type ActorRow,
  type AlertRow,
  type RelayMessage,
  type SystemRow,
} from '../../src/io/inspect/protocol.ts';
import { buildSession, buildView } from './sessions-view.ts';

const now = 61_000;

export const hello: RelayMessage = {
  type: 'hello',
  version: PROTOCOL_VERSION,
  source: { kind: 'live', command: 'start', greenroom: '0.1.0', startedAt: 1_000 },
  at: now,
};

export const buildSystem = (changes: Partial<SystemRow> = {}): SystemRow => ({
  id: 'AJ_1',
  kind: 'job',
  agent: 'participant-monitor',
  room: 'support-42',
  identity: 'alice',
  startedAt: 2_000,
  endedAt: null,
  alertsOpen: 0,
  ...changes,
});

export const buildActor = (changes: Partial<ActorRow> = {}): ActorRow => ({
  id: 1,
  parent: null,
  system: 'worker-1',
  path: 'worker',
  name: 'worker',
  kind: 'machine',
  machine: 1,
  status: 'active',
  value: 'running',
  startedAt: 1_000,
  endedAt: null,
  restarts: 0,
  error: null,
  ...changes,
});

const connected = {
  connected: { presence: 'present', speech: 'speaking', video: 'frozen', quality: 'poor' },
};

const actors: readonly ActorRow[] = [
  buildActor(),
  buildActor({ id: 2, parent: 1, path: 'worker/jobs', name: 'jobs', kind: 'port', value: null }),
  ...['AJ_1', 'AJ_2'].flatMap((system, index) => [
    buildActor({
      id: 10 * (index + 1),
      parent: 2,
      system,
      path: 'job',
      name: 'job',
      value: 'running',
      startedAt: 2_000,
    }),
    buildActor({
      id: 10 * (index + 1) + 1,
      parent: 10 * (index + 1),
      system,
      path: 'job/agent',
      name: 'agent',
      value: index === 0 ? connected : 'awaitingParticipant',
      startedAt: 3_000,
      restarts: index,
    }),
  ]),
  buildActor({
    id: 12,
    parent: 11,
    system: 'AJ_1',
    path: 'job/agent/track:TR_1',
    name: 'track:TR_1',
    status: 'error',
    value: null,
    endedAt: 50_000,
    error: 'the stream broke',
  }),
];

export const frozen: AlertRow = {
  system: 'AJ_1',
  agent: 'participant-monitor',
  room: 'support-42',
  identity: 'alice',
  alert: {
    key: 'video_frozen',
    severity: 'warning',
    message: 'the camera stopped delivering frames',
    openedAt: 13_000,
    evidence: { trackSid: 'TR_1', lastFrame: { at: 12_000, frames: 290 } },
  },
};

export const detail: ActorDetail = {
  id: 11,
  at: now,
  value: connected,
  status: 'active',
  context: { identity: 'alice', totals: { turns: 3, speakingMs: 4_200 } },
  output: null,
  timers: [{ event: 'xstate.after.graceMs.participant-session.connected', dueAt: now + 1_500 }],
  counts: {},
  states: [],
  entries: [
    {
      seq: 1,
      at: 4_000,
      kind: 'received',
      from: 'job',
      event: { type: 'participant.active', sid: 'PA_1' } as ActorDetail['entries'][number]['event'],
      count: 1,
      taken: [],
      value: connected,
    },
  ],
  isTooBig: false,
};

/** All that a relay tells of two sessions to somebody who comes after a minute. */
export const story: readonly RelayMessage[] = [
  hello,
  { type: 'reset', reason: 'attached', at: now, actorCount: actors.length },
  {
    type: 'actors',
    systems: [
      buildSystem({ id: 'worker-1', kind: 'worker', agent: null, room: null, identity: null }),
      buildSystem({ alertsOpen: 1 }),
      buildSystem({ id: 'AJ_2', identity: 'bob', room: 'support-43' }),
    ],
    actors,
  },
  { type: 'alerts', isAll: true, alerts: [frozen] },
  { type: 'ready', at: now },
  {
    type: 'worker',
    at: now,
    worker: { ...buildView().worker, jobs: 2, load: 0.028 },
    eventLoopP99Ms: 11.4,
    rssBytes: 190 * 2 ** 20,
    health: null,
    healthAt: null,
    viewers: 1,
  },
  {
    type: 'sessions',
    at: now,
    sessions: [
      buildSession({
        jobId: 'AJ_2',
        identity: 'bob',
        room: 'support-43',
        state: 'awaitingParticipant',
        presence: null,
        speech: null,
        video: null,
        quality: null,
        startedAt: 31_000,
      }),
      buildSession({
        speech: 'speaking',
        audioLevel: 0.1,
        video: 'frozen',
        quality: 'poor',
        startedAt: 2_000,
        alerts: [frozen.alert],
      }),
    ],
    total: 2,
  },
];

/** What a viewer knows after these messages. */
export function modelOf(messages: readonly RelayMessage[] = story): LiveModel {
  const model = new LiveModel();
  for (const message of messages) model.apply(message);
  return model;
}
