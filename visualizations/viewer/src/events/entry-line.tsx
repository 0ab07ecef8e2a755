import type { Entry } from '../../../../src/io/inspect/protocol.ts';
import { stateColour } from '../style/state-colour.ts';
import { logTime, sinceStart } from '../timeline/time-format.ts';
import { newLeaves } from './state-text.ts';

type EntryLineProps = {
  readonly id: string;
  readonly entry: Entry;
  readonly startedAt: number;
  readonly top: number;
  readonly position: number;
  readonly count: number;
  readonly isChosen: boolean;
  /** So many happened before it and are no longer known. */
  readonly missing: number;
  readonly stateBefore: Entry['value'];
  readonly choose: (seq: number) => void;
};

/** One event of the list. */
export function EntryLine(props: EntryLineProps) {
  const { id, entry, startedAt, top, position, count, isChosen, missing, choose } = props;
  const { seq, at, kind, from, event, taken } = entry;
  const hasMoved = entry.value !== null;
  return (
    <div
      id={id}
      class={`entry ${hasMoved ? 'has-moved' : ''}`}
      role="option"
      aria-selected={isChosen}
      aria-posinset={position}
      aria-setsize={count}
      data-seq={seq}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => choose(seq)}
    >
      <time class="entry-time numbers" title={logTime(at)}>
        {sinceStart(at, startedAt)}
      </time>
      {missing > 0 && (
        <span class="entry-missing" title="They happened, and are no longer known">
          {missing} lost
        </span>
      )}
      <span class="entry-kind" title={kind === 'emitted' ? 'emitted by it' : 'received by it'}>
        {kind === 'emitted' ? '↗' : '↘'}
        <span class="unseen">{kind}</span>
      </span>
      <span class="entry-type">{event.type}</span>
      {entry.count > 1 && <span class="entry-count numbers">×{entry.count}</span>}
      <span class="entry-from dim" title={from ?? 'itself or the outside'}>
        {from === null ? '' : lastOf(from)}
      </span>
      <span class="entry-taken dim" title={taken.join('\n')}>
        {taken.join(', ')}
      </span>
      <span class="entry-states">
        {entry.value !== null &&
          newLeaves(entry.value, props.stateBefore).map(({ state, path }) => (
            <span class="chip" key={path} title={path} style={{ '--tone': stateColour(state) }}>
              {state}
            </span>
          ))}
      </span>
    </div>
  );
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
