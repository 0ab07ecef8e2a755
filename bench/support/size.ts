/**
 * The share of its full size that a bench was asked to run with, for a look at whether it works.
 *
 * @throws where it is not a number over 0 and up to 1.
 */
export function readSize(given: string): number {
  const size = Number(given);
  if (!(size > 0 && size <= 1)) {
    throw new Error(`--size must be a number over 0 and up to 1, and is ${given}`);
  }
  return size;
}

/** So many of them at this size; `atLeast` of them at any. */
export const scaled = (count: number, size: number, atLeast: number): number =>
  Math.max(atLeast, Math.round(count * size));
