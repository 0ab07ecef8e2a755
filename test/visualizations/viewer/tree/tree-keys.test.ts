import { describe, expect, it } from 'vitest';
import { rowNamed, treeMove } from '../../../../visualizations/viewer/src/tree/tree-keys.ts';
import type { TreeRow } from '../../../../visualizations/viewer/src/tree/tree-rows.ts';

const row = (id: number, level: number, isOpen: boolean | null): TreeRow => ({
  id,
  level,
  isOpen,
  position: 1,
  siblings: 1,
  below: 0,
});
const rows = [row(1, 1, true), row(2, 2, false), row(3, 2, null), row(4, 1, false)];

describe('the keys of the tree', () => {
  it.each([
    ['ArrowDown', 1, { type: 'go', id: 2 }],
    ['ArrowDown', 4, null],
    ['ArrowUp', 2, { type: 'go', id: 1 }],
    ['ArrowUp', 1, null],
    ['Home', 3, { type: 'go', id: 1 }],
    ['End', 1, { type: 'go', id: 4 }],
    ['PageDown', 1, { type: 'go', id: 4 }],
    ['ArrowRight', 1, { type: 'go', id: 2 }],
    ['ArrowRight', 2, { type: 'open', id: 2, isOpen: true }],
    ['ArrowRight', 3, null],
    ['ArrowLeft', 1, { type: 'open', id: 1, isOpen: false }],
    ['ArrowLeft', 3, { type: 'go', id: 1 }],
    ['ArrowLeft', 4, null],
    ['Enter', 3, { type: 'choose', id: 3 }],
    [' ', 3, { type: 'choose', id: 3 }],
    ['x', 3, null],
    ['ArrowDown', 99, { type: 'go', id: 1 }],
    ['End', 99, { type: 'go', id: 4 }],
    ['?', 99, null],
    ['Enter', 99, null],
  ] as const)('[VWR-8] %s at row %i', (key, cursor, move) => {
    expect(treeMove(key, rows, cursor)).toEqual(move);
  });

  it('[VWR-8] find a row by what its name begins with, from the cursor on and around', () => {
    const names = new Map([
      [1, 'alice'],
      [2, 'agent'],
      [3, 'bob'],
      [4, 'anna'],
    ]);
    const find = (typed: string, cursor: number | null) =>
      rowNamed(typed, rows, cursor, (id) => names.get(id) ?? '');
    expect(find('a', 1)).toBe(2);
    expect(find('a', 4)).toBe(1);
    expect(find('AL', 1)).toBe(1);
    expect(find('an', 1)).toBe(4);
    expect(find('z', 1)).toBeNull();
    expect(find('b', null)).toBe(3);
  });
});
