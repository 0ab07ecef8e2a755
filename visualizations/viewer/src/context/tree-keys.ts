import type { TreeRow } from './tree-rows.ts';

/** What a key does in a tree: another line is current, or the current one opens or closes. */
export type TreeMove =
  | { readonly type: 'goTo'; readonly index: number }
  | { readonly type: 'set'; readonly path: string; readonly isOpen: boolean };

/** As the pattern of a tree view has it (WAI-ARIA APG); null where the key means nothing. */
export function treeMove(rows: readonly TreeRow[], current: number, key: string): TreeMove | null {
  const row = rows[current];
  if (!row) return null;
  const goTo = (index: number): TreeMove => ({
    type: 'goTo',
    index: Math.min(rows.length - 1, Math.max(0, index)),
  });
  switch (key) {
    case 'ArrowDown':
      return goTo(current + 1);
    case 'ArrowUp':
      return goTo(current - 1);
    case 'Home':
      return goTo(0);
    case 'End':
      return goTo(rows.length - 1);
    case 'ArrowRight':
      if (row.isOpen === null) return null;
      return row.isOpen ? goTo(current + 1) : { type: 'set', path: row.path, isOpen: true };
    case 'ArrowLeft': {
      if (row.isOpen === true) return { type: 'set', path: row.path, isOpen: false };
      const parent = rows.slice(0, current).findLastIndex(({ depth }) => depth < row.depth);
      return parent < 0 ? null : goTo(parent);
    }
    case 'Enter':
    case ' ':
      return row.isOpen === null ? null : { type: 'set', path: row.path, isOpen: !row.isOpen };
    default:
      return null;
  }
}
