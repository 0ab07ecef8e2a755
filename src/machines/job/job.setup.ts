import {
  assign,
  createMachine,
  emit,
  enqueueActions,
  raise,
  sendTo,
  setup,
  stopChild,
  type AnyStateMachine,
  type DoneActorEvent,
  type ErrorActorEvent,
} from 'xstate';
import type {
  AgentCommand,
  AgentFact,
  AgentReport,
  Alert,
  AlertReport,
  ConditionReport,
  ControlFact,
  EndReason,
  RoomCommand,
  RoomFact,
  RoomServiceCommand,
  RoomServiceFact,
  RosterCommand,
  RosterFact,
  SessionHealth,
  WebhookCommand,
} from '../events.ts';
import { endedWithJob } from '../alerts/alert.logic.ts';
import { alertsMachine } from '../alerts/alerts.machine.ts';
import { askedByRule } from '../rules/rule-commands.logic.ts';
import type { Rule } from '../rules/rule.ts';
import { rulesMachine } from '../rules/rules.machine.ts';
import { notProvided } from '../slots.ts';
import { reportProblem } from './agent-report.logic.ts';
import {
  claimMachine,
  type ClaimConfig,
  type ClaimOutcome,
  type ClaimReport,
} from './claim.machine.ts';
import { statusOf } from './end-reason.logic.ts';
import { insideOf, noteInside, type Inside } from './inside.logic.ts';
import type { AgentInput } from './job.events.ts';
import { activityOf, enteredRoom, factsOf, noteFact, type WhoIsHere } from './who-is-here.logic.ts';

export type JobConfig = {
  /** Attempts to join before the job fails. */
  readonly joinAttempts: number;
  readonly joinRetryMs: number;
  /** How long the agent is given to bring its summary when its job ends. */
  readonly summaryMs: number;
  /** How long the final status may take before the room is left without knowing of it. */
  readonly statusMs: number;
  /** How long leaving the room may take. */
  readonly leaveMs: number;
  /** How long after a JobTermination the room may still say why. */
  readonly terminationMs: number;
  /** How long after our own reconnect a JobTermination is the server's mistake (livekit#4887). */
  readonly reconnectHoldMs: number;
  readonly drainMs: number;
  /** Null: no limit. */
  readonly maxDurationMs: number | null;
  readonly claim: ClaimConfig;
  /** What the users configured to follow from what happens; each for some agents or for all. */
  readonly rules: readonly Rule[];
};

export type JobInput = {
  readonly agent: AgentInput;
  /** Whom the job is for (`AgentDefinition.target`); null: the whole room. */
  readonly identity: string | null;
  /** What no other agent of the same name may serve meanwhile; null where the job shares with nobody. */
  readonly serves: string | null;
  readonly config: JobConfig;
};

export type Ending = { readonly reason: EndReason; readonly at: number; readonly error: string };

export type JobContext = JobInput & {
  readonly joinsFailed: number;
  /** Until the agent runs and knows it itself. */
  readonly here: WhoIsHere | null;
  readonly servesSince: number | null;
  /** False once the server has ended the job by mistake: only room events end it then. */
  readonly tracked: boolean;
  readonly terminatedAt: number;
  readonly drainingAt: number | null;
  /** Null outside of the room. */
  readonly inside: Inside | null;
  /** Until something decides otherwise, an end is our own error. */
  readonly ending: Ending;
  readonly openAlerts: readonly Alert[];
};

export type JobEvent =
  | RoomFact
  | RoomServiceFact
  | RosterFact
  | ControlFact
  | AgentCommand
  | AgentReport
  | ClaimReport
  | { readonly type: 'drain.isOver' }
  | { readonly type: 'duration.isOver' }
  | DoneActorEvent<unknown, 'agent'>
  | DoneActorEvent<ClaimOutcome, 'claim'>
  | ErrorActorEvent;

/** What the job emits; composition stamps the time and takes it to the worker. */
export type JobEmission =
  | { readonly type: 'job.joined' }
  | { readonly type: 'job.stoodBy'; readonly elders: readonly string[] }
  | { readonly type: 'job.tookOver' }
  | { readonly type: 'job.doubted'; readonly doubt: string }
  | {
      readonly type: 'job.ending';
      readonly reason: EndReason;
      readonly status: 'success' | 'failed';
      readonly error: string;
    }
  | { readonly type: 'job.ended'; readonly reason: EndReason }
  | { readonly type: 'job.alertOpened'; readonly alert: Alert }
  | { readonly type: 'job.alertUpdated'; readonly alert: Alert }
  /** Without a time of its own where the alert ends with its job. */
  | { readonly type: 'job.alertResolved'; readonly alert: Alert }
  | { readonly type: 'job.healthChanged'; readonly health: SessionHealth }
  | {
      readonly type: 'job.figuresReported';
      readonly figures: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: 'job.summaryMade';
      readonly summary: Readonly<Record<string, unknown>>;
    };

/** Two tellings of one alert are at least 5 s apart. */
export const alertLimits = { maxConditions: 100, updateEveryMs: 5_000 };

/** Of a job: those of its conditions, and as many that its agent opens by itself; another is not opened. */
const MAX_OPEN_ALERTS = 200;

/** Stands in the slot of the agent's machine until composition provides one. */
const noAgent: AnyStateMachine = createMachine({ id: 'no-agent' });

type At = { readonly at: number };

type ArrivalFact = Extract<RoomFact, { type: 'participant.connected' }>;
type FailedCommand = Extract<RoomFact, { type: 'command.failed' }>;
type ConnectedFact = Extract<RoomFact, { type: 'room.connected' }>;

/** Who hears the facts of the job while its agent runs. */
const listenersOf = ({ rules }: JobConfig) =>
  rules.length > 0 ? (['agent', 'rules'] as const) : (['agent'] as const);

/** What a job can do and decide; its machine says when. */
export const jobSetup = setup({
  types: {} as {
    input: JobInput;
    context: JobContext;
    events: JobEvent;
    emitted: JobEmission;
  },
  actors: {
    room: notProvided<Record<string, never>, RoomCommand>('room'),
    roster: notProvided<{ roomName: string }, RosterCommand>('roster'),
    control: notProvided<Record<string, never>>('control'),
    roomService: notProvided<{ roomName: string }, RoomServiceCommand>('roomService'),
    webhooks: notProvided<Record<string, never>, WebhookCommand>('webhooks'),
    claim: claimMachine,
    agent: noAgent,
    rules: rulesMachine,
    alerts: alertsMachine,
  },
  actions: {
    tellRoom: sendTo('room', (_, command: RoomCommand) => command),
    askRoster: sendTo('roster', { type: 'roster.request' }),
    tellRoomService: sendTo('roomService', (_, command: RoomServiceCommand) => command),
    tellWebhooks: sendTo('webhooks', (_, command: WebhookCommand) => command),
    tellAgent: enqueueActions(({ context: { config }, enqueue }, fact: AgentFact) => {
      for (const listener of listenersOf(config)) enqueue.sendTo(listener, fact);
    }),
    followRules: enqueueActions(({ context: { config, agent, identity }, enqueue }) => {
      const { rules } = config;
      if (rules.length === 0) return;
      enqueue.spawnChild('rules', { id: 'rules', input: { rules, agent, identity } });
    }),
    tellRules: enqueueActions(
      ({ context: { config }, enqueue }, said: AlertReport | FailedCommand) => {
        if (config.rules.length > 0) enqueue.sendTo('rules', said);
      },
    ),
    stopRules: stopChild('rules'),
    tellAlerts: sendTo('alerts', (_, condition: ConditionReport) => condition),
    tellClaim: sendTo('claim', (_, fact: RosterFact) => fact),
    tellWhoIsHere: enqueueActions(({ context: { here, servesSince, config }, enqueue }) => {
      if (here === null || servesSince === null) return;
      for (const fact of factsOf(here, servesSince)) {
        for (const listener of listenersOf(config)) enqueue.sendTo(listener, fact);
      }
      // The job itself did not follow it either.
      if (here.isReconnecting) enqueue.raise({ type: 'room.reconnecting', at: servesSince });
      enqueue.assign({ here: null });
    }),
    tellArrival: enqueueActions(({ context: { config }, enqueue }, fact: ArrivalFact) => {
      for (const said of [fact, ...activityOf([fact.participant], fact.at)]) {
        for (const listener of listenersOf(config)) enqueue.sendTo(listener, said);
      }
    }),
    countFailedJoin: assign(({ context }) => ({ joinsFailed: context.joinsFailed + 1 })),
    noteInside: assign((_, fact: ConnectedFact) => ({ inside: insideOf(fact) })),
    noteEntered: assign((_, fact: ConnectedFact) => ({ here: enteredRoom(fact) })),
    noteHere: assign(({ context: { here, inside } }, fact: RoomFact) => ({
      here: here && noteFact(here, fact),
      inside: inside && noteInside(inside, fact),
    })),
    startServing: assign((_, { at }: At) => ({ servesSince: at })),
    noteLeft: assign({ inside: null }),
    startDurationLimit: enqueueActions(({ context, enqueue }) => {
      if (context.config.maxDurationMs === null) return;
      enqueue(
        raise({ type: 'duration.isOver' }, { id: 'duration', delay: context.config.maxDurationMs }),
      );
    }),
    startDraining: assign((_, { at }: At) => ({ drainingAt: at })),
    startDrainLimit: raise({ type: 'drain.isOver' }, { id: 'drain', delay: 'drain' }),
    noteTermination: assign((_, { at }: At) => ({ terminatedAt: at })),
    untrack: assign({ tracked: false }),
    decideEnd: assign((_, ending: Ending) => ({ ending })),
    tellEnding: sendTo('agent', ({ context }) => ({
      type: 'job.ending',
      at: context.ending.at,
      reason: context.ending.reason,
    })),
    emitJoined: emit({ type: 'job.joined' as const }),
    emitEnding: emit(({ context }) => {
      const { reason, error } = context.ending;
      return { type: 'job.ending' as const, reason, status: statusOf[reason], error };
    }),
    emitEnded: emit(({ context }) => ({
      type: 'job.ended' as const,
      reason: context.ending.reason,
    })),
    emitReport: emit((_, report: JobEmission) => report),
    openAlert: assign(({ context }, { alert }: { alert: Alert }) => ({
      openAlerts: [...context.openAlerts, alert],
    })),
    updateAlert: assign(({ context }, { alert }: { alert: Alert }) => ({
      openAlerts: context.openAlerts.map((open) => (open.key === alert.key ? alert : open)),
    })),
    closeAlert: assign(({ context }, { alert }: { alert: Alert }) => ({
      openAlerts: context.openAlerts.filter(({ key }) => key !== alert.key),
    })),
    resolveAlerts: enqueueActions(({ context: { openAlerts, ending }, enqueue }) => {
      for (const alert of openAlerts) {
        enqueue.emit({ type: 'job.alertResolved', alert: endedWithJob(alert, ending.reason) });
      }
      enqueue.assign({ openAlerts: [] });
    }),
  },
  guards: {
    isMalformed: (_, report: AgentReport) => reportProblem(report) !== null,
    isNewAlert: ({ context: { openAlerts } }, { alert }: AlertReport) =>
      openAlerts.length < MAX_OPEN_ALERTS && openAlerts.every(({ key }) => key !== alert.key),
    isOpenAlert: ({ context: { openAlerts } }, { alert }: AlertReport) =>
      openAlerts.some(({ key }) => key === alert.key),
    isAskedByRule: (_, failed: FailedCommand) => askedByRule(failed) !== null,
    isNotDraining: ({ context }) => context.drainingAt === null,
    isOutside: ({ context }) => context.inside === null,
    canRetry: ({ context }) => context.joinsFailed + 1 < context.config.joinAttempts,
    isDoubtful: (_, { doubt }: ClaimOutcome) => doubt !== '',
    isServing: (_, { serves }: ClaimOutcome) => serves,
    isAlone: ({ context }) => context.serves === null,
    isOtherRoom: ({ context }, { sid }: { sid: string }) =>
      context.agent.job.room.sid !== '' && sid !== context.agent.job.room.sid,
  },
  delays: {
    joinRetry: ({ context }) => context.config.joinRetryMs,
    summary: ({ context }) => context.config.summaryMs,
    status: ({ context }) => context.config.statusMs,
    leave: ({ context }) => context.config.leaveMs,
    termination: ({ context }) => context.config.terminationMs,
    reconnectHold: ({ context }) => context.config.reconnectHoldMs,
    drain: ({ context }) => context.config.drainMs,
  },
});
