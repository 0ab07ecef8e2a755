import { useEffect, useId, useRef } from 'preact/hooks';
import type { Entry } from '../../../../src/io/inspect/protocol.ts';
import { useVirtualList } from '../model/use-virtual-list.ts';
import { EntryLine } from './entry-line.tsx';
import { indexBehind } from './list-keys.ts';

const ROW_PX = 22;

type EntryListProps = {
  /** Those to be shown. */
  readonly entries: readonly Entry[];
  /** With those that a filter keeps back. */
  readonly all: readonly Entry[];
  /** By the number of the one behind them. */
  readonly lost: ReadonlyMap<number, number>;
  readonly startedAt: number;
  readonly chosenSeq: number | null;
  readonly choose: (seq: number) => void;
};

/** Events, the newest last; it stays with the newest until somebody scrolls away from them. */
export function EntryList({ entries, all, lost, startedAt, chosenSeq, choose }: EntryListProps) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualList(scroller, {
    count: entries.length,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => entries[index]?.seq ?? index,
    anchorTo: 'end',
    followOnAppend: true,
  });
  const chosen = entries.findIndex(({ seq }) => seq === chosenSeq);
  useEffect(() => list.scrollToEnd(), [list]);
  useEffect(() => {
    if (chosen >= 0) list.scrollToIndex(chosen);
    // An entry that is repeated, or moves up as older ones go, is not looked for again.
  }, [chosenSeq, list]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX);
    const index = indexBehind(event.key, chosen, entries.length, page);
    const entry = index === null ? undefined : entries[index];
    if (!entry) return;
    event.preventDefault();
    event.stopPropagation();
    choose(entry.seq);
  };
  return (
    <div
      class="panel-body entries"
      ref={scroller}
      role="listbox"
      aria-label="Events, the newest last"
      tabIndex={0}
      onKeyDown={onKeyDown}
      {...(chosen < 0 ? {} : { 'aria-activedescendant': `${id}-${entries[chosen]?.seq ?? ''}` })}
    >
      <div class="entry-lines" role="presentation" style={{ height: `${list.getTotalSize()}px` }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const entry = entries[index];
          if (!entry) return null;
          return (
            <EntryLine
              key={entry.seq}
              id={`${id}-${entry.seq}`}
              {...{ entry, startedAt }}
              top={start}
              position={index + 1}
              count={entries.length}
              isChosen={entry.seq === chosenSeq}
              missing={lost.get(entry.seq) ?? 0}
              stateBefore={stateBefore(all, entry)}
              choose={choose}
            />
          );
        })}
      </div>
    </div>
  );
}

function stateBefore(all: readonly Entry[], { seq, value }: Entry): Entry['value'] {
  if (value === null) return null;
  for (let index = indexOf(all, seq) - 1; index >= 0; index -= 1) {
    const known = all[index]?.value ?? null;
    if (known !== null) return known;
  }
  return null;
}

/** Numbers grow, so the place of one is found by halving. */
function indexOf(all: readonly Entry[], wanted: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle]?.seq ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
