import { z } from 'zod';
import { printable } from './format.ts';

const counts = z.array(z.object({ name: z.string(), count: z.number() }));
const score = z.number().nullable();

/** As much of the closing figures of a conversation-analyst as is shown. */
export const analysisSummary = z.object({
  kind: z.literal('conversation_analysis'),
  items: z.object({ items: z.number(), missing: z.number() }),
  sentiment: z.object({ overall: score, participants: z.record(z.string(), score) }),
  topics: counts,
  intents: counts,
  engines: counts,
  compliance: z.object({
    findings: z.array(
      z.object({
        rule: z.string(),
        finding: z.string(),
        participant: z.string(),
        quote: z.string(),
      }),
    ),
    counts,
  }),
});

type AnalysisSummary = z.output<typeof analysisSummary>;

/** More of a kind nobody reads. */
const SHOWN = 8;

/** What an analyst found in a conversation, a line for each kind of finding. */
export function renderAnalysis(room: string, summary: AnalysisSummary): string {
  const { items, sentiment, topics, intents, engines, compliance } = summary;
  const missing = items.missing > 0 ? `, ${items.missing} missing` : '';
  const people = Object.entries(sentiment.participants)
    .slice(0, SHOWN)
    .map(([who, value]) => `${who} ${signed(value)}`);
  const lines = [
    `analysis in ${printable(room)}: ${items.items} items${missing}, by ${listed(engines) || 'no engine'}`,
    `  sentiment ${signed(sentiment.overall)}${people.length > 0 ? ` (${people.join(', ')})` : ''}`,
    ...(topics.length > 0 ? [`  topics ${listed(topics)}`] : []),
    ...(intents.length > 0 ? [`  intents ${listed(intents)}`] : []),
    ...compliance.findings
      .slice(0, SHOWN)
      .map(({ rule, finding, participant, quote }) =>
        finding === 'said'
          ? `  ${rule}: ${participant} said "${quote}"`
          : `  ${rule}: what must be said was not`,
      ),
    ...(compliance.findings.length > SHOWN ? [`  in all ${listed(compliance.counts)}`] : []),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const listed = (named: AnalysisSummary['topics']): string =>
  named
    .slice(0, SHOWN)
    .map(({ name, count }) => `${name} ${count}`)
    .join(', ');

/** -1 to 1; unknown where nobody said anything. */
const signed = (value: number | null): string =>
  value === null ? 'unknown' : `${value > 0 ? '+' : ''}${value.toFixed(2)}`;
