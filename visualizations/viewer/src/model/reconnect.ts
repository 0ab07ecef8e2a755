const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * How long to wait before the next try: twice as long each time, up to 10 s.
 *
 * @param failures tries in a row that failed, at least 1
 * @param random 0 to 1: pages of one relay do not all come back at once
 * @returns milliseconds
 */
export const reconnectDelayMs = (failures: number, random: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10)) * (0.5 + random / 2);
