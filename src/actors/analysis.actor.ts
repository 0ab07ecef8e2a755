import type { AnalysisCommand, AnalysisFact } from '../machines/analysis/analysis.events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import { atMost } from './at-most.ts';
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
    const limited = atMost(MAX_RUNNING, 'analyses');
    const answer = async ({ requestId, request }: AnalysisCommand): Promise<AnalysisFact> => {
      const startedAt = clock.now();
      const made = await limited(() => analysis.analyse(request, { signal: stopped.signal }));
      const at = clock.now();
      const tookMs = Math.round(at - startedAt);
      return { type: 'analysis.made', at, requestId, analysis: made, tookMs };
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
