/** What an analyst tells its job: messages to the room, webhooks, conditions. */
import { INSIGHTS_TOPIC, REPLAY_TOPIC } from '../conversation/conversation-item.ts';
import { toReplayRequest } from '../conversation/replay-request.logic.ts';
import type { AgentCommand, AgentReport, ErrorInfo } from '../events.ts';
import { signed } from '../signed.logic.ts';
import type { Analysis } from './analysis.events.ts';
import type { ConversationAnalystContext } from './analyst.context.ts';
import { figuresOf } from './analyst-figures.logic.ts';
import type { AnalysisWindow } from './analysis-window.logic.ts';
import type { ComplianceFinding } from './compliance-rule.ts';
import type { WindowOutcome } from './conversation-report.logic.ts';
import { insightsOf } from './insights.logic.ts';

export type Said = AgentCommand | AgentReport;

type Context = ConversationAnalystContext;

/** Asks the monitor for what is missing; nobody in particular is asked while none was heard. */
export const askFor = ({ stream, identity }: Context): Said => ({
  type: 'data.publish',
  topic: REPLAY_TOPIC,
  to: 'everybody',
  payload: toReplayRequest({ after: stream.next - 1, replyTo: identity, jobId: stream.jobId }),
  sealed: true,
});

export type Published = {
  readonly window: AnalysisWindow;
  readonly outcome: WindowOutcome;
  readonly analysis: Analysis | null;
};

/** @param context as it is with this window noted. */
export function publish(context: Context, { window, outcome, analysis }: Published): Said[] {
  const insights = insightsOf(window, outcome, analysis);
  const { job, now: at } = context;
  return [
    {
      type: 'data.publish',
      topic: INSIGHTS_TOPIC,
      to: 'everybody',
      payload: signed(job, { type: INSIGHTS_TOPIC, ...insights }),
    },
    {
      type: 'webhook.send',
      event: INSIGHTS_TOPIC,
      at,
      participant: null,
      data: insights,
      url: null,
    },
    { type: 'figures.reported', figures: figuresOf(context) },
  ];
}

const MET = { said: 'what must not be said was said', not_said: 'what must be said was not said' };

/** Conditions of rules; those of severity info are only listed. */
export const broken = (findings: readonly ComplianceFinding[], at: number): Said[] =>
  findings
    .filter(({ severity }) => severity !== 'info')
    .map((finding) => ({
      type: 'condition.met',
      at,
      key: `compliance:${finding.rule}`,
      severity: finding.severity,
      message: `${MET[finding.finding]} (rule ${finding.rule})`,
      evidence: finding,
    }));

export const madeUp = (rules: readonly string[], at: number): Said[] =>
  rules.map((rule) => ({ type: 'condition.gone', at, key: `compliance:${rule}` }));

export const forged = ({ refusals, now: at }: Context): Said => ({
  type: 'condition.met',
  at,
  key: 'forged_items',
  severity: 'info',
  message:
    'items of a conversation were not taken in: they come from participants, or from a hidden agent ' +
    'that does not seal them or has another API secret',
  evidence: { messages: refusals.forged, from: refusals.forgers },
});

export const unavailable = ({ failures, now: at }: Context, error: ErrorInfo): Said => ({
  type: 'condition.met',
  at,
  key: 'analysis_unavailable',
  severity: 'warning',
  message: 'no engine can read the conversation',
  evidence: { failures, code: error.code, error: error.message },
});

export const answeredNonsense = ({ nonsense, now: at }: Context, problem: string): Said => ({
  type: 'condition.met',
  at,
  key: 'engine_answered_nonsense',
  severity: 'warning',
  message: `the engine's answer cannot be used: ${problem}`,
  evidence: { problem, windows: nonsense },
});

export const gone = (key: string, at: number): Said => ({ type: 'condition.gone', at, key });
