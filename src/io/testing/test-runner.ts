import type { describe, it } from 'vitest';

/** Vitest where it runs this process. Whoever only runs agents needs not even have it installed. */
const vitest = process.env['VITEST'] === undefined ? null : await import('vitest');

/** @throws Error outside of vitest. */
export function testRunner(caller: string): {
  readonly describe: typeof describe;
  readonly it: typeof it;
} {
  if (vitest) return vitest;
  throw new Error(`${caller} makes tests, and this process is not run by vitest: npx vitest run`);
}
