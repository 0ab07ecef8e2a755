import type { AnalysisEngine, Clock } from '../../actors/ports.ts';
import type { AnalysisRequest } from '../../machines/analysis/analysis.events.ts';
import type { AnalysisSettings } from '../settings.ts';
import { runOutsideJobs } from '../job-scope.ts';
import { EndpointFailure, type FailureKind } from './endpoint-failure.ts';
import { lexiconEngine } from './lexicon-engine.ts';

/** One engine has been asked. */
export type AnalysisOutcome = {
  readonly engine: 'endpoint' | 'lexicon';
  readonly outcome: 'answered' | 'failed' | FailureKind;
  readonly tookMs: number;
};

/** The reason may name a host, which is as long as it likes. */
const MAX_FALLBACK_CHARS = 300;

type AnalysisEngineOptions = {
  readonly settings: AnalysisSettings;
  readonly clock: Pick<Clock, 'now'>;
  readonly onOutcome?: (outcome: AnalysisOutcome) => void;
};

/**
 * The engine of a process: the endpoint of the settings where there is one, and the embedded lexicon for what
 * that does not answer, with a mark that says why.
 */
export function createAnalysisEngine({
  settings,
  clock,
  onOutcome = () => {},
}: AnalysisEngineOptions): AnalysisEngine {
  const watched = (engine: AnalysisOutcome['engine'], asked: AnalysisEngine): AnalysisEngine => ({
    analyse: async (request, { signal }) => {
      const startedAt = clock.now();
      const end = (outcome: AnalysisOutcome['outcome']): void =>
        onOutcome({ engine, outcome, tookMs: clock.now() - startedAt });
      try {
        const analysis = await asked.analyse(request, { signal });
        end('answered');
        return analysis;
      } catch (error) {
        // Nobody waits for it any more.
        if (!signal.aborted) end(error instanceof EndpointFailure ? error.kind : 'failed');
        throw error;
      }
    },
  });
  const lexicon = watched('lexicon', lexiconEngine);
  const endpoint = endpointOf(settings, clock);
  return endpoint === null ? lexicon : withFallback(watched('endpoint', endpoint), lexicon);
}

function endpointOf(
  {
    ANALYSIS_BASE_URL: baseUrl,
    ANALYSIS_API_KEY: apiKey,
    ANALYSIS_MODEL: model,
    ANALYSIS_TIMEOUT: timeoutMs,
  }: AnalysisSettings,
  clock: Pick<Clock, 'now'>,
): AnalysisEngine | null {
  if (baseUrl === undefined || model === undefined) return null;
  return loadedEngine(async () => {
    const { EndpointEngine } = await import('./endpoint-engine.ts');
    const { EndpointModel } = await import('./endpoint-model.ts');
    return new EndpointEngine({
      model: new EndpointModel({ baseUrl, apiKey, model }),
      timeoutMs,
      clock,
    });
  });
}

/** An engine that is loaded with the first analysis: some 150 ms, which no start should wait for. */
function loadedEngine(load: () => Promise<AnalysisEngine>): AnalysisEngine {
  let loading: Promise<AnalysisEngine> | undefined;
  return {
    analyse: async (request, options) =>
      (await (loading ??= runOutsideJobs(load))).analyse(request, options),
  };
}

const withFallback = (endpoint: AnalysisEngine, lexicon: AnalysisEngine): AnalysisEngine => ({
  analyse: async (request, options) => {
    // There is nothing to ask about.
    if (!hasParticipants(request)) return lexicon.analyse(request, options);
    try {
      return await endpoint.analyse(request, options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof EndpointFailure)) throw error;
      const analysis = await lexicon.analyse(request, options);
      const fallback = `${error.code}: ${error.message}`.slice(0, MAX_FALLBACK_CHARS);
      return { ...analysis, fallback };
    }
  },
});

const hasParticipants = ({ items }: AnalysisRequest): boolean =>
  items.some(({ participant, content }) => participant !== '' && content.trim() !== '');
