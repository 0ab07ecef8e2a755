const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long it is to `dueAt`, in two units at most: `1.4 s`, `2 min 05 s`, `1 h 30 min`. */
export function timeLeft(dueAt: number, at: number): string {
  const leftMs = dueAt - at;
  if (leftMs <= 0) return 'due';
  if (leftMs < 10 * SECOND_MS) return `${(leftMs / SECOND_MS).toFixed(1)} s`;
  if (leftMs < MINUTE_MS) return `${Math.round(leftMs / SECOND_MS)} s`;
  if (leftMs < HOUR_MS) return inTwo(leftMs, MINUTE_MS, 'min', SECOND_MS, 's');
  return inTwo(leftMs, HOUR_MS, 'h', MINUTE_MS, 'min');
}

function inTwo(ms: number, bigMs: number, big: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % bigMs) / smallMs);
  return `${Math.floor(ms / bigMs)} ${big} ${String(rest).padStart(2, '0')} ${small}`;
}
