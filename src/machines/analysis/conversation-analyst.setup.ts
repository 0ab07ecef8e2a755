import { assign, enqueueActions, sendTo, setup, type AnyActorRef, type EventObject } from 'xstate';
import type { AgentFact, ErrorInfo, RoomFact } from '../events.ts';
import { notProvided } from '../slots.ts';
import type { AnalysisCommand, AnalysisFact } from './analysis.events.ts';
import {
  endConversation,
  endWindow,
  giveUp,
  hearMessage,
  leaveUnfinished,
  lookForSilence,
  nextWindow,
  passOver,
  passTo,
  refuseForged,
  takeAnswer,
  takeFailure,
  type Step,
} from './analyst-steps.logic.ts';
import { summaryOf } from './analyst-figures.logic.ts';
import { askFor } from './analyst-words.logic.ts';
import type { ConversationAnalystContext, ConversationAnalystInput } from './analyst.context.ts';
import { isEmpty } from './analysis-window.logic.ts';
import { LATE_WORDS_MS, nextDeadline } from './compliance.logic.ts';
import { isFromAgent } from '../conversation/agent-message.logic.ts';
import { ANALYSIS_TOPIC } from '../conversation/conversation-item.ts';
import { hasGap } from './item-stream.logic.ts';

export type ConversationAnalystEvent =
  | AgentFact
  | AnalysisFact
  /** Another window is collected, in the same step in which the one before was full. */
  | { readonly type: 'window.begun' };

type Of<TType extends AgentFact['type']> = Extract<AgentFact, { type: TType }>;
type DataFact = Extract<RoomFact, { type: 'data.received' }>;
type AnswerOf<TType extends AnalysisFact['type']> = Extract<AnalysisFact, { type: TType }>;

/** A gap is asked for so often, so long apart: a monitor answers one request in 2 s. */
const MAX_ASKS = 2;
const PATIENCE_MS = 3_000;
/** Longer than any engine takes, its fallback included. */
const ENGINE_MS = 60_000;
/** How long the last windows may take once the job is ending. */
export const LAST_WINDOWS_MS = 9_000;
/** More participants of kind agent are not believed. */
const MAX_AGENTS = 100;

const noAnswer: ErrorInfo = {
  code: 'E_ANALYSIS',
  message: `no answer within ${ENGINE_MS / 1_000} s`,
  retryable: true,
};

type Hands = {
  readonly context: ConversationAnalystContext;
  readonly enqueue: {
    readonly assign: (context: ConversationAnalystContext) => void;
    readonly raise: (event: { type: 'window.begun' }) => void;
    readonly sendTo: (target: AnyActorRef, event: EventObject) => void;
  };
  readonly self: { readonly _parent?: AnyActorRef };
};

/** Not `sendParent`, which throws without a parent: then `transition` alone could not test this. */
function carryOut({ context, enqueue, self }: Hands, step: Step): void {
  enqueue.assign(step.context);
  const [before, after] = [context, step.context].map(({ intake }) => intake.window.number);
  if (before !== after) enqueue.raise({ type: 'window.begun' });
  if (!self._parent) return;
  for (const said of step.said) enqueue.sendTo(self._parent, said);
}

/** What an analyst can do and decide; its machine says when. */
export const analystSetup = setup({
  types: {} as {
    input: ConversationAnalystInput;
    context: ConversationAnalystContext;
    events: ConversationAnalystEvent;
  },
  actors: {
    analysis: notProvided<Record<string, never>, AnalysisCommand>('analysis'),
  },
  actions: {
    noteRoom: assign(({ context }, { at, local, participants }: Of<'room.connected'>) => ({
      ...passTo(context, at),
      identity: local.identity,
      agents: participants
        .filter(({ kind }) => kind === 'agent')
        .map(({ identity }) => identity)
        .slice(0, MAX_AGENTS),
    })),
    addAgent: assign(({ context: { agents } }, { identity }: { identity: string }) => ({
      agents: [...new Set([...agents, identity])].slice(0, MAX_AGENTS),
    })),
    removeAgent: assign(({ context: { agents } }, { identity }: { identity: string }) => ({
      agents: agents.filter((agent) => agent !== identity),
    })),
    ask: enqueueActions(({ context, enqueue, self }) => {
      enqueue.assign({ asks: context.asks + 1 });
      if (self._parent) enqueue.sendTo(self._parent, askFor(context));
    }),
    forgetAsks: assign({ asks: 0 }),
    hearMessage: enqueueActions((hands, fact: DataFact) =>
      carryOut(hands, hearMessage(hands.context, fact)),
    ),
    refuseForged: enqueueActions((hands, fact: DataFact) =>
      carryOut(hands, refuseForged(hands.context, fact)),
    ),
    giveUp: enqueueActions((hands) => carryOut(hands, giveUp(hands.context))),
    countUnsent: assign({ unsent: ({ context }) => context.unsent + 1 }),
    endWindow: enqueueActions((hands) => carryOut(hands, endWindow(hands.context))),
    noteDeadline: assign(({ context: { intake, settings } }) => ({
      lookAt: nextDeadline(intake.compliance, settings.COMPLIANCE_RULES) ?? 0,
    })),
    lookForSilence: enqueueActions((hands) =>
      carryOut(hands, lookForSilence(passTo(hands.context, hands.context.lookAt))),
    ),
    takeWindow: assign(({ context }) => nextWindow(context)),
    askEngine: sendTo('analysis', ({ context: { asked, intake } }): AnalysisCommand => ({
      type: 'analysis.request',
      requestId: String(asked?.number),
      request: {
        items: asked?.items ?? [],
        soFar: intake.report.summary,
        spokeBefore: intake.report.speakers,
        isFinal: asked?.isLast ?? false,
      },
    })),
    passOver: enqueueActions((hands) => carryOut(hands, passOver(hands.context))),
    takeAnswer: enqueueActions((hands, { at, analysis }: AnswerOf<'analysis.made'>) =>
      carryOut(hands, takeAnswer(passTo(hands.context, at), analysis)),
    ),
    takeFailure: enqueueActions((hands, { at, error }: AnswerOf<'analysis.failed'>) =>
      carryOut(hands, takeFailure(passTo(hands.context, at), error)),
    ),
    missAnswer: enqueueActions((hands) => carryOut(hands, takeFailure(hands.context, noAnswer))),
    endConversation: enqueueActions((hands, { at, reason }: Of<'job.ending'>) =>
      carryOut(hands, endConversation({ ...passTo(hands.context, at), endReason: reason })),
    ),
    leaveUnfinished: enqueueActions((hands) => carryOut(hands, leaveUnfinished(hands.context))),
    bringSummary: enqueueActions(({ context, enqueue, self }) => {
      if (!self._parent) return;
      enqueue.sendTo(self._parent, { type: 'summary.made', summary: summaryOf(context) });
      enqueue.sendTo(self._parent, { type: 'job.end', reason: context.endReason });
    }),
  },
  guards: {
    isItem: (_, { topic }: DataFact) => topic === ANALYSIS_TOPIC,
    isForgedItem: ({ context }, fact: DataFact) =>
      fact.topic === ANALYSIS_TOPIC && !isFromAgent(fact, context.agents),
    isAgent: (_, { participant }: Of<'participant.connected'>) => participant.kind === 'agent',
    isKnownAgent: ({ context }, { identity }: { identity: string }) =>
      context.agents.includes(identity),
    isFollowing: ({ context }) => context.stream.jobId !== null,
    hasGap: ({ context }) => hasGap(context.stream),
    hasNoGap: ({ context }) => !hasGap(context.stream),
    mayAskAgain: ({ context }) => context.asks < MAX_ASKS,
    isUnsent: (_, { command }: Of<'command.failed'>) => command === 'data.publish',
    isCollecting: ({ context }) => !isEmpty(context.intake.window),
    isNotCollecting: ({ context }) => isEmpty(context.intake.window),
    hasDeadline: ({ context: { intake, settings } }) =>
      nextDeadline(intake.compliance, settings.COMPLIANCE_RULES) !== null,
    hasNoDeadline: ({ context: { intake, settings } }) =>
      nextDeadline(intake.compliance, settings.COMPLIANCE_RULES) === null,
    isWordless: ({ context }) => context.intake.queue[0]?.items.length === 0,
    hasQueued: ({ context }) => context.intake.queue.length > 0,
    isAnswer: ({ context }, { requestId }: { requestId: string }) =>
      requestId === String(context.asked?.number),
    isAllAnalysed: ({ context }) => context.asked === null && context.intake.queue.length === 0,
  },
  delays: {
    patience: PATIENCE_MS,
    window: ({ context }) => context.settings.ANALYSIS_WINDOW,
    // Words of before we came are still on their way.
    deadline: ({ context }) => Math.max(LATE_WORDS_MS, context.lookAt - context.now),
    engine: ENGINE_MS,
    lastWindows: LAST_WINDOWS_MS,
  },
});
