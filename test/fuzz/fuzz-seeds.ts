/** How many seeds are run unless told otherwise, and so many steps each. */
export const seedsPerRound = 50;
export const stepsPerRun = 1_000;

/**
 * The seeds of this run: 50 from 0 on, or `FUZZ_RUNS` from `FUZZ_FROM` on, or the one that `FUZZ_SEED`
 * names.
 *
 * @throws where one of them is no whole number.
 */
export function fuzzSeeds(env: Readonly<Record<string, string | undefined>>): readonly number[] {
  const only = wholeNumber(env, 'FUZZ_SEED');
  if (only !== undefined) return [only];
  const from = wholeNumber(env, 'FUZZ_FROM') ?? 0;
  const length = wholeNumber(env, 'FUZZ_RUNS') ?? seedsPerRound;
  return Array.from({ length }, (_, index) => from + index);
}

function wholeNumber(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw new Error(`${name} is "${text}"; it has to be a whole number.`);
  return Number(text);
}
