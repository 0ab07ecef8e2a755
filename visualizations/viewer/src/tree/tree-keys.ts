import type { ActorId } from '../../../../src/io/inspect/protocol.ts';
import type { TreeRow } from './tree-rows.ts';

/** What a key does in the tree. */
export type TreeMove =
  | { readonly type: 'go'; readonly id: ActorId }
  | { readonly type: 'open'; readonly id: ActorId; readonly isOpen: boolean }
  | { readonly type: 'choose'; readonly id: ActorId };

const PAGE_ROWS = 15;

/**
 * The keys of a tree, as the ARIA practices guide has them.
 *
 * @param cursor where the focus is; null: at none of the rows
 * @returns null where the key means nothing there
 */
export function treeMove(
  key: string,
  rows: readonly TreeRow[],
  cursor: ActorId | null,
): TreeMove | null {
  const index = rows.findIndex(({ id }) => id === cursor);
  const row = rows[index];
  if (!row) return firstMove(key, rows);
  switch (key) {
    case 'ArrowDown':
      return goTo(rows[index + 1]);
    case 'ArrowUp':
      return goTo(rows[index - 1]);
    case 'PageDown':
      return goTo(rows[Math.min(rows.length - 1, index + PAGE_ROWS)]);
    case 'PageUp':
      return goTo(rows[Math.max(0, index - PAGE_ROWS)]);
    case 'Home':
      return goTo(rows[0]);
    case 'End':
      return goTo(rows.at(-1));
    case 'ArrowRight':
      if (row.isOpen === null) return null;
      return row.isOpen ? goTo(rows[index + 1]) : { type: 'open', id: row.id, isOpen: true };
    case 'ArrowLeft':
      return row.isOpen === true
        ? { type: 'open', id: row.id, isOpen: false }
        : goTo(rows.slice(0, index).findLast(({ level }) => level < row.level));
    case 'Enter':
    case ' ':
      return { type: 'choose', id: row.id };
    default:
      return null;
  }
}

/** With the focus at none of the rows, or at one that is not shown any more. */
function firstMove(key: string, rows: readonly TreeRow[]): TreeMove | null {
  if (key === 'End') return goTo(rows.at(-1));
  return /^(Arrow(Down|Up)|Home|Page(Down|Up))$/.test(key) ? goTo(rows[0]) : null;
}

/** The next row, from the cursor on and around, whose name begins so. */
export function rowNamed(
  typed: string,
  rows: readonly TreeRow[],
  cursor: ActorId | null,
  nameOf: (id: ActorId) => string,
): ActorId | null {
  const index = rows.findIndex(({ id }) => id === cursor);
  // One letter goes on to the next such row; more letters may still mean this one.
  const from = Math.max(0, index) + (typed.length === 1 ? 1 : 0);
  const inTurn = [...rows.slice(from), ...rows.slice(0, from)];
  const found = inTurn.find(({ id }) => nameOf(id).toLowerCase().startsWith(typed.toLowerCase()));
  return found?.id ?? null;
}

const goTo = (row: TreeRow | undefined): TreeMove | null =>
  row ? { type: 'go', id: row.id } : null;
