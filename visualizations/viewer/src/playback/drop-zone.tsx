import type { PanelProps } from '../model/panel.ts';

export function DropZone({ store }: PanelProps) {
  return <section>{store.link}</section>;
}
