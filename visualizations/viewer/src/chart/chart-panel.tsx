import type { PanelProps } from '../model/panel.ts';

export function ChartPanel({ store }: PanelProps) {
  return <section>{store.link}</section>;
}
