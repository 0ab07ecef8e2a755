import type { ActorRow } from '../inspect/protocol.ts';
import { formatElapsed } from './format.ts';
import { renderRows, type Cell } from './live-cells.ts';
import type { TreeLine } from './live-actors.ts';
import type { LiveModel } from './live-model.ts';
import { briefState } from './step-text.ts';
import type { TopList } from './top-list.ts';
import type { TopState } from './top-state.ts';

const INDENT = '  ';
const AGE_WIDTH = 8;
/** What the tree itself takes of the rest. */
const TREE_SHARE = 0.45;

/** The actors of everything that is inspected, each below the one that started it. */
export function treeList(model: LiveModel, { filter, room, folded }: TopState): TopList {
  const { actors, at } = model;
  const lines = actors.tree(filter.toLowerCase(), folded, room);
  const widthsFor = (columns: number): number[] => {
    const rest = columns - AGE_WIDTH;
    if (rest < 2 * AGE_WIDTH) return [columns];
    const tree = Math.floor(rest * TREE_SHARE);
    return [tree, rest - tree, AGE_WIDTH];
  };
  const cut = <T>(cells: readonly T[], widths: readonly number[]): readonly T[] =>
    cells.slice(0, widths.length);
  return {
    title: `actors ${lines.length} of ${actors.size}`,
    keys: lines.map(({ id }) => String(id)),
    head: (screen) => {
      const widths = widthsFor(screen.columns);
      const titles = ['actor', 'state', 'age'].map((text) => ({ text, style: 'dim' as const }));
      return renderRows([cut(titles, widths)], widths, screen);
    },
    rows: (from, to, screen) => {
      const widths = widthsFor(screen.columns);
      const rows = lines.slice(from, to).flatMap((line) => {
        const actor = actors.get(line.id);
        return actor ? [cut(cellsOf(line, actor, aboutRoot(model, actor), at), widths)] : [];
      });
      return renderRows(rows, widths, screen);
    },
    about: () => [],
    addressOf: (key) => {
      const actor = actors.get(Number(key));
      return actor ? { system: actor.system, path: actor.path } : null;
    },
  };
}

/** Whom a job is about, where the actor is its root: a participant, or a room by which agent. */
function aboutRoot({ actors }: LiveModel, { system, path }: ActorRow): string {
  const job = path.includes('/') ? undefined : actors.systems.get(system);
  if (!job || job.room === null) return '';
  const { room, identity, agent } = job;
  return identity === null ? ` ${room} ${agent ?? ''}` : ` ${room}/${identity}`;
}

function cellsOf(
  { depth, isFolded, childCount }: TreeLine,
  actor: ActorRow,
  about: string,
  at: number,
): Cell[] {
  const mark = childCount === 0 ? ' ' : isFolded ? '+' : '-';
  const count = isFolded ? ` (${childCount})` : '';
  const again = actor.restarts === 0 ? '' : ` restarted ${actor.restarts}x`;
  const age = formatElapsed((actor.endedAt ?? at) - actor.startedAt);
  return [
    { text: `${INDENT.repeat(depth)}${mark} ${actor.name}${about}${count}${again}` },
    stateCell(actor),
    { text: age, style: 'dim' },
  ];
}

function stateCell({ status, value, error, kind }: ActorRow): Cell {
  const state = value === null ? '' : briefState(value);
  switch (status) {
    case 'active':
      return value === null ? { text: kind, style: 'dim' } : { text: state, style: 'green' };
    case 'error':
      return { text: `error: ${error ?? 'unknown'}`, style: 'red' };
    case 'done':
    case 'stopped':
      return { text: [status, state].join(' ').trim(), style: 'dim' };
  }
}
