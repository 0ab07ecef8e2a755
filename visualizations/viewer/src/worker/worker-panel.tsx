import type { PanelProps } from '../model/panel.ts';

export function WorkerPanel({ store }: PanelProps) {
  return <section>{store.link}</section>;
}
