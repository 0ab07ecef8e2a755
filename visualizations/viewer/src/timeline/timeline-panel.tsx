import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useCallback, useEffect, useMemo } from 'preact/hooks';
import type { ActorAddress } from '../../../../src/io/inspect/protocol.ts';
import type { PanelProps } from '../model/panel.ts';
import { useStreamTime } from '../model/use-stream-time.ts';
import { exactTime } from './time-format.ts';
import { TimelineFeed } from './timeline-feed.ts';
import type { Hit } from './timeline-hit.ts';
import { timelineLines } from './timeline-lines.ts';
import { addressKey } from './timeline-model.ts';
import { TimelinePlot } from './timeline-plot.tsx';
import { TimelineTable } from './timeline-table.tsx';
import './timeline.css';
import { ViewState } from './view-state.ts';

/** Wide enough that every second shows. */
const TABLE_PX = 1_000;

type Scope = 'room' | 'actor';

/** States, marks and levels over time: of the chosen actor, or of all of its room. */
export function TimelinePanel({ store, send, choose }: PanelProps) {
  const feed = useMemo(() => new TimelineFeed(store), [store]);
  useEffect(() => () => feed.close(), [feed]);
  const state = useMemo(() => new ViewState(), []);
  const now = useStreamTime(store);
  const scope = useSignal<Scope>('room');
  const isTable = useSignal(false);

  const chosen = useComputed((): ActorAddress | null => {
    const id = store.detail.value?.id;
    const row = store.version.value > 0 && id !== undefined ? store.actors.get(id) : undefined;
    return row ? { system: row.system, path: row.path } : null;
  });
  const roomName = useComputed(() => (store.recording.value?.timeline ?? store.room.value)?.room);
  const shape = useComputed(() =>
    feed.version.value < 0
      ? ''
      : `${feed.room.shape} ${feed.actor.shape} ${feed.levels.systems.join(' ')}`,
  );
  const lines = useComputed(() => {
    const isOfActor = scope.value === 'actor' || (roomName.value ?? null) === null;
    const key = chosen.value && addressKey(chosen.value);
    const isShown = (address: ActorAddress): boolean => !isOfActor || addressKey(address) === key;
    const whole = store.recording.value === null && isOfActor ? feed.actor : feed.room;
    return timelineLines({
      rows: shape.value === '' ? [] : whole.rows.filter(isShown),
      marks: feed.marks.filter(isShown),
      systems: store.shapeVersion.value >= 0 ? store.systems : new Map(),
      measured: feed.levels.systems,
    });
  });
  const beganAt = useComputed(() => {
    const first = Math.min(
      ...lines.value.map((line) =>
        line.kind === 'system' ? (store.systems.get(line.system)?.startedAt ?? Infinity) : Infinity,
      ),
    );
    return Number.isFinite(first) ? first : null;
  });
  const tick = useCallback(() => state.tick(now(), TABLE_PX, beganAt.peek()), [state]);
  const moment = useComputed(() => store.playhead.value?.at ?? store.moment.value);

  const fit = (): void => {
    const { recording } = store;
    const { firstAt: from, lastAt: to } = recording.peek() ?? { firstAt: 0, lastAt: 0 };
    const extent = scope.peek() === 'actor' ? feed.actor.extent : feed.room.extent;
    if (recording.peek()) state.fit({ from, to });
    else if (extent) state.fit({ from: extent.from, to: now() });
  };
  useSignalEffect(() => {
    if (store.recording.value) fit();
  });
  const follow = (): void => {
    store.moment.value = null;
    state.follow();
  };
  const pick = ({ at, address }: Hit): void => {
    const key = chosen.peek() && addressKey(chosen.peek() ?? NOBODY);
    if (address && addressKey(address) !== key) choose(address);
    store.moment.value = Math.round(at);
    if (store.recording.peek()) send({ type: 'goToTime', at: Math.round(at) });
  };
  return (
    <section class="panel timeline-panel" aria-label="Timeline">
      <header class="panel-head">
        <h2 class="panel-title">Timeline</h2>
        <ScopeSwitch {...{ scope }} room={roomName.value} />
        <span class="dim numbers timeline-moment">
          {moment.value === null ? '' : `at ${exactTime(moment.value)}`}
        </span>
        {store.recording.value?.isTimelineCut === true && (
          <span class="timeline-cut">cut: the recording has more changes than are kept</span>
        )}
        <span class="spacer" />
        <button
          type="button"
          class="button"
          aria-pressed={state.isFollowing.value}
          title="Go with the present (f)"
          onClick={follow}
        >
          Follow
        </button>
        <button type="button" class="button" title="Show all there is (0)" onClick={fit}>
          Fit
        </button>
        <button
          type="button"
          class="button"
          aria-pressed={isTable.value}
          onClick={() => {
            isTable.value = !isTable.value;
          }}
        >
          Table
        </button>
      </header>
      {isTable.value ? (
        <TimelineTable lines={lines.value} view={state.view.value} tick={tick} />
      ) : lines.value.length === 0 ? (
        <p class="panel-empty">
          {chosen.value
            ? 'No states are known of this actor: only state machines have them.'
            : 'Choose an actor to see its states, and those of its room, over time.'}
        </p>
      ) : (
        <TimelinePlot
          {...{ feed, state, lines, now, beganAt, moment, pick, choose, fit }}
          chosen={chosen.value}
          entriesOf={() => store.detail.peek()?.entries ?? []}
          clear={() => {
            store.moment.value = null;
            state.cursor.value = null;
          }}
        />
      )}
    </section>
  );
}

const NOBODY: ActorAddress = { system: '', path: '' };

type ScopeSwitchProps = {
  readonly scope: { value: Scope };
  readonly room: string | undefined;
};

function ScopeSwitch({ scope, room }: ScopeSwitchProps) {
  const shown = room === undefined ? 'actor' : scope.value;
  const button = (name: Scope, label: string) => (
    <button
      type="button"
      class="button"
      aria-pressed={shown === name}
      disabled={name === 'room' && room === undefined}
      onClick={() => {
        scope.value = name;
      }}
    >
      {label}
    </button>
  );
  return (
    <div class="timeline-scope" role="group" aria-label="What the timeline shows">
      {button('room', room === undefined ? 'Room' : `Room ${room}`)}
      {button('actor', 'Actor')}
    </div>
  );
}
