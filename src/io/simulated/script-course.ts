import type { Happening, Script } from './script.ts';

/** Everybody in a script, in the order of appearance. */
export function identitiesOf(script: Script): readonly string[] {
  return [
    ...new Set(
      script.flatMap(({ happening }) => ('identity' in happening ? [happening.identity] : [])),
    ),
  ];
}

/** When everything that a script brings about has happened, in milliseconds since its start. */
export function endOf(script: Script): number {
  return script.reduce(
    (endMs, { atMs, happening }) => Math.max(endMs, atMs + lastingMs(happening)),
    0,
  );
}

/** What the last step brings about in a session: silence after 1 s, `disconnected` after 2 s. */
export const SETTLE_MS = 3_000;
/** A room that all have left closes after 20 s, and its sessions end with it. */
export const CLOSING_MS = 25_000;

/** Somebody comes into the room, or may do so: at this time, in milliseconds since the start. */
export type Arrival = { readonly atMs: number; readonly identity: string };

export function arrivalsOf(script: Script): readonly Arrival[] {
  return script.flatMap(({ atMs, happening }) => {
    if (happening.type === 'join' || happening.type === 'return') {
      return [{ atMs, identity: happening.identity }];
    }
    return happening.type === 'freeze'
      ? [{ atMs: atMs + lastingMs(happening), identity: happening.identity }]
      : [];
  });
}

/** The server, or the agents' own connections, take so long at most (see the director). */
const noticeDropMs = 21_000;
const reconnectMs = 2_000;
const giveUpMs = 11_000;
/** Somebody who was frozen comes back a moment later. */
const thawMs = 1_000;

function lastingMs(happening: Happening): number {
  switch (happening.type) {
    case 'speak':
      return happening.durationMs ?? 0;
    case 'stall':
    case 'refuse':
      return happening.durationMs;
    case 'freeze':
      return happening.durationMs + thawMs;
    case 'drop':
      return noticeDropMs;
    case 'ownConnection':
      return happening.course === 'fails' ? giveUpMs : reconnectMs;
    default:
      return 0;
  }
}
