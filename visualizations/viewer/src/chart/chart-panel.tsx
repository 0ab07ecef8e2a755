import { computed, useComputed, type ReadonlySignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ActorRow } from '../../../../src/io/inspect/protocol.ts';
import type { PanelProps } from '../model/panel.ts';
import type { Store } from '../model/store.ts';
import { absenceOf } from './absence.ts';
import { ActorCard } from './actor-card.tsx';
import { ActorEnd } from './actor-end.tsx';
import { MachinePanel } from './machine-panel.tsx';
import './chart.css';

/** The statechart of the actor that is looked at, and what it is doing in it. */
export function ChartPanel({ store }: PanelProps) {
  const row = useMemo(() => shownRow(store), [store]);
  const kind = useComputed(() => row.value?.kind);
  const machine = useComputed(() => {
    const id = row.value?.machine;
    return typeof id === 'number' ? store.machines.get(id) : undefined;
  });
  return (
    <section class="chart-panel" aria-label="Statechart">
      <End store={store} row={row} />
      {machine.value ? (
        <MachinePanel store={store} machine={machine.value} />
      ) : (
        <NoMachine store={store} kind={kind} />
      )}
    </section>
  );
}

type RowProps = { readonly store: Store; readonly row: ReadonlySignal<ActorRow | undefined> };

function End({ store, row }: RowProps) {
  const hasEnded = useComputed(() => (store.detail.value?.status ?? 'active') !== 'active').value;
  const detail = store.detail.value;
  return hasEnded && row.value && detail ? <ActorEnd row={row.value} detail={detail} /> : null;
}

type NoMachineProps = {
  readonly store: Store;
  readonly kind: ReadonlySignal<ActorRow['kind'] | undefined>;
};

function NoMachine({ store, kind }: NoMachineProps) {
  const detail = store.detail.value;
  const missing = store.missingActor.value;
  if (detail && kind.value) return <ActorCard kind={kind.value} detail={detail} />;
  if (!missing) return <p class="chart-note">Choose an actor in the tree to see its statechart.</p>;
  return (
    <p class="chart-note">
      There is no actor <code>{missing.path}</code> in <code>{missing.system}</code>:{' '}
      {absenceOf(missing, store.recording.value, store.playhead.value?.at ?? 0)}.
    </p>
  );
}

/** The row of the actor that is looked at; the last one known while rows come anew after a `reset`. */
function shownRow(store: Store): ReadonlySignal<ActorRow | undefined> {
  let known: ActorRow | undefined;
  return computed(() => {
    const id = store.detail.value?.id;
    // The rows stand in a map that has no signal of its own; nothing is there before the first version.
    const isThere = store.version.value > 0;
    known = !isThere || id === undefined ? undefined : (store.actors.get(id) ?? known);
    return known;
  });
}
