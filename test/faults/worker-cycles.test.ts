import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LeakCheck } from '../support/leak-check.ts';
import { withinDeadline } from '../support/monitored-room.ts';
import { endReasons, openSessions, WorkerStage } from '../support/worker-stage.ts';

const CYCLES = 8;
const JOBS = 15;

/** What Linux counts as resident. */
function residentMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

it('[FAULT-33] jobs that come and go leave nothing behind, and the memory stays where it is', async (context) => {
  const stage = await WorkerStage.open();
  context.onTestFinished(() => stage.close());
  await stage.alice.speak();
  const { worker, room } = await stage.startWorker(context);
  const cycle = async (count: number) => {
    const ended = endReasons(worker).length;
    const dispatches = await openSessions({ worker, room }, count);
    await Promise.all(dispatches.map((id) => room.dispatches.deleteDispatch(id, room.name)));
    await expect
      .poll(() => endReasons(worker).length, withinDeadline)
      .toBe(ended + dispatches.length);
  };
  await cycle(1);
  const leaks = await LeakCheck.ofWorker(worker);
  const levels: number[] = [];
  for (let n = 0; n < CYCLES; n += 1) {
    await cycle(JOBS);
    await leaks.expectNothingLeft();
    levels.push(residentMib(worker.pid));
  }
  // The first half fills caches and pools. What a job lost for good would add up in the second.
  const [earlier, later] = [levels.slice(4, 6), levels.slice(6, 8)];
  expect(mean(later) / mean(earlier), `MiB: ${levels.join(', ')}`).toBeLessThan(1.1);
}, 240_000);
