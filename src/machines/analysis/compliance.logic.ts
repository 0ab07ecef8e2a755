import { matchesPattern } from '../text-pattern.logic.ts';
import type { AnalysedItem } from './analysis.events.ts';
import type { ComplianceFinding, ComplianceRule } from './compliance-rule.ts';
import { findPhrases, foldText } from './phrases.logic.ts';

/** How far the rules of a conversation are met. It grows with the rules alone. */
export type Compliance = {
  /** When the first words were said, epoch milliseconds; null before. */
  readonly startedAt: number | null;
  /** The rules whose words were said, by id. */
  readonly said: readonly string[];
  /** The rules whose words were not said in time, by id. */
  readonly missed: readonly string[];
};

export const noCompliance: Compliance = { startedAt: null, said: [], missed: [] };

export type Judgement = {
  readonly compliance: Compliance;
  readonly findings: readonly ComplianceFinding[];
  /** Rules that were not met in time and are met now, by id. */
  readonly madeUp: readonly string[];
};

/** A span may be long where its punctuation is. */
const MAX_QUOTE = 300;

/** A word said in time may come late: speech is put into words after it has ended. */
export const LATE_WORDS_MS = 5_000;

/**
 * Holds one item against the rules. Nothing in it is an instruction: it is searched for phrases.
 *
 * @param agents the identities of the participants of kind agent.
 */
export function judgeItem(
  compliance: Compliance,
  item: AnalysedItem,
  { rules, agents }: { rules: readonly ComplianceRule[]; agents: readonly string[] },
): Judgement {
  const startedAt = compliance.startedAt ?? item.at;
  const known = { ...compliance, startedAt };
  const open = rules.filter(
    ({ id, demand, who }) =>
      (demand === 'must_not_say' || !compliance.said.includes(id)) && isMeant(who, item, agents),
  );
  if (open.length === 0) return { compliance: known, findings: [], madeUp: [] };
  const spans = findPhrases(foldText(item.content), rules);
  const found = open.flatMap((rule) => {
    const span = spans.get(rule);
    return span ? [{ rule, span }] : [];
  });
  const findings = found
    .filter(({ rule }) => rule.demand === 'must_not_say')
    .map(({ rule: { id, severity }, span: { start, end } }): ComplianceFinding => {
      const { participant, seq, at, content } = item;
      const quote = content.slice(start, Math.min(end, start + MAX_QUOTE));
      return { rule: id, severity, finding: 'said', at, participant, seq, quote, start, end };
    });
  const said = found.filter(({ rule }) => rule.demand === 'must_say');
  // Where nobody has looked since its time was over: that it came late stays true.
  const late = said.filter(
    ({ rule }) => item.at > deadlineOf(rule, startedAt) && !compliance.missed.includes(rule.id),
  );
  return {
    compliance: {
      startedAt,
      said: [...compliance.said, ...said.map(({ rule }) => rule.id)],
      missed: [...compliance.missed, ...late.map(({ rule }) => rule.id)],
    },
    findings: [...findings, ...late.map(({ rule }) => notSaid(rule, deadlineOf(rule, startedAt)))],
    madeUp: said.map(({ rule }) => rule.id).filter((id) => compliance.missed.includes(id)),
  };
}

/** What should have been said by now, and was not. */
export function judgeSilence(
  compliance: Compliance,
  rules: readonly ComplianceRule[],
  now: number,
): Judgement {
  const { startedAt } = compliance;
  if (startedAt === null) return { compliance, findings: [], madeUp: [] };
  const due = pendingRules(compliance, rules).filter(
    (rule) => deadlineOf(rule, startedAt) + LATE_WORDS_MS <= now,
  );
  return missedBy(compliance, due, (rule) => deadlineOf(rule, startedAt));
}

/** What was not said in a conversation that is over; nothing where nobody ever said anything. */
export function judgeEnd(
  compliance: Compliance,
  rules: readonly ComplianceRule[],
  endedAt: number,
): Judgement {
  const { startedAt } = compliance;
  if (startedAt === null) return { compliance, findings: [], madeUp: [] };
  return missedBy(compliance, pendingRules(compliance, rules), (rule) =>
    Math.min(deadlineOf(rule, startedAt), endedAt),
  );
}

/** When to look for what was not said: epoch milliseconds; null where there is nothing to wait for. */
export function nextDeadline(
  compliance: Compliance,
  rules: readonly ComplianceRule[],
): number | null {
  const { startedAt } = compliance;
  if (startedAt === null) return null;
  const deadlines = pendingRules(compliance, rules)
    .map((rule) => deadlineOf(rule, startedAt))
    .filter(Number.isFinite);
  return deadlines.length === 0 ? null : Math.min(...deadlines) + LATE_WORDS_MS;
}

const pendingRules = (
  { said, missed }: Compliance,
  rules: readonly ComplianceRule[],
): readonly ComplianceRule[] =>
  rules.filter(
    ({ id, demand }) => demand === 'must_say' && !said.includes(id) && !missed.includes(id),
  );

/** Infinite where there is no hurry; never kept. */
const deadlineOf = ({ withinFirstMs }: ComplianceRule, startedAt: number): number =>
  withinFirstMs === null ? Number.POSITIVE_INFINITY : startedAt + withinFirstMs;

function missedBy(
  compliance: Compliance,
  rules: readonly ComplianceRule[],
  dueAt: (rule: ComplianceRule) => number,
): Judgement {
  const missed = [...compliance.missed, ...rules.map(({ id }) => id)];
  return {
    compliance: { ...compliance, missed },
    findings: rules.map((rule) => notSaid(rule, dueAt(rule))),
    madeUp: [],
  };
}

const notSaid = ({ id, severity }: ComplianceRule, at: number): ComplianceFinding => ({
  rule: id,
  severity,
  finding: 'not_said',
  at,
  participant: '',
  seq: null,
  quote: '',
  start: 0,
  end: 0,
});

function isMeant(
  who: string,
  { participant, type }: AnalysedItem,
  agents: readonly string[],
): boolean {
  const isAgent = type === 'agent_response' || agents.includes(participant);
  switch (who) {
    case 'anybody':
      return true;
    case 'agent':
      return isAgent;
    case 'customer':
      return !isAgent;
    default:
      return matchesPattern(participant, who);
  }
}
