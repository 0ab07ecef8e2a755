import { expect, it, onTestFinished, vi } from 'vitest';
import { nextTurn, sleep, systemClock, systemRandom } from '../../src/io/clock.ts';
import { giveToItsJob, runInJob } from '../../src/io/job-scope.ts';

it('[CLK-1] tells whole epoch milliseconds, whatever the wall clock is set to', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(5_000);
  const before = systemClock.now();
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const after = systemClock.now();
  expect(Number.isInteger(after)).toBe(true);
  expect(after - before).toBeGreaterThanOrEqual(0);
  expect(after - before).toBeLessThan(5_000);
});

it('[CLK-1] fires what was set, unless it was cleared', async () => {
  const fired: string[] = [];
  const cleared = systemClock.setTimeout(() => fired.push('cleared'), 1);
  systemClock.clearTimeout(cleared);
  systemClock.clearTimeout(undefined);
  await new Promise<void>((done) => {
    systemClock.setTimeout(() => {
      fired.push('set');
      done();
    }, 5);
  });
  expect(fired).toEqual(['set']);
});

it('[CLK-1] waits for its limit where a delay is longer, instead of not at all', async () => {
  const fired = vi.fn();
  const handle = systemClock.setTimeout(fired, 2 ** 31);
  await sleep(20);
  expect(fired).not.toHaveBeenCalled();
  systemClock.clearTimeout(handle);
});

/** Timers and `performance.now()` on a clock that only the test moves; from 1,003 ms on. */
function stopTime(): { passed(): number } {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  vi.advanceTimersByTime(1_003 - performance.now());
  return { passed: () => performance.now() - 1_003 };
}

it('[CLK-3] has timers of 100 ms and more fire together, never early, at most 20 ms late', () => {
  const time = stopTime();
  const firedAt: number[] = [];
  for (const delayMs of [99, 100, 117, 118, 500]) {
    systemClock.setTimeout(() => firedAt.push(time.passed()), delayMs);
  }
  expect(vi.getTimerCount()).toBe(4);
  vi.advanceTimersByTime(520);
  expect(firedAt).toEqual([99, 117, 117, 137, 517]);
});

it('[CLK-3] does not fire what another timer clears in the same moment', () => {
  stopTime();
  const fired: string[] = [];
  systemClock.setTimeout(() => {
    fired.push('first');
    systemClock.clearTimeout(second);
  }, 100);
  const second = systemClock.setTimeout(() => fired.push('second'), 100);
  vi.advanceTimersByTime(200);
  expect(fired).toEqual(['first']);
});

it('[CLK-3] wakes nobody for timers that were all cleared', () => {
  stopTime();
  const both = [100, 101].map((delayMs) => systemClock.setTimeout(() => {}, delayMs));
  for (const handle of both) systemClock.clearTimeout(handle);
  expect(vi.getTimerCount()).toBe(0);
});

it('[CLK-3] counts from when it was due what a timer sets anew, so that no round gets longer', () => {
  const time = stopTime();
  const firedAt: number[] = [];
  const again = (): void => {
    firedAt.push(time.passed());
    systemClock.setTimeout(again, 500);
  };
  systemClock.setTimeout(again, 500);
  vi.advanceTimersByTime(1_600);
  expect(firedAt).toEqual([517, 1_017, 1_517]);
});

it('[CLK-4] lets an error come up from the scope that set the timer, and the others fire', async () => {
  const strays: unknown[] = [];
  const onStray = (error: unknown): void => void strays.push(error);
  const onUncaught = (error: unknown): void => {
    if (!giveToItsJob(error)) throw error;
  };
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', onUncaught);
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of before) process.on('uncaughtException', listener);
  });
  const defect = new Error('of a job');
  await new Promise<void>((done) => {
    runInJob(onStray, () => {
      systemClock.setTimeout(() => {
        throw defect;
      }, 100);
    });
    systemClock.setTimeout(done, 100);
  });
  await new Promise<void>(nextTurn);
  expect(strays).toEqual([defect]);
});

it('[CLK-2] sleeps until the time is over or the signal aborts', async () => {
  await sleep(1);
  const aborting = new AbortController();
  const sleeping = sleep(60_000, aborting.signal);
  aborting.abort();
  await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
});

it('[CLK-2] calls back in the next turn, not in this one', async () => {
  const order: string[] = [];
  const later = new Promise<void>((done) => {
    nextTurn(() => {
      order.push('next turn');
      done();
    });
  });
  queueMicrotask(() => order.push('this turn'));
  await later;
  expect(order).toEqual(['this turn', 'next turn']);
});

it('[CLK-2] gives chance between 0 and 1', () => {
  const value = systemRandom();
  expect(value).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThan(1);
});
