import type { ListedModels } from '../analysis/list-models.ts';
import { reasonOf } from '../error-reason.ts';
import { findNearMiss } from '../near-miss.ts';
import type { AnalysisSettings } from '../settings.ts';
import { failed, ok, warning, type Check, type Finding } from './check.ts';

export interface AnalysisWorld {
  /** Rejects where nothing answers, and for a redirect. */
  listModels(
    endpoint: { readonly baseUrl: string; readonly apiKey: string | undefined },
    signal: AbortSignal,
  ): Promise<ListedModels>;
}

const TIMEOUT_MS = 8_000;
const unreachable =
  'Check that the endpoint runs, that ANALYSIS_BASE_URL names it, and that no firewall lies between.';

/** Whether the endpoint for analyses answers, takes the key and has the model. It is asked to analyse nothing. */
export const analysisCheck = (settings: AnalysisSettings, world: AnalysisWorld): Check => ({
  id: 'analysis',
  timeoutMs: TIMEOUT_MS,
  timeoutRemedy: unreachable,
  run: async (signal) => {
    const {
      ANALYSIS_BASE_URL: baseUrl,
      ANALYSIS_API_KEY: apiKey,
      ANALYSIS_MODEL: model,
    } = settings;
    if (baseUrl === undefined || model === undefined) {
      return ok('by the embedded lexicon, in English (ANALYSIS_BASE_URL is not set)');
    }
    try {
      return judge(await world.listModels({ baseUrl, apiKey }, signal), { baseUrl, model });
    } catch (error) {
      signal.throwIfAborted();
      return failed(`${baseUrl} cannot be used: ${reasonOf(error)}`, unreachable);
    }
  },
});

function judge(
  { status, models }: ListedModels,
  { baseUrl, model }: { readonly baseUrl: string; readonly model: string },
): Finding {
  if (status === 401 || status === 403) {
    return failed(
      `${baseUrl} refuses the key (${status})`,
      'Correct ANALYSIS_API_KEY, or ANALYSIS_BASE_URL where another endpoint is meant.',
    );
  }
  if (status >= 500) {
    return failed(`${baseUrl} answers ${status}`, 'Look at the endpoint, or what is before it.');
  }
  if (models === null) {
    return warning(
      `${baseUrl} answers, and does not say which models it has (${status})`,
      'Where it has no list of models that is all; else ANALYSIS_BASE_URL lacks its version, such as /v1.',
    );
  }
  if (models.includes(model)) return ok(`${baseUrl} takes the key and has the model ${model}`);
  const near = findNearMiss(model, [...models]);
  return failed(
    `${baseUrl} takes the key and has no model ${model}${near === null ? '' : `: is ${near} meant?`}`,
    'Set ANALYSIS_MODEL to one of its models.',
  );
}
