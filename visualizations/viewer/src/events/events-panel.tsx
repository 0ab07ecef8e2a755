import type { PanelProps } from '../model/panel.ts';

export function EventsPanel({ store }: PanelProps) {
  return <section>{store.link}</section>;
}
