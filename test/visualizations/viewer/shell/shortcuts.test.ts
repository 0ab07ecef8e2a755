import { expect, it } from 'vitest';
import { shortcutReader } from '../../../../visualizations/viewer/src/shell/shortcuts.ts';

const shortcuts = ['t', 'g a', 'g w', 'a'].map((keys) => ({ keys, does: keys, run: () => {} }));

it('[VWR-11] knows keys, and pairs of keys within a second', () => {
  const read = shortcutReader(shortcuts);
  const type = (key: string, nowMs: number) => read(key, nowMs)?.keys ?? null;
  expect(type('t', 0)).toBe('t');
  expect(type('g', 100)).toBeNull();
  expect(type('a', 900)).toBe('g a');
  expect(type('a', 950)).toBe('a');
  expect(type('g', 1_000)).toBeNull();
  expect(type('w', 2_500)).toBeNull();
  expect(type('g', 3_000)).toBeNull();
  expect(type('g', 3_100)).toBeNull();
  expect(type('w', 3_200)).toBe('g w');
});
