import type { PanelProps } from '../model/panel.ts';
import type { PageLocation } from '../model/location.ts';

export function TreePanel({ store }: PanelProps & { readonly location: PageLocation }) {
  return <section>{store.link}</section>;
}
