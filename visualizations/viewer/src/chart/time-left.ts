const TENTH_MS = 100;
const TENTHS_IN_SECOND = 10;
const SECONDS_IN_MINUTE = 60;
const SECONDS_IN_HOUR = 3_600;

/** How long it is to `dueAt`, in two units at most: `1.4 s`, `2 min 05 s`, `1 h 30 min`; rounded up. */
export function timeLeft(dueAt: number, at: number): string {
  if (dueAt <= at) return 'due';
  const tenths = Math.ceil((dueAt - at) / TENTH_MS);
  const seconds = Math.ceil(tenths / TENTHS_IN_SECOND);
  if (tenths < 10 * TENTHS_IN_SECOND) return `${(tenths / TENTHS_IN_SECOND).toFixed(1)} s`;
  if (seconds < SECONDS_IN_MINUTE) return `${seconds} s`;
  const minutes = Math.floor(seconds / SECONDS_IN_MINUTE);
  if (seconds < SECONDS_IN_HOUR) return `${minutes} min ${two(seconds % SECONDS_IN_MINUTE)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

const two = (value: number): string => String(value).padStart(2, '0');
