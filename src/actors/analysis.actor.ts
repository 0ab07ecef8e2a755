import type { AnalysisCommand, AnalysisFact } from '../machines/analysis/analysis.events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import { retryableError } from './error-info.ts';
import type { AnalysisEngine, Clock } from './ports.ts';

export type AnalysisDeps = {
  readonly analysis: AnalysisEngine;
  readonly clock: Pick<Clock, 'now'>;
};

/** One more fails at once. */
const MAX_RUNNING = 4;

/** Has an engine read what a machine asks about: each `analysis.request` is answered once. */
export function createAnalysisActor({
  analysis,
  clock,
}: AnalysisDeps): PortLogic<Record<string, never>, AnalysisCommand> {
  return port<Record<string, never>, AnalysisFact, AnalysisCommand>(({ send, receive }) => {
    const stopped = new AbortController();
    let running = 0;
    const answer = async ({ requestId, request }: AnalysisCommand): Promise<AnalysisFact> => {
      if (running >= MAX_RUNNING) throw new Error(`${MAX_RUNNING} analyses are running already`);
      running += 1;
      const startedAt = clock.now();
      try {
        const made = await analysis.analyse(request, { signal: stopped.signal });
        const at = clock.now();
        const tookMs = Math.round(at - startedAt);
        return { type: 'analysis.made', at, requestId, analysis: made, tookMs };
      } finally {
        running -= 1;
      }
    };
    receive((command) => {
      void answer(command)
        .catch((cause: unknown): AnalysisFact => {
          const error = retryableError('E_ANALYSIS', cause);
          return { type: 'analysis.failed', at: clock.now(), requestId: command.requestId, error };
        })
        .then((fact) => {
          if (!stopped.signal.aborted) send(fact);
        });
    });
    return () => stopped.abort();
  });
}
