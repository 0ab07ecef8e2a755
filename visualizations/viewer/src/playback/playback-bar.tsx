import type { PanelProps } from '../model/panel.ts';

export function PlaybackBar({ store }: PanelProps) {
  return <section>{store.link}</section>;
}
