import type { Analysis } from './analysis.events.ts';
import { participantsOf, type AnalysisWindow } from './analysis-window.logic.ts';
import { rounded } from './checked-analysis.logic.ts';
import type { ComplianceFinding } from './compliance-rule.ts';

/** What became of a window: `failed` and `nonsense` are the engine's, `skipped` and `unfinished` ours. */
export type WindowOutcome =
  'analysed' | 'failed' | 'nonsense' | 'skipped' | 'unfinished' | 'nothing_said';

type Mean = { readonly name: string; readonly sum: number; readonly items: number };
type Count = { readonly name: string; readonly count: number };

/**
 * The analyses of a conversation, merged.
 *
 * Limits: 500 participants (the first), 500 speakers (the latest), 200 topics and 200 intents (a new one drops the rarest), 100
 * findings (the first; all are counted), 10 engines (the first).
 */
export type ConversationReport = {
  readonly windows: Readonly<Record<WindowOutcome, number>>;
  readonly overall: Mean;
  readonly participants: readonly Mean[];
  readonly topics: readonly Count[];
  readonly intents: readonly Count[];
  readonly findings: readonly ComplianceFinding[];
  /** By rule: as many as there are rules. */
  readonly findingCounts: readonly Count[];
  readonly engines: readonly Count[];
  /** Windows that another engine analysed than the one that was wanted. */
  readonly fallbacks: number;
  /** The engine's words on the conversation so far. */
  readonly summary: string;
  /** Who spoke in what was analysed, and so may be named in the summary. */
  readonly speakers: readonly string[];
};

const MAX_PARTICIPANTS = 500;
const MAX_SPEAKERS = 500;
const MAX_WORDS = 200;
const MAX_ENGINES = 10;
const MAX_FINDINGS = 100;
const MAX_SO_FAR = 1_000;

export const noReport: ConversationReport = {
  windows: { analysed: 0, failed: 0, nonsense: 0, skipped: 0, unfinished: 0, nothing_said: 0 },
  overall: { name: '', sum: 0, items: 0 },
  participants: [],
  topics: [],
  intents: [],
  findings: [],
  findingCounts: [],
  engines: [],
  fallbacks: 0,
  summary: '',
  speakers: [],
};

export const noteFindings = (
  report: ConversationReport,
  findings: readonly ComplianceFinding[],
): ConversationReport => ({
  ...report,
  findings: [...report.findings, ...findings].slice(0, MAX_FINDINGS),
  findingCounts: findings.reduce(
    (counts, { rule }) => counted(counts, rule, Number.MAX_SAFE_INTEGER),
    report.findingCounts,
  ),
});

export const noteOutcome = (
  report: ConversationReport,
  outcome: WindowOutcome,
): ConversationReport => ({
  ...report,
  windows: { ...report.windows, [outcome]: report.windows[outcome] + 1 },
});

/** Sentiments count by the items that they are of, topics and intents by how often they are named. */
export function noteAnalysis(
  report: ConversationReport,
  window: AnalysisWindow,
  analysis: Analysis,
): ConversationReport {
  const { sentiment, topics, intents, engine, fallback, summary } = analysis;
  const itemsOf = (who: string): number =>
    window.items.filter(({ participant }) => participant === who).length;
  return {
    ...noteOutcome(report, 'analysed'),
    overall: added(report.overall, sentiment.overall, window.items.length),
    participants: participantsOf(window)
      .filter((participant) => Object.hasOwn(sentiment.participants, participant))
      .reduce(
        (means, participant) =>
          averaged(means, {
            name: participant,
            score: sentiment.participants[participant] ?? 0,
            items: itemsOf(participant),
          }),
        report.participants,
      ),
    topics: topics.reduce((counts, topic) => counted(counts, topic, MAX_WORDS), report.topics),
    intents: intents.reduce(
      (counts, { intent }) => counted(counts, intent, MAX_WORDS),
      report.intents,
    ),
    engines: counted(report.engines, engine, MAX_ENGINES),
    fallbacks: report.fallbacks + (fallback === '' ? 0 : 1),
    summary: summary.slice(0, MAX_SO_FAR),
    speakers: [...new Set([...report.speakers, ...participantsOf(window)])].slice(-MAX_SPEAKERS),
  };
}

const added = (mean: Mean, score: number, items: number): Mean => ({
  ...mean,
  sum: mean.sum + score * items,
  items: mean.items + items,
});

function averaged(
  means: readonly Mean[],
  { name, score, items }: { name: string; score: number; items: number },
): readonly Mean[] {
  if (means.some((mean) => mean.name === name)) {
    return means.map((mean) => (mean.name === name ? added(mean, score, items) : mean));
  }
  return [...means, added({ name, sum: 0, items: 0 }, score, items)].slice(0, MAX_PARTICIPANTS);
}

function counted(counts: readonly Count[], name: string, most: number): readonly Count[] {
  const known = counts.find((one) => one.name === name);
  if (known) {
    return counts.map((one) => (one === known ? { name, count: one.count + 1 } : one));
  }
  const kept = counts.length < most ? counts : byCount(counts).slice(0, most - 1);
  return [...kept, { name, count: 1 }];
}

const byCount = (counts: readonly Count[]): readonly Count[] =>
  counts.toSorted((one, other) => other.count - one.count);

const meanOf = ({ sum, items }: Mean): number | null => (items === 0 ? null : rounded(sum / items));

/** The sentiments, topics and so on of a whole conversation, as its final report has them. */
export const mergedFindings = (report: ConversationReport) => ({
  windows: report.windows,
  sentiment: {
    overall: meanOf(report.overall),
    participants: Object.fromEntries(
      report.participants.map((mean) => [mean.name, meanOf(mean)] as const),
    ),
  },
  topics: byCount(report.topics),
  intents: byCount(report.intents),
  compliance: { findings: report.findings, counts: byCount(report.findingCounts) },
  engines: byCount(report.engines),
  fallbacks: report.fallbacks,
  summary: report.summary,
});
