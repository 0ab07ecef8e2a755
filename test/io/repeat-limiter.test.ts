import { expect, it } from 'vitest';
import { RepeatLimiter } from '../../src/io/repeat-limiter.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';

function limit(maxKeys = 10) {
  const clock = new VirtualClock();
  const said: string[] = [];
  const limiter = new RepeatLimiter({ clock, windowMs: 60_000, maxKeys });
  const warn = (key: string) => limiter.say(key, (repeats) => said.push(`${key} +${repeats}`));
  return { clock, said, limiter, warn };
}

it('[LOGR-5] says the first at once, and the repeats once with their number', () => {
  const { clock, said, warn } = limit();
  for (let time = 0; time < 5; time += 1) warn('lost');
  warn('slow');
  expect(said).toEqual(['lost +0', 'slow +0']);
  clock.advanceBy(60_000);
  expect(said).toEqual(['lost +0', 'slow +0', 'lost +4']);
});

it('[LOGR-6] goes on limiting what goes on, and begins anew after a quiet window', () => {
  const { clock, said, warn } = limit();
  warn('lost');
  warn('lost');
  clock.advanceBy(60_000);
  warn('lost');
  expect(said).toEqual(['lost +0', 'lost +1']);
  clock.advanceBy(120_000);
  warn('lost');
  expect(said).toEqual(['lost +0', 'lost +1', 'lost +1', 'lost +0']);
});

it('[LOGR-7] says what is held back before it forgets: the oldest over the limit, all at the end', () => {
  const { clock, said, limiter, warn } = limit(2);
  for (const key of ['a', 'a', 'b', 'b', 'c']) warn(key);
  expect(said).toEqual(['a +0', 'b +0', 'a +1', 'c +0']);
  limiter.close();
  expect(said.at(-1)).toBe('b +1');
  clock.advanceBy(600_000);
  expect(said).toHaveLength(5);
});
