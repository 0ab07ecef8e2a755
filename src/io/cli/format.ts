/** A duration for people: `850ms`, `12.3s`, `4m05s`, `1h02m`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)}ms`;
  if (durationMs < 59_950) return `${(durationMs / 1_000).toFixed(1)}s`;
  const wholeSeconds = Math.round(durationMs / 1_000);
  const hours = Math.floor(wholeSeconds / 3_600);
  const minutes = Math.floor((wholeSeconds % 3_600) / 60);
  return hours > 0
    ? `${hours}h${twoDigits(minutes)}m`
    : `${minutes}m${twoDigits(wholeSeconds % 60)}s`;
}

/** Time since a beginning, as `mm:ss`; minutes go on beyond 59. */
export function formatElapsed(elapsedMs: number): string {
  const wholeSeconds = Math.max(0, Math.floor(elapsedMs / 1_000));
  return `${twoDigits(Math.floor(wholeSeconds / 60))}:${twoDigits(wholeSeconds % 60)}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** Identities are anybody's text: without what would move the cursor or turn the line around. */
export const printable = (text: string): string => text.replace(/\p{C}/gu, '?');
