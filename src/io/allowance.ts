/**
 * How much is let through: so many times or bytes a second, whichever is reached first, and what they add
 * up to over `aheadMs` at once.
 */
export type Allowance = {
  readonly rateHz: number;
  readonly bytesPerS: number;
  readonly aheadMs: number;
};

/** Of one participant: 50 a second or 256 KiB a second, and twice that at once. */
export const participantAllowance: Allowance = {
  rateHz: 50,
  bytesPerS: 256 * 1024,
  aheadMs: 2_000,
};

/**
 * Each time takes its part of a second.
 *
 * @param takenUntil until when the time is taken already: epoch milliseconds, as `at`.
 * @returns until when it would be taken then; null: that is too far ahead.
 */
export function takenBy(
  takenUntil: number,
  { rateHz, bytesPerS, aheadMs }: Allowance,
  { sizeBytes, at }: { readonly sizeBytes: number; readonly at: number },
): number | null {
  const costMs = Math.max(1 / rateHz, sizeBytes / bytesPerS) * 1_000;
  const until = Math.max(takenUntil, at) + costMs;
  return until <= at + aheadMs ? until : null;
}
