import { useId, useMemo, useRef, useState } from 'preact/hooks';
import { useVirtualList } from '../model/use-virtual-list.ts';
import './json-tree.css';
import { RecentChanges } from './recent-changes.ts';
import { treeMove } from './tree-keys.ts';
import { treeRows, type Opened, type TreeRow } from './tree-rows.ts';

const ROW_PX = 20;

type JsonTreeProps = {
  /** Plain data. */
  readonly value: unknown;
  /** For screen readers. */
  readonly label: string;
  readonly search?: string;
  /** Values that change are marked for a second. */
  readonly marksChanges?: boolean;
};

type TreeState = { readonly opened: Opened; readonly current: string };

/** The first one, where there is none at the path any longer. */
const indexOf = (rows: readonly TreeRow[], current: string): number =>
  Math.max(
    0,
    rows.findIndex(({ path }) => path === current),
  );

/** Plain data as a tree to be opened; it scrolls by itself. */
export function JsonTree({ value, label, search = '', marksChanges = false }: JsonTreeProps) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  // Keys come quicker than drawings: each goes on from what the one before it did.
  const state = useRef<TreeState>({ opened: new Map(), current: '' });
  const [, draw] = useState(state.current);
  const { opened, current } = state.current;
  const changes = useMemo(() => new RecentChanges(), []);
  const rows = useMemo(() => treeRows(value, opened, search), [value, opened, search]);
  const list = useVirtualList(scroller, { count: rows.length, estimateSize: () => ROW_PX });
  const nowMs = performance.now();
  if (marksChanges) changes.see(value, nowMs);

  const change = (next: Partial<TreeState>): void => {
    state.current = { ...state.current, ...next };
    draw(state.current);
  };
  const set = (path: string, isOpen: boolean): void =>
    change({ opened: new Map(state.current.opened).set(path, isOpen) });
  const currentIndex = indexOf(rows, current);
  const onKeyDown = (event: KeyboardEvent): void => {
    const rowsNow = treeRows(value, state.current.opened, search);
    const move = treeMove(rowsNow, indexOf(rowsNow, state.current.current), event.key);
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    if (move.type === 'set') {
      set(move.path, move.isOpen);
      return;
    }
    change({ current: rowsNow[move.index]?.path ?? '' });
    list.scrollToIndex(move.index);
  };
  return (
    <div
      class="json-tree mono"
      ref={scroller}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={`${id}-${currentIndex}`}
      onKeyDown={onKeyDown}
    >
      <div class="json-lines" role="presentation" style={{ height: `${list.getTotalSize()}px` }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          const turn = marksChanges ? changes.turnOf(row.path, nowMs) : null;
          return (
            <Line
              key={row.path}
              id={`${id}-${index}`}
              row={row}
              top={start}
              isCurrent={index === currentIndex}
              turn={row.isOpen === true ? null : turn}
              onClick={() => {
                change({ current: row.path });
                if (row.isOpen !== null) set(row.path, !row.isOpen);
              }}
            />
          );
        })}
      </div>
      {rows.length === 0 && (
        <p class="json-none dim">{search === '' ? 'empty' : `nothing has “${search}” in it`}</p>
      )}
    </div>
  );
}

type LineProps = {
  readonly id: string;
  readonly row: TreeRow;
  readonly top: number;
  readonly isCurrent: boolean;
  readonly turn: number | null;
  readonly onClick: () => void;
};

function Line({ id, row, top, isCurrent, turn, onClick }: LineProps) {
  // Two names of one animation: it begins anew where the value changes again.
  const flash = turn === null ? '' : turn % 2 === 0 ? 'flashes-even' : 'flashes-odd';
  return (
    <div
      id={id}
      class={`json-line ${flash}`}
      role="treeitem"
      aria-label={`${row.name}: ${row.text}`}
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={isCurrent}
      {...(row.isOpen === null ? {} : { 'aria-expanded': row.isOpen })}
      data-path={row.path}
      style={{ transform: `translateY(${top}px)`, '--depth': row.depth }}
      onClick={onClick}
    >
      <span class="json-arrow" aria-hidden="true">
        {row.isOpen === null ? '' : row.isOpen ? '▾' : '▸'}
      </span>
      <span class="json-name">{row.name}</span>
      <span class={`json-value is-${row.kind}`}>{row.text}</span>
    </div>
  );
}
