import type { ActorRow, SystemRow } from '../../../../src/io/inspect/protocol.ts';

type Kind = ActorRow['kind'] | SystemRow['kind'];

/** A statechart, a plug, a dot, a case with a handle, a server. */
const SHAPES: Readonly<Record<Kind, string>> = {
  machine: 'M1.5 4.5h5v4h-5zM9.5 8h5v4h-5zM6.5 6.5h5.5V8',
  port: 'M5 2v3M11 2v3M3.5 5h9v3a4.5 4.5 0 0 1-9 0zM8 12.5V15',
  other: 'M5.5 8a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0',
  job: 'M2 5.5h12v8H2zM5.5 5.5v-2h5v2M2 9h12',
  worker: 'M2.5 2.5h11v4.5h-11zM2.5 9h11v4.5h-11zM5 4.8h.1M5 11.3h.1',
};

export function KindIcon({ kind }: { readonly kind: Kind }) {
  return (
    <svg class={`kind-icon is-${kind}`} viewBox="0 0 16 16" role="img" aria-label={kind}>
      <path d={SHAPES[kind]} />
    </svg>
  );
}
