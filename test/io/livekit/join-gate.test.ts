import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createJoinGate } from '../../../src/io/livekit/join-gate.ts';

function openGate(maxWaiting = 10) {
  const gate = createJoinGate({ concurrency: 2, maxWaiting });
  const begun: number[] = [];
  const finishers: (() => void)[] = [];
  const join = (number: number, signal = new AbortController().signal) =>
    gate.run(() => {
      begun.push(number);
      return new Promise<void>((resolve) => finishers.push(resolve));
    }, signal);
  return { begun, finishers, join };
}

it('[ROOM-15] lets few join at once, in the order they asked', async () => {
  const { begun, finishers, join } = openGate();
  for (let number = 1; number <= 4; number += 1) void join(number);
  expect(begun).toEqual([1, 2]);
  finishers[1]?.();
  await turn();
  expect(begun).toEqual([1, 2, 3]);
});

it('[ROOM-16] leaves out who gave up waiting', async () => {
  const { begun, finishers, join } = openGate();
  void join(1);
  void join(2);
  const givingUp = new AbortController();
  const third = join(3, givingUp.signal);
  void join(4);
  givingUp.abort();
  await expect(third).rejects.toThrow();
  finishers[0]?.();
  await turn();
  expect(begun).toEqual([1, 2, 4]);
});

it('[ROOM-16] passes on the place of a join that failed', async () => {
  const gate = createJoinGate({ concurrency: 1, maxWaiting: 1 });
  const { signal } = new AbortController();
  const failed = gate.run(() => Promise.reject(new Error('refused')), signal);
  const next = gate.run(() => Promise.resolve('in'), signal);
  await expect(failed).rejects.toThrow('refused');
  await expect(next).resolves.toBe('in');
  await expect(gate.run(() => Promise.resolve('in again'), signal)).resolves.toBe('in again');
});

it('[ROOM-17] refuses whoever finds too many waiting', async () => {
  const { join } = openGate(1);
  void join(1);
  void join(2);
  void join(3);
  await expect(join(4)).rejects.toThrow();
});
