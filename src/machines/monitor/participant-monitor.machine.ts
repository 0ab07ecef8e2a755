import {
  and,
  assign,
  enqueueActions,
  setup,
  stateIn,
  type DoneActorEvent,
  type SnapshotFrom,
} from 'xstate';
import type {
  AgentCommand,
  AgentFact,
  AgentReport,
  ParticipantRef,
  RoomFactOf,
  SessionHealth,
  StatsFact,
} from '../events.ts';
import type { AgentInput } from '../job/job.events.ts';
import { noShards, shardedTable, type Shards } from '../sharded-table.logic.ts';
import { participantSessionMachine } from '../session/participant-session.machine.ts';
import type {
  QualityNotice,
  SessionFact,
  SessionOutput,
  SessionReport,
} from '../session/session.events.ts';
import { participantView, type ParticipantView } from '../session/session-view.ts';
import { notProvided } from '../slots.ts';
import { connectionQuality, speakingDetection, welcome } from './messages.logic.ts';
import {
  sessionInputOf,
  type MonitorMetadata,
  type MonitorSettings,
} from './monitor-settings.logic.ts';

export type ParticipantMonitorInput = AgentInput<MonitorMetadata, MonitorSettings>;

export type ParticipantMonitorContext = ParticipantMonitorInput & {
  readonly identity: string;
  /** Everybody else in the room: who hears of the target's speech. In parts: a join costs the same in any room. */
  readonly others: Shards<ParticipantRef>;
  readonly otherCount: number;
  readonly welcomedSid: string | null;
  /** When the others were last told of the beginning of a turn. */
  readonly announcedAt: number;
  /** When the present turn began. */
  readonly turnAt: number;
  readonly health: SessionHealth;
};

export type ParticipantMonitorEvent =
  | AgentFact
  | StatsFact
  | SessionReport
  | { readonly type: 'speech.announced' }
  | DoneActorEvent<SessionOutput>;

type At = { readonly at: number };
type Turn = At & { readonly speaking: boolean };

/** More recipients than this are not told of speech. */
const MAX_OTHERS = 5_000;
/** The others never hear of two beginnings of speech within this time. */
const ANNOUNCE_EVERY_MS = 2_000;

const quietHealth: SessionHealth = {
  active: false,
  speaking: false,
  poorQuality: false,
  suspect: false,
};

const sessionActorId = (identity: string): string => `participant:${identity}`;

const otherTable = shardedTable<ParticipantRef>(({ sid }) => sid);

type Others = Pick<ParticipantMonitorContext, 'identity' | 'others' | 'otherCount'>;

function addOther<TContext extends Others>(
  context: TContext,
  { identity, sid }: ParticipantRef,
): TContext {
  const { others, otherCount } = context;
  const isKnown = otherTable.find(others, sid) !== undefined;
  if (identity === context.identity || isKnown || otherCount >= MAX_OTHERS) return context;
  const added = otherTable.put(others, { identity, sid });
  return { ...context, others: added, otherCount: otherCount + 1 };
}

const identitiesOf = (others: Shards<ParticipantRef>): readonly string[] =>
  others.flat().map(({ identity }) => identity);

function healthOf(alertKey: string, isOpen: boolean): Partial<SessionHealth> {
  if (alertKey === 'poor_quality') return { poorQuality: isOpen };
  return alertKey === 'suspect' ? { suspect: isOpen } : {};
}

const isSameHealth = (a: SessionHealth, b: SessionHealth): boolean =>
  a.active === b.active &&
  a.speaking === b.speaking &&
  a.poorQuality === b.poorQuality &&
  a.suspect === b.suspect;

const told = {
  actions: {
    type: 'tellSession' as const,
    params: ({ event }: { event: SessionFact }) => event,
  },
};

const toldWhereTarget = {
  guard: {
    type: 'isTarget' as const,
    params: ({ event }: { event: { readonly identity: string } }) => event,
  },
  ...told,
};

/**
 * Watches one participant of a room and tells the room about it.
 *
 * It keeps no figures of its own: the child `session` does. Side by side
 * - `watching`: `open` until the session has ended, then `ended`, with the summary brought.
 * - `statistics`: `off`; `polling` while media of the participant flows to us.
 * - `notice`: what the others know of the participant's speech: `quiet`; `held`, a turn that began
 *   too soon after the last one they were told of, or while nobody else was there; `announced`.
 * - `pace`: whether the others may be told of a turn: `free`, or `waiting` since the last one.
 *
 * Limit: the first 5,000 other participants are told of speech, later ones are not.
 */
export const participantMonitorMachine = setup({
  types: {} as {
    input: ParticipantMonitorInput;
    context: ParticipantMonitorContext;
    events: ParticipantMonitorEvent;
  },
  actors: {
    participantSession: participantSessionMachine,
    stats: notProvided<Record<string, never>>('stats'),
  },
  actions: {
    openSession: enqueueActions(({ context, enqueue }) => {
      enqueue.spawnChild('participantSession', {
        id: sessionActorId(context.identity),
        input: sessionInputOf(context.metadata, context.settings, context.startedAt),
      });
    }),
    tellSession: enqueueActions(({ context, enqueue }, fact: SessionFact) => {
      enqueue.sendTo(sessionActorId(context.identity), fact);
    }),
    findTarget: enqueueActions(
      ({ context, enqueue }, { participants, at }: RoomFactOf<'room.connected'>) => {
        const participant = participants.find(({ identity }) => identity === context.identity);
        if (participant) enqueue.raise({ type: 'participant.connected', at, participant });
      },
    ),
    // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
    tellJob: enqueueActions(({ enqueue, self }, report: AgentReport | AgentCommand) => {
      if (self._parent) enqueue.sendTo(self._parent, report);
    }),
    bringSummary: enqueueActions(({ enqueue, self }, { reason, summary }: SessionOutput) => {
      if (!self._parent) return;
      enqueue.sendTo(self._parent, { type: 'summary.made', summary });
      enqueue.sendTo(self._parent, { type: 'job.end', reason });
    }),
    addOthers: assign(({ context }, params: { others: readonly ParticipantRef[] }) =>
      params.others.reduce(addOther, context),
    ),
    removeOther: assign(({ context: { others, otherCount } }, { sid }: ParticipantRef) =>
      otherTable.find(others, sid) === undefined
        ? {}
        : { others: otherTable.remove(others, sid), otherCount: otherCount - 1 },
    ),
    changeHealth: enqueueActions(({ context, enqueue, self }, changed: Partial<SessionHealth>) => {
      const health = { ...context.health, ...changed };
      if (isSameHealth(health, context.health)) return;
      enqueue.assign({ health });
      if (self._parent) enqueue.sendTo(self._parent, { type: 'health.changed', health });
    }),
    welcome: enqueueActions(({ context, enqueue, self }, { sid }: { sid: string }) => {
      enqueue.assign({ welcomedSid: sid });
      if (self._parent) enqueue.sendTo(self._parent, welcome(context.job, context.identity));
    }),
    beginTurn: assign((_, { at }: At) => ({ turnAt: at })),
    announceSpeech: enqueueActions(({ context, enqueue, self }) => {
      const { job, identity, others, turnAt, announcedAt } = context;
      // A turn that was held back is told of at the end of its wait, with that time.
      const at = Math.max(turnAt, announcedAt + ANNOUNCE_EVERY_MS);
      enqueue.assign({ announcedAt: at });
      enqueue.raise({ type: 'speech.announced' });
      if (!self._parent) return;
      enqueue.sendTo(
        self._parent,
        speakingDetection(job, identity, identitiesOf(others), { speaking: true, at }),
      );
    }),
    announceSilence: enqueueActions(({ context, enqueue, self }, { at }: At) => {
      const { job, identity, others, otherCount } = context;
      if (!self._parent || otherCount === 0) return;
      enqueue.sendTo(
        self._parent,
        speakingDetection(job, identity, identitiesOf(others), { speaking: false, at }),
      );
    }),
    noticeQuality: enqueueActions(({ context, enqueue, self }, notice: QualityNotice & At) => {
      if (!self._parent) return;
      enqueue.sendTo(self._parent, connectionQuality(context.job, context.identity, notice));
    }),
  },
  guards: {
    isTarget: ({ context }, { identity }: { identity: string }) => identity === context.identity,
    isUnwelcomed: ({ context }, { identity, sid }: { identity: string; sid: string }) =>
      context.settings.ENABLE_NOTIFICATIONS &&
      identity === context.identity &&
      sid !== context.welcomedSid,
    isToldOfQuality: ({ context }) =>
      context.settings.ENABLE_NOTIFICATIONS &&
      context.metadata.notification_preferences.quality_alerts,
    isToldOfSpeech: ({ context: { settings, metadata } }, { speaking }: Turn) =>
      speaking &&
      settings.ENABLE_NOTIFICATIONS &&
      metadata.notification_preferences.speaking_alerts,
    isAnybodyElseHere: ({ context }) => context.otherCount > 0,
    isSilence: (_, { speaking }: Turn) => !speaking,
    isFlowing: (_, { flowing }: { flowing: boolean }) => flowing,
  },
  delays: {
    announceEvery: ANNOUNCE_EVERY_MS,
  },
}).createMachine({
  id: 'participant-monitor',
  context: ({ input }) => ({
    ...input,
    identity: input.metadata.participant_identity,
    others: noShards,
    otherCount: 0,
    welcomedSid: null,
    announcedAt: 0,
    turnAt: 0,
    health: quietHealth,
  }),
  entry: 'openSession',
  type: 'parallel',
  states: {
    watching: {
      initial: 'open',
      states: {
        open: {
          on: {
            'room.connected': {
              actions: [
                {
                  type: 'addOthers',
                  params: ({ event: { participants } }) => ({
                    others: participants,
                  }),
                },
                { type: 'findTarget', params: ({ event }) => event },
              ],
            },
            'participant.connected': [
              {
                guard: { type: 'isTarget', params: ({ event }) => event.participant },
                actions: { type: 'tellSession', params: ({ event }) => event },
              },
              {
                actions: {
                  type: 'addOthers',
                  params: ({ event }) => ({ others: [event.participant] }),
                },
              },
            ],
            'participant.disconnected': [
              {
                guard: { type: 'isTarget', params: ({ event }) => event },
                actions: { type: 'tellSession', params: ({ event }) => event },
              },
              { actions: { type: 'removeOther', params: ({ event }) => event } },
            ],
            'participant.active': {
              guard: { type: 'isUnwelcomed', params: ({ event }) => event },
              actions: { type: 'welcome', params: ({ event }) => event },
            },
            'participant.qualityChanged': toldWhereTarget,
            'track.published': toldWhereTarget,
            'track.unpublished': toldWhereTarget,
            'track.subscribed': toldWhereTarget,
            'track.unsubscribed': toldWhereTarget,
            'track.subscriptionFailed': toldWhereTarget,
            'track.muted': toldWhereTarget,
            'track.unmuted': toldWhereTarget,
            'room.speakersChanged': told,
            'room.reconnecting': told,
            'room.reconnected': told,
            'roster.listed': told,
            'roster.failed': told,
            'stats.sampled': told,
            'job.ending': {
              actions: {
                type: 'tellSession',
                params: ({ event: { at, reason } }) => ({ type: 'session.end', at, reason }),
              },
            },
            'track.setMedia': { actions: { type: 'tellJob', params: ({ event }) => event } },
            'roster.request': { actions: { type: 'tellJob', params: ({ event }) => event } },
            'session.connected': {
              actions: { type: 'changeHealth', params: { active: true } },
            },
            'session.disconnected': {
              actions: { type: 'changeHealth', params: { active: false } },
            },
            'session.speechChanged': {
              actions: {
                type: 'changeHealth',
                params: ({ event: { speaking } }) => ({ speaking }),
              },
            },
            'session.qualityNoticed': {
              guard: 'isToldOfQuality',
              actions: { type: 'noticeQuality', params: ({ event }) => event },
            },
            'alert.opened': {
              actions: [
                { type: 'tellJob', params: ({ event }) => event },
                {
                  type: 'changeHealth',
                  params: ({ event: { alert } }) => healthOf(alert.key, true),
                },
              ],
            },
            'alert.updated': { actions: { type: 'tellJob', params: ({ event }) => event } },
            'alert.resolved': {
              actions: [
                { type: 'tellJob', params: ({ event }) => event },
                {
                  type: 'changeHealth',
                  params: ({ event: { alert } }) => healthOf(alert.key, false),
                },
              ],
            },
            // The session is the only child that finishes. It stays, for those who look at it.
            'xstate.done.actor.*': {
              target: 'ended',
              actions: [
                { type: 'changeHealth', params: quietHealth },
                { type: 'bringSummary', params: ({ event }) => event.output },
              ],
            },
          },
        },
        ended: {},
      },
    },
    statistics: {
      initial: 'off',
      on: {
        'session.mediaChanged': [
          { guard: { type: 'isFlowing', params: ({ event }) => event }, target: '.polling' },
          { target: '.off' },
        ],
      },
      states: {
        off: {},
        polling: {
          invoke: { id: 'stats', src: 'stats', input: {} },
        },
      },
    },
    notice: {
      initial: 'quiet',
      states: {
        quiet: {
          on: {
            'session.speechChanged': {
              guard: { type: 'isToldOfSpeech', params: ({ event }) => event },
              target: 'held',
              actions: { type: 'beginTurn', params: ({ event }) => event },
            },
          },
        },
        held: {
          always: {
            guard: and(['isAnybodyElseHere', stateIn({ pace: 'free' })]),
            target: 'announced',
            actions: 'announceSpeech',
          },
          on: {
            'session.speechChanged': {
              guard: { type: 'isSilence', params: ({ event }) => event },
              target: 'quiet',
            },
          },
        },
        announced: {
          on: {
            'session.speechChanged': {
              guard: { type: 'isSilence', params: ({ event }) => event },
              target: 'quiet',
              actions: { type: 'announceSilence', params: ({ event }) => event },
            },
          },
        },
      },
    },
    // A clock of its own, and not the times of the turns: receivers count from when a message comes.
    pace: {
      initial: 'free',
      states: {
        free: { on: { 'speech.announced': 'waiting' } },
        waiting: { after: { announceEvery: 'free' } },
      },
    },
  },
});

export type ParticipantMonitorSnapshot = SnapshotFrom<typeof participantMonitorMachine>;

/** What is to be seen of a monitor at one moment. */
export type MonitorView = ParticipantView & {
  readonly monitoringType: MonitorMetadata['monitoring_type'];
  readonly customSettings: MonitorMetadata['custom_settings'];
};

export function monitorView({
  context,
  children,
}: ParticipantMonitorSnapshot): MonitorView | { readonly state: 'ended' } {
  const session = children[sessionActorId(context.identity)]?.getSnapshot();
  if (!session || !('context' in session)) return { state: 'ended' };
  const { monitoring_type: monitoringType, custom_settings: customSettings } = context.metadata;
  return { ...participantView(session), monitoringType, customSettings };
}
