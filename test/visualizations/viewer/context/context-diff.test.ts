import { describe, expect, test } from 'vitest';
import { contextDiff } from '../../../../visualizations/viewer/src/context/context-diff.ts';
import { RecentChanges } from '../../../../visualizations/viewer/src/context/recent-changes.ts';

describe('what differs between two contexts', () => {
  test('[EVL-5] says what was added, removed and changed, and where', () => {
    const before = { turns: 1, track: { muted: false }, gone: [1] };
    const after = { turns: 2, track: { muted: false, 'a/b': null } };
    expect(contextDiff(before, after)).toEqual([
      { kind: 'changed', path: '/turns', before: '1', after: '2' },
      { kind: 'added', path: '/track/a~1b', before: null, after: 'null' },
      { kind: 'removed', path: '/gone', before: '[1]', after: null },
    ]);
    expect(contextDiff(after, after)).toEqual([]);
  });

  test('[EVL-5] a context may be anything', () => {
    expect(contextDiff(null, 3)).toEqual([
      { kind: 'changed', path: '', before: 'null', after: '3' },
    ]);
    expect(contextDiff(undefined, undefined)).toEqual([]);
  });
});

describe('what has just changed', () => {
  test('[EVL-6] is marked for a second, with all that it is in', () => {
    const changes = new RecentChanges();
    changes.see({ track: { level: 1 }, turns: 1 }, 0);
    expect(changes.turnOf('/turns', 0)).toBeNull();
    changes.see({ track: { level: 2 }, turns: 1 }, 100);
    expect(changes.turnOf('/track/level', 100)).not.toBeNull();
    expect(changes.turnOf('/track', 100)).not.toBeNull();
    expect(changes.turnOf('/turns', 100)).toBeNull();
    expect(changes.turnOf('/track', 1_101)).toBeNull();
  });

  test('[EVL-6] another change is told from the one before', () => {
    const changes = new RecentChanges();
    for (const level of [1, 2]) changes.see({ level }, level);
    const first = changes.turnOf('/level', 2);
    changes.see({ level: 3 }, 3);
    expect(changes.turnOf('/level', 3)).not.toBe(first);
  });

  test('[EVL-6] 2,000 places are marked at most', () => {
    const changes = new RecentChanges();
    const all = (value: number) => Array.from({ length: 3_000 }, () => value);
    changes.see(all(1), 0);
    changes.see(all(2), 1);
    const marked = all(0).filter((_, index) => changes.turnOf(`/${index}`, 1) !== null);
    expect(marked).toHaveLength(2_000);
  });
});
