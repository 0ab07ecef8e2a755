import type { LinkState } from '../model/store.ts';

/** What the page waits for, if for anything. */
export function statusText(link: LinkState, isConnected: boolean, host: string | null): string {
  if (link === 'refused') return 'The relay wants a token.';
  if (link === 'lost') return 'The connection to greenroom is lost; it is tried again.';
  if (link === 'connecting') return 'Connecting to greenroom.';
  if (!isConnected) return `Waiting for the inspector of ${host ?? 'Stately'}.`;
  return 'Live.';
}

const number = new Intl.NumberFormat('en');

export function countText(sent: number, leftOut: number): string {
  const shown = `${number.format(sent)} shown`;
  if (leftOut === 0) return shown;
  return `${shown}, ${number.format(leftOut)} left out: more than 200 a second, or measured at a high rate. The newest state follows instead.`;
}
