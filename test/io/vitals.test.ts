import { expect, it, onTestFinished } from 'vitest';
import { sleep, systemClock } from '../../src/io/clock.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import { openVitalsProbe } from '../../src/io/vitals.ts';

/** A probe that has been open for so long, on a clock that stands still from then on. */
function open(forMs: number) {
  const clock = new VirtualClock();
  const probe = openVitalsProbe(clock);
  onTestFinished(() => probe.close());
  clock.advanceTo(forMs);
  return probe;
}

function block(durationMs: number): void {
  const until = systemClock.now() + durationMs;
  while (systemClock.now() < until);
}

async function holdUp(): Promise<void> {
  // The monitor's first tick only starts its count.
  await sleep(50);
  for (let turn = 0; turn < 3; turn += 1) {
    block(300);
    await sleep(1);
  }
}

it('[WRK-76] knows no lag before it has seen anything', () => {
  expect(open(10_000).eventLoopP99Ms()).toBe(0);
});

it('[WRK-76] sees an event loop that is held up', async () => {
  const probe = open(10_000);
  await holdUp();
  expect(probe.eventLoopP99Ms()).toBeGreaterThan(250);
});

it('[WRK-76] takes no start for a lag: it judges over 10 s', async () => {
  const probe = open(9_999);
  await holdUp();
  expect(probe.eventLoopP99Ms()).toBe(0);
});

it('[WRK-76] measures the resident memory of the process', () => {
  expect(open(0).rssBytes()).toBeGreaterThan(10_000_000);
});
