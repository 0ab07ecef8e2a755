import type { PanelProps } from '../model/panel.ts';

export function TreePanel({ store }: PanelProps) {
  return <section>{store.link}</section>;
}
