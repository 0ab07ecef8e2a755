import type { PanelProps } from '../model/panel.ts';

export function ContextPanel({ store }: PanelProps) {
  return <section>{store.link}</section>;
}
