import type { WorkerFigures } from '../../../../src/io/inspect/protocol.ts';

/** What the worker was at one moment; null where it was not measured. */
export type WorkerSample = {
  readonly at: number;
  /** 0 to 1. */
  readonly load: number | null;
  readonly jobs: number | null;
  readonly eventLoopP99Ms: number | null;
  readonly rssBytes: number | null;
};

export const HISTORY_MS = 10 * 60_000;
/** Two a second; of more the oldest go. */
const MAX_SAMPLES = 1_200;

/** The last 10 minutes, with what is told now. */
export function withFigures(
  history: readonly WorkerSample[],
  at: number,
  { worker, eventLoopP99Ms, rssBytes }: WorkerFigures,
): readonly WorkerSample[] {
  const sample: WorkerSample = {
    at,
    load: worker?.load ?? null,
    jobs: worker?.jobs ?? null,
    eventLoopP99Ms,
    rssBytes,
  };
  const kept = history.filter((older) => older.at > at - HISTORY_MS && older.at < at);
  return [...kept, sample].slice(-MAX_SAMPLES);
}
