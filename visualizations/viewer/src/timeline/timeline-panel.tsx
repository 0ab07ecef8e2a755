import type { PanelProps } from '../model/panel.ts';

export function TimelinePanel({ store }: PanelProps) {
  return <section>{store.link}</section>;
}
