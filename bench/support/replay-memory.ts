/** How much memory is in use while a log is replayed. */
import type { AnyStateMachine } from 'xstate';
import { readLog } from '../../src/io/event-log/reader.ts';
import { replay } from '../../src/io/replay/replayer.ts';
import { readHeap } from './read-heap.ts';

const MEMORY_SHARES = [0.1, 0.5, 1];
const SAMPLE_EVERY_MS = 20;

export type MemorySample = { readonly share: number; readonly rss: number; readonly heap: number };

/** @param path of the first part of a log, which is replayed as fast as it goes. */
export async function measureMemory(path: string, machine: AnyStateMachine) {
  const { lines, linesBefore } = await countLines(path);
  const samples: MemorySample[] = [];
  const log = readLog(path);
  const sample = (): void => {
    const share = MEMORY_SHARES[samples.length];
    const { file, line } = log.position ?? { file: '', line: 0 };
    if (share === undefined || (linesBefore.get(file) ?? 0) + line < share * lines) return;
    samples.push({ share, heap: readHeap(), rss: process.memoryUsage().rss });
  };
  const sampling = setInterval(sample, SAMPLE_EVERY_MS);
  const { divergence } = await replay(log, machine, { overdueToleranceMs: 0 });
  clearInterval(sampling);
  sample();
  if (divergence) throw new Error(JSON.stringify(divergence));
  return { lines, samples };
}

/** In all, and in front of each file. */
async function countLines(path: string) {
  const linesBefore = new Map<string, number>();
  let lines = 0;
  const log = readLog(path);
  for await (const batch of log.batches()) {
    const { file } = log.position ?? { file: '' };
    if (!linesBefore.has(file)) linesBefore.set(file, lines);
    while (batch.next()) lines += 1;
  }
  return { lines, linesBefore };
}
