import { assign, enqueueActions, setup, type DoneActorEvent } from 'xstate';
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
import { participantSessionMachine } from '../session/participant-session.machine.ts';
import type {
  QualityNotice,
  SessionFact,
  SessionOutput,
  SessionReport,
} from '../session/session.events.ts';
import { notProvided } from '../slots.ts';
import { isSameHealth } from './health.logic.ts';
import { connectionQuality, speakingDetection, welcome } from './messages.logic.ts';
import {
  sessionInputOf,
  type MonitorMetadata,
  type MonitorSettings,
} from './monitor-settings.logic.ts';
import { addOther, identitiesOf, withoutOther, type Others } from './others.logic.ts';

export type ParticipantMonitorInput = AgentInput<MonitorMetadata, MonitorSettings>;

export type ParticipantMonitorContext = ParticipantMonitorInput &
  Others & {
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

/** The others never hear of two beginnings of speech within this time. */
const ANNOUNCE_EVERY_MS = 2_000;

export const sessionActorId = (identity: string): string => `participant:${identity}`;

/** What a monitor can do and decide; its machine says when. */
export const monitorSetup = setup({
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
    removeOther: assign(({ context }, left: ParticipantRef) => withoutOther(context, left)),
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
});
