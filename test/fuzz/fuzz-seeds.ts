/** How many seeds are run, and so many steps each. */
const runs = 50;
export const stepsPerRun = 1_000;

/**
 * The seeds of this run: 0 to 49, or `FUZZ_RUNS` others, or the one that `FUZZ_SEED` names.
 *
 * @throws where one of them is no whole number.
 */
export function fuzzSeeds(env: Readonly<Record<string, string | undefined>>): readonly number[] {
  const only = wholeNumber(env, 'FUZZ_SEED');
  if (only !== undefined) return [only];
  return Array.from({ length: wholeNumber(env, 'FUZZ_RUNS') ?? runs }, (_, seed) => seed);
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
