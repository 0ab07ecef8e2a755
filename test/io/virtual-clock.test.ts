import { expect, it } from 'vitest';
import { VirtualClock } from '../../src/io/virtual-clock.ts';

it('[CLK-3] fires each timer at its own time, in the order in which they were set', () => {
  const clock = new VirtualClock(1_000);
  const fired: string[] = [];
  const note = (name: string) => () => fired.push(`${name} ${clock.now()}`);
  clock.setTimeout(note('b'), 20);
  clock.setTimeout(note('a'), 10);
  clock.setTimeout(note('c'), 20);
  clock.setTimeout(note('late'), 21);
  clock.advanceBy(20);
  expect(fired).toEqual(['a 1010', 'b 1020', 'c 1020']);
  expect(clock.now()).toBe(1_020);
  expect(clock.pendingCount).toBe(1);
});

it('[CLK-3] fires a chain of timers within one advance', () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const again = () => {
    times.push(clock.now());
    clock.setTimeout(again, 1_000);
  };
  again();
  clock.advanceTo(5_500);
  expect(times).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000]);
});

it('[CLK-3] does not fire what was cleared', () => {
  const clock = new VirtualClock();
  const handle = clock.setTimeout(() => expect.unreachable(), 10);
  clock.clearTimeout(handle);
  clock.clearTimeout(handle);
  clock.advanceBy(20);
  expect(clock.next).toBeUndefined();
});

it('[CLK-3] fires one timer by its number, and never goes back', () => {
  const clock = new VirtualClock();
  let fired = 0;
  const handle = clock.setTimeout(() => (fired += 1), 500);
  clock.setTime(700);
  clock.setTime(100);
  expect([clock.fire(handle), clock.fire(handle), fired, clock.now()]).toEqual([
    true,
    false,
    1,
    700,
  ]);
});

it('[CLK-3] keeps what is set while other timers are set and cleared for hours', () => {
  const clock = new VirtualClock();
  const kept = clock.setTimeout(() => {}, 1e9);
  for (let round = 0; round < 100_000; round += 1) {
    clock.clearTimeout(clock.setTimeout(() => {}, 1e6 + round));
  }
  expect(clock.pendingCount).toBe(1);
  expect(clock.next).toEqual(expect.objectContaining({ id: kept }));
});
