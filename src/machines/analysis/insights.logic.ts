/** What a conversation-analyst sends on the topic `conversation_insights`, beside who sends it. */
import { jsonBytes, MAX_MESSAGE_BYTES } from '../conversation/item-message.logic.ts';
import type { Analysis } from './analysis.events.ts';
import type { AnalysisWindow } from './analysis-window.logic.ts';
import type { ComplianceFinding } from './compliance-rule.ts';
import type { WindowOutcome } from './conversation-report.logic.ts';

/** A finding with its time as ISO 8601. */
type InsightFinding = Omit<ComplianceFinding, 'at'> & { readonly at: string };

export type WindowInsights = {
  readonly window: {
    /** From 1. */
    readonly number: number;
    readonly items: number;
    /** Places of the first and the last item, and their times (ISO 8601); null where nothing was said. */
    readonly from_seq: number | null;
    readonly to_seq: number | null;
    readonly from: string | null;
    readonly to: string | null;
  };
  /**
   * Without an analysis (all but `analysed`) the engine's fields are empty, and the compliance findings
   * are there all the same: no engine makes them.
   */
  readonly outcome: WindowOutcome;
  /** Who analysed it: `lexicon`, or a model; null: nobody. */
  readonly engine: string | null;
  /** Why the engine that was wanted did not answer; empty where it did. */
  readonly fallback: string;
  readonly sentiment: Analysis['sentiment'] | null;
  readonly topics: Analysis['topics'];
  readonly intents: Analysis['intents'];
  readonly summary: string;
  /** What keeps the engine's part from being the whole truth: `not_english`, `shortened`. */
  readonly notes: NonNullable<Analysis['notes']>;
  readonly compliance: readonly InsightFinding[];
  /** Whether lists were cut to what a data message can carry. */
  readonly shortened: boolean;
};

/** A whole data message of the topic. */
export type ConversationInsights = WindowInsights & {
  readonly type: 'conversation_insights';
  readonly version: 1;
  readonly agent: string;
  readonly job_id: string;
};

/** So many entries of each list, until they fit. */
const LIST_LENGTHS = [50, 20, 10, 5, 2, 0];
/** Agent, job and version are put to it. */
const MAX_BYTES = MAX_MESSAGE_BYTES - 1_024;
const MAX_SUMMARY = 1_000;

/** The insights of one window, small enough for a data message. */
export function insightsOf(
  window: AnalysisWindow,
  outcome: WindowOutcome,
  analysis: Analysis | null,
): WindowInsights {
  const fitting = LIST_LENGTHS.map((length) => shortenedTo(length, window, outcome, analysis)).find(
    (insights) => jsonBytes(JSON.stringify(insights)) <= MAX_BYTES,
  );
  return fitting ?? shortenedTo(0, window, outcome, null);
}

function shortenedTo(
  most: number,
  { number, items, findings }: AnalysisWindow,
  outcome: WindowOutcome,
  analysis: Analysis | null,
): WindowInsights {
  const scores = Object.entries(analysis?.sentiment.participants ?? {});
  const lists = [scores, analysis?.topics ?? [], analysis?.intents ?? [], findings];
  const [first, last] = [items[0], items.at(-1)];
  return {
    window: {
      number,
      items: items.length,
      from_seq: first?.seq ?? null,
      to_seq: last?.seq ?? null,
      from: first ? isoTime(first.at) : null,
      to: last ? isoTime(last.at) : null,
    },
    outcome,
    engine: analysis?.engine ?? null,
    fallback: analysis?.fallback ?? '',
    sentiment: analysis && {
      overall: analysis.sentiment.overall,
      participants: Object.fromEntries(scores.slice(0, most)),
    },
    topics: analysis?.topics.slice(0, most) ?? [],
    intents: analysis?.intents.slice(0, most) ?? [],
    summary: analysis?.summary.slice(0, MAX_SUMMARY) ?? '',
    notes: analysis?.notes ?? [],
    compliance: findings.slice(0, most).map((finding) => ({ ...finding, at: isoTime(finding.at) })),
    shortened: lists.some(({ length }) => length > most),
  };
}

const isoTime = (at: number): string => new Date(at).toISOString();
