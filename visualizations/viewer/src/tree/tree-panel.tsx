import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { ActorId } from '../../../../src/io/inspect/protocol.ts';
import type { PageLocation } from '../model/location.ts';
import type { PanelProps } from '../model/panel.ts';
import { useVirtualList } from '../model/use-virtual-list.ts';
import { actorName } from './actor-name.ts';
import { StateFlashes } from './state-flashes.ts';
import { rowNamed, treeMove, type TreeMove } from './tree-keys.ts';
import { TreeLine } from './tree-line.tsx';
import { TreeRows } from './tree-rows.ts';
import { TreeSearch } from './tree-search.tsx';
import './tree.css';

type TreePanelProps = PanelProps & { readonly location: PageLocation };

const LINE_PX = 24;
/** Letters that come faster are of one name. */
const TYPED_MS = 700;

/** All actors, found by search, and chosen to be looked at. */
export function TreePanel({ store, choose, location }: TreePanelProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const cursor = useSignal<ActorId | null>(null);
  /** Grows with what is opened, closed and searched for here. */
  const turn = useSignal(0);
  const typed = useRef({ text: '', atMs: 0 });
  const {
    rows: tree,
    flashes,
    stop,
  } = useMemo(() => {
    const [rows, flashes] = [new TreeRows(store), new StateFlashes()];
    // Not after the first drawing: what the relay says until then would never be in the rows.
    const stop = store.watch((change) => {
      rows.take(change);
      flashes.take(change, performance.now());
    });
    return { rows, flashes, stop };
  }, [store]);
  useEffect(() => stop, [stop]);

  const { query, actor: chosen } = location.route.value;
  useMemo(() => tree.search(query), [tree, query]);
  const isDrawn = store.version.value >= 0 && turn.value >= 0;
  const rows = isDrawn ? tree.rows() : [];
  const list = useVirtualList(scroller, {
    count: rows.length,
    estimateSize: () => LINE_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const nowMs = performance.now();

  const open = (id: ActorId, isOpen: boolean): void => {
    tree.set(id, isOpen);
    turn.value += 1;
  };
  const chooseRow = (id: ActorId): void => {
    cursor.value = id;
    const actor = store.actors.get(id);
    if (actor) choose({ system: actor.system, path: actor.path });
  };
  const goTo = (id: ActorId): void => {
    cursor.value = id;
    list.scrollToIndex(rows.findIndex((row) => row.id === id));
  };
  const obey = (move: TreeMove): void => {
    if (move.type === 'go') goTo(move.id);
    else if (move.type === 'open') open(move.id, move.isOpen);
    else chooseRow(move.id);
  };
  const nameOf = (id: ActorId): string => {
    const actor = store.actors.get(id);
    return actor ? actorName(actor, store.systems.get(actor.system)) : '';
  };
  const find = (key: string, atMs: number): boolean => {
    const isMore = atMs - typed.current.atMs < TYPED_MS;
    typed.current = { text: isMore ? typed.current.text + key : key, atMs };
    const found = rowNamed(typed.current.text, rows, cursor.value, nameOf);
    if (found !== null) goTo(found);
    return found !== null;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = treeMove(event.key, rows, cursor.value);
    if (move) obey(move);
    else if (!/^[\p{L}\p{N}]$/u.test(event.key) || !find(event.key, event.timeStamp)) return;
    event.preventDefault();
  };

  const chosenKey = chosen && `${chosen.system} ${chosen.path}`;
  const isReady = store.isReady.value;
  // Whoever comes by a URL, or from an alert, finds the actor on the screen.
  useLayoutEffect(() => {
    if (!isReady || !chosen) return;
    const found = [...store.actors.values()].find(
      ({ system, path }) => system === chosen.system && path === chosen.path,
    );
    if (!found) return;
    cursor.value = found.id;
    tree.reveal(found.id);
    turn.value += 1;
    const index = tree.rows().findIndex(({ id }) => id === found.id);
    // After the rows above it have taken their place.
    requestAnimationFrame(() => list.scrollToIndex(index, { align: 'auto' }));
  }, [chosenKey, isReady]);

  return (
    <nav class="panel tree-panel" aria-label="Actors">
      <TreeSearch
        query={query}
        problem={tree.problem}
        found={query === '' ? null : tree.fitting}
        onQuery={(text) => location.amend({ query: text })}
        onAll={(isOpen) => {
          tree.setAll(isOpen);
          turn.value += 1;
        }}
        onDone={() => scroller.current?.focus()}
      />
      <div
        ref={scroller}
        class="panel-body tree"
        role="tree"
        aria-label="Actors"
        tabIndex={0}
        {...(cursor.value === null ? {} : { 'aria-activedescendant': `actor-${cursor.value}` })}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" class="tree-lines" style={{ height: `${list.getTotalSize()}px` }}>
          {list.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            const actor = row && store.actors.get(row.id);
            if (!actor) return null;
            return (
              <TreeLine
                key={row.id}
                domId={`actor-${row.id}`}
                row={row}
                actor={actor}
                system={store.systems.get(actor.system)}
                topPx={start}
                isChosen={chosenKey === `${actor.system} ${actor.path}`}
                isCursor={cursor.value === row.id}
                flash={flashes.turnOf(row.id, nowMs)}
                onChoose={() => chooseRow(row.id)}
                onToggle={() => row.isOpen !== null && open(row.id, !row.isOpen)}
              />
            );
          })}
        </div>
        {isReady && rows.length === 0 && (
          <p class="panel-empty">
            {query === '' ? 'Nothing runs yet.' : 'No actor fits the search.'}
          </p>
        )}
      </div>
    </nav>
  );
}
