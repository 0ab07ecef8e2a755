import type { AnalysisEngine } from '../../actors/ports.ts';
import { runOutsideJobs } from '../job-scope.ts';
import { openEnglishReader, type EnglishReader } from './english-reader.ts';
import { readByLexicon } from './lexicon.ts';

let opening: Promise<EnglishReader> | undefined;

/** One for the process, loaded by the first who asks; tried anew where that failed. */
const reader = (): Promise<EnglishReader> =>
  (opening ??= runOutsideJobs(openEnglishReader).catch((error: unknown) => {
    opening = undefined;
    throw error;
  }));

/** Loads the language model ahead of the first analysis, which it would hold up with all rooms. */
export async function loadLexicon(): Promise<void> {
  await reader();
}

/** The embedded engine: needs no key and no network, and reads English. See {@link readByLexicon}. */
export const lexiconEngine: AnalysisEngine = {
  analyse: async (request, { signal }) => readByLexicon(request, await reader(), signal),
};
