import type { EndReason } from '../events.ts';
import type { AgentInput } from '../job/job.events.ts';
import { emptyWindow, type AnalysisWindow } from './analysis-window.logic.ts';
import { noCompliance } from './compliance.logic.ts';
import type { ComplianceRule } from './compliance-rule.ts';
import { noReport } from './conversation-report.logic.ts';
import type { Intake } from './intake.logic.ts';
import { noStream, type ItemStream } from './item-stream.logic.ts';

/** The settings of conversation-analyst, by their environment names. Durations are milliseconds. */
export type AnalystSettings = {
  readonly ANALYSIS_WINDOW: number;
  readonly ANALYSIS_WINDOW_ITEMS: number;
  readonly COMPLIANCE_RULES: readonly ComplianceRule[];
};

export type ConversationAnalystInput = AgentInput<
  Readonly<Record<string, unknown>>,
  AnalystSettings
>;

/** Messages that are no items of a conversation. */
type Refusals = {
  /** Not from an agent, as far as can be known. */
  readonly forged: number;
  /** Some of those who sent them: the first five. Empty for one without a name. */
  readonly forgers: readonly string[];
  /** That are not what an item should be. */
  readonly malformed: number;
};

export type ConversationAnalystContext = ConversationAnalystInput & {
  /** The latest time that was heard of, epoch milliseconds. */
  readonly now: number;
  /** Our own; empty before we are in the room. */
  readonly identity: string;
  /** The identities of the participants of kind agent, who may send items: the first 100. */
  readonly agents: readonly string[];
  readonly stream: ItemStream;
  /** How often the present gap was asked for. */
  readonly asks: number;
  readonly refusals: Refusals;
  readonly intake: Intake;
  /** When to look for words that should have been said by then, epoch milliseconds. */
  readonly lookAt: number;
  /** What the engine reads now. */
  readonly asked: AnalysisWindow | null;
  /** Windows in a row that no engine could read. */
  readonly failures: number;
  /** Windows in a row that were answered with nonsense. */
  readonly nonsense: number;
  /** Of our data messages, those that the room did not take. */
  readonly unsent: number;
  readonly endReason: EndReason;
};

export const newContext = (input: ConversationAnalystInput): ConversationAnalystContext => ({
  ...input,
  now: input.startedAt,
  identity: '',
  agents: [],
  stream: noStream,
  asks: 0,
  refusals: { forged: 0, forgers: [], malformed: 0 },
  intake: { compliance: noCompliance, window: emptyWindow(1), queue: [], report: noReport },
  lookAt: 0,
  asked: null,
  failures: 0,
  nonsense: 0,
  unsent: 0,
  endReason: 'agent_error',
});
