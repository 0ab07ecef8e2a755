import type { AlertSeverity } from '../events.ts';

/** What somebody must say, or must not say, in a conversation. */
export type ComplianceRule = {
  /** Letters, digits, `_` and `-`. */
  readonly id: string;
  readonly severity: AlertSeverity;
  /**
   * Whose words count: `agent` (who answers for the house: participants of kind agent, and all agent
   * responses), `customer` (everybody else), `anybody`, or an identity in which `*` is any text.
   */
  readonly who: string;
  readonly demand: 'must_say' | 'must_not_say';
  /** One of them is enough. Whole words; case, diacritics and punctuation make no difference. */
  readonly phrases: readonly string[];
  /** From the first item of the conversation on, what must be said; null: at any time. */
  readonly withinFirstMs: number | null;
};

/** Where a conversation is not as a rule demands. */
export type ComplianceFinding = {
  readonly rule: string;
  readonly severity: AlertSeverity;
  readonly finding: 'said' | 'not_said';
  /** Epoch milliseconds: when it was said, or by when it should have been. */
  readonly at: number;
  /** Who said it; empty where nobody said it. */
  readonly participant: string;
  /** The item that it was said in; null where nobody said it. */
  readonly seq: number | null;
  /** The words as they were said, at these offsets of the item's content (UTF-16 code units). */
  readonly quote: string;
  readonly start: number;
  readonly end: number;
};
