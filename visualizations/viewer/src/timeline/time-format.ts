import { timeLeft } from '../chart/time-left.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** Time of day where the page is, such as `14:02:07`. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** With milliseconds: `14:02:07.125`. */
export const exactTime = (at: number): string =>
  `${clockTime(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;

/** In full and in UTC, as it stands in a log. */
export const logTime = (at: number): string => new Date(at).toISOString();

/** How long something took: `340 ms`, `1.4 s`, `2 min 05 s`. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.max(0, Math.round(ms))} ms` : timeLeft(ms, 0);
}

/** Since a start, with a sign: `+1.250 s`, `+12:03.250`. */
export function sinceStart(at: number, startedAt: number): string {
  const ms = Math.round(at - startedAt);
  const sign = ms < 0 ? '-' : '+';
  const whole = Math.abs(ms);
  const seconds = ((whole % 60_000) / 1_000).toFixed(3);
  if (whole < 60_000) return `${sign}${seconds} s`;
  const minutes = Math.floor(whole / 60_000);
  const hours = Math.floor(minutes / 60);
  const rest = `${two(minutes % 60)}:${seconds.padStart(6, '0')}`;
  return hours === 0 ? `${sign}${rest}` : `${sign}${hours}:${rest}`;
}
