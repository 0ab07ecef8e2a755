import type { PanelProps } from '../model/panel.ts';

export function AlertsPanel({ store }: PanelProps) {
  return <section>{store.link}</section>;
}
