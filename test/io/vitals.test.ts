import { expect, it, onTestFinished } from 'vitest';
import { sleep, systemClock } from '../../src/io/clock.ts';
import { openVitalsProbe } from '../../src/io/vitals.ts';

function open() {
  const probe = openVitalsProbe(systemClock);
  onTestFinished(() => probe.close());
  return probe;
}

function block(durationMs: number): void {
  const until = systemClock.now() + durationMs;
  while (systemClock.now() < until);
}

it('[WRK-76] knows no lag before it has seen anything', () => {
  expect(open().eventLoopP99Ms()).toBe(0);
});

it('[WRK-76] sees an event loop that is held up', async () => {
  const probe = open();
  // The monitor's first tick only starts its count.
  await sleep(50);
  for (let turn = 0; turn < 3; turn += 1) {
    block(300);
    await sleep(1);
  }
  expect(probe.eventLoopP99Ms()).toBeGreaterThan(250);
});

it('[WRK-76] measures the resident memory of the process', () => {
  expect(open().rssBytes()).toBeGreaterThan(10_000_000);
});
