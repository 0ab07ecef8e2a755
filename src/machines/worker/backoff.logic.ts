export type BackoffConfig = { readonly minMs: number; readonly maxMs: number };

/**
 * How long to wait before the next attempt: doubled each time up to `maxMs`, of which the upper half
 * is left to chance, so that many workers do not come back in the same moment.
 *
 * @param failures how many attempts failed in a row, from 1.
 * @param jitter 0 to 1.
 */
export function backoffDelayMs(failures: number, jitter: number, config: BackoffConfig): number {
  const fullMs = Math.min(config.maxMs, config.minMs * 2 ** (failures - 1));
  return Math.round(fullMs / 2 + (fullMs / 2) * jitter);
}
