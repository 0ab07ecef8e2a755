import { expect, it } from 'vitest';
import { sleep } from '../../src/io/clock.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import { passBy } from '../../src/io/virtual-time.ts';

it('[ENG-40] lets what takes real time end at the moment at which it began', async () => {
  const clock = new VirtualClock();
  const times: string[] = [];
  clock.setTimeout(() => {
    void clock
      .hold(() => sleep(30))
      .then(() => {
        times.push(`answered ${clock.now()}`);
        clock.setTimeout(() => times.push(`after it ${clock.now()}`), 5);
      });
  }, 100);
  clock.setTimeout(() => times.push(`next ${clock.now()}`), 110);
  await passBy(clock, 1_000);
  expect(times).toEqual(['answered 100', 'after it 105', 'next 110']);
});

it('[ENG-40] goes on after what fails', async () => {
  const clock = new VirtualClock();
  const failed: unknown[] = [];
  clock.setTimeout(() => {
    clock
      .hold(() => Promise.reject(new Error('broken')))
      .catch((error: unknown) => failed.push(error));
  }, 10);
  await passBy(clock, 20);
  expect(failed).toHaveLength(1);
  expect(clock.held).toEqual([]);
});
