import { describe, expect, test } from 'vitest';
import { treeMove } from '../../../../visualizations/viewer/src/context/tree-keys.ts';
import {
  treeRows,
  type Opened,
  type TreeRow,
} from '../../../../visualizations/viewer/src/context/tree-rows.ts';

const context = {
  identity: 'alice',
  tracks: { 'TR/1': { muted: false, codec: null }, none: {} },
  turns: 3,
};

/** Indented, with `+` and `-` before what is closed and open. */
const drawn = (rows: readonly TreeRow[]): readonly string[] =>
  rows.map(({ depth, isOpen, name, text }) => {
    const sign = isOpen === null ? ' ' : isOpen ? '-' : '+';
    return `${' '.repeat(depth)}${sign}${name} ${text}`;
  });

const opened = (...paths: readonly string[]): Opened => new Map(paths.map((path) => [path, true]));

describe('lines of plain data', () => {
  test('[EVL-1] the first level is open, what is empty cannot be opened', () => {
    expect(drawn(treeRows(context, new Map()))).toEqual([
      ' identity "alice"',
      '-tracks { 2 }',
      ' +TR/1 { 2 }',
      '  none {}',
      ' turns 3',
    ]);
    expect(treeRows('text', new Map())).toEqual([]);
  });

  test('[EVL-1] each line can be opened and closed by its pointer', () => {
    const rows = treeRows(context, opened('/tracks/TR~11'));
    expect(drawn(rows).slice(2, 5)).toEqual([' -TR/1 { 2 }', '   muted false', '   codec null']);
    expect(rows[3]).toMatchObject({ path: '/tracks/TR~11/muted', position: 1, siblings: 2 });
    expect(treeRows(context, new Map([['/tracks', false]]))).toHaveLength(3);
  });

  test('[EVL-2] a long list is opened in parts of a hundred', () => {
    const list = { items: Array.from({ length: 250 }, (_, index) => index) };
    expect(drawn(treeRows(list, new Map()))).toEqual([
      '-items [ 250 ]',
      ' +0 … 99 100 of 250',
      ' +100 … 199 100 of 250',
      ' +200 … 249 50 of 250',
    ]);
    const rows = treeRows(list, opened('/items[2]'));
    expect(rows).toHaveLength(54);
    expect(rows.at(-1)).toMatchObject({ path: '/items/249', name: '249', text: '249' });
  });

  test('[EVL-3] a search shows names and values that have it, with all above them', () => {
    expect(drawn(treeRows(context, new Map(), 'MUTED'))).toEqual([
      '-tracks { 2 }',
      ' -TR/1 { 2 }',
      '   muted false',
    ]);
    expect(drawn(treeRows(context, new Map(), 'ali'))).toEqual([' identity "alice"']);
    expect(drawn(treeRows(context, new Map(), 'tr/1'))).toHaveLength(4);
    expect(treeRows(context, new Map(), 'nothing like it')).toEqual([]);
  });

  test('[EVL-3] a search looks through all of a long list', () => {
    const list = Array.from({ length: 5_000 }, (_, index) => ({ name: `guest ${index}` }));
    expect(drawn(treeRows(list, new Map(), 'guest 4321'))).toEqual([
      '-4321 { 1 }',
      '  name "guest 4321"',
    ]);
  });

  test('[EVL-2] a long text is cut', () => {
    const [row] = treeRows({ text: 'x'.repeat(10_000) }, new Map());
    expect(row?.text).toHaveLength(201);
  });
});

describe('keys in a tree', () => {
  const rows = treeRows(context, opened('/tracks/TR~11'));
  const index = (name: string): number => rows.findIndex((row) => row.name === name);

  test.each([
    ['ArrowDown', 'identity', { type: 'goTo', index: 1 }],
    ['ArrowUp', 'identity', { type: 'goTo', index: 0 }],
    ['End', 'identity', { type: 'goTo', index: rows.length - 1 }],
    ['Home', 'turns', { type: 'goTo', index: 0 }],
    ['ArrowRight', 'tracks', { type: 'goTo', index: 2 }],
    ['ArrowLeft', 'tracks', { type: 'set', path: '/tracks', isOpen: false }],
    ['ArrowLeft', 'muted', { type: 'goTo', index: 2 }],
    ['Enter', 'TR/1', { type: 'set', path: '/tracks/TR~11', isOpen: false }],
    ['ArrowRight', 'turns', null],
    ['x', 'turns', null],
  ])('[EVL-4] %s at %s', (key, name, move) => {
    expect(treeMove(rows, index(name), key)).toEqual(move);
  });
});
