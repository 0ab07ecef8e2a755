import type { ConversationItem } from '../conversation/conversation-item.ts';
import type { AnalysedItem } from './analysis.events.ts';
import type { ComplianceFinding } from './compliance-rule.ts';

/** A stretch of a conversation that is analysed at once. */
export type AnalysisWindow = {
  /** From 1. */
  readonly number: number;
  /** What was said; what only happened is not analysed. */
  readonly items: readonly AnalysedItem[];
  readonly findings: readonly ComplianceFinding[];
  /** Whether nothing comes after it. */
  readonly isLast: boolean;
};

/** What an engine reads of one item, and of all items of a window. */
const MAX_ITEM_LENGTH = 4_000;
const MAX_WINDOW_LENGTH = 32_000;
/** The first findings are kept, the others only counted. */
const MAX_FINDINGS = 100;

export const emptyWindow = (number: number): AnalysisWindow => ({
  number,
  items: [],
  findings: [],
  isLast: false,
});

export const isEmpty = ({ items, findings }: AnalysisWindow): boolean =>
  items.length === 0 && findings.length === 0;

/** The words of an item, or null where it has none: joins, leaves and turns. */
export const toAnalysed = (item: ConversationItem): AnalysedItem | null => {
  const { seq, participant, content, at, type } = item;
  const isSaid = type === 'transcription' || type === 'agent_response';
  return isSaid && content.trim() !== '' ? { seq, participant, content, at, type } : null;
};

/** The window with one more item, and the one before where that is full. */
export function collect(
  window: AnalysisWindow,
  item: AnalysedItem,
  maxItems: number,
): { readonly window: AnalysisWindow; readonly full: AnalysisWindow | null } {
  const content = withoutHalf(item.content.slice(0, MAX_ITEM_LENGTH));
  const items = [...window.items, { ...item, content }];
  const length = items.reduce((sum, one) => sum + one.content.length, 0);
  const grown = { ...window, items };
  const isFull = items.length >= maxItems || length > MAX_WINDOW_LENGTH - MAX_ITEM_LENGTH;
  return isFull
    ? { window: emptyWindow(window.number + 1), full: grown }
    : { window: grown, full: null };
}

export const withFindings = (
  window: AnalysisWindow,
  findings: readonly ComplianceFinding[],
): AnalysisWindow => ({
  ...window,
  findings: [...window.findings, ...findings].slice(0, MAX_FINDINGS),
});

/** Of those who spoke in it, each once. */
export const participantsOf = ({ items }: AnalysisWindow): readonly string[] => [
  ...new Set(items.map(({ participant }) => participant)),
];

/** Without the half of a character that a cut may have left. */
const withoutHalf = (text: string): string => text.replace(/[\ud800-\udbff]$/, '');
