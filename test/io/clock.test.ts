import { expect, it, onTestFinished, vi } from 'vitest';
import { nextTurn, sleep, systemClock, systemRandom } from '../../src/io/clock.ts';

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
