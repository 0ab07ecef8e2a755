/** Who is over the participant limit, and who comes back too often to be removed again. */
import type { ConditionReport } from '../events.ts';
import { everybodyIn, type Census } from './census.logic.ts';
import { isCounted, type Person } from './person.logic.ts';

export type PastRemoval = { readonly identity: string; readonly at: number };

type Met = Extract<ConditionReport, { type: 'condition.met' }>;

/** Removals of one identity within `EVADED_WITHIN_MS` after which it is left alone for that time. */
const EVADED_AFTER = 5;
const EVADED_WITHIN_MS = 60_000;
/** The count may swing around the limit. */
const RESOLVE_AFTER_MS = 5_000;
const SHOWN = 20;
const MAX_PAST = 1_000;

export const overBy = ({ present }: Census, limit: number | null): number =>
  limit === null ? 0 : Math.max(0, present - limit);

/** Those over the limit, the newest first. Agents and recorders neither count nor go. */
export function newestOver(census: Census, limit: number | null): readonly Person[] {
  const count = overBy(census, limit);
  if (count === 0) return [];
  return everybodyIn(census).filter(isCounted).toSorted(byNewest).slice(0, count);
}

/** By the server's clock alone: ours may be ahead or behind. Of whom it said nothing, we were told since. */
function byNewest(one: Person, other: Person): number {
  const before = one.serverJoinedAt ?? Infinity;
  const after = other.serverJoinedAt ?? Infinity;
  return before === after ? other.order - one.order : after - before;
}

/** Whether who is newer than whom is known without asking the server. */
export const isOrderKnown = (census: Census, limit: number | null): boolean =>
  newestOver(census, limit).every(({ serverJoinedAt }) => serverJoinedAt !== null);

/** The removals that still count. */
export const recentRemovals = (past: readonly PastRemoval[], at: number): readonly PastRemoval[] =>
  past.filter((removal) => at - removal.at < EVADED_WITHIN_MS).slice(-MAX_PAST);

export const isEvading = (recent: readonly PastRemoval[], identity: string): boolean =>
  recent.filter((removal) => removal.identity === identity).length >= EVADED_AFTER;

export const limitExceeded = (
  at: number,
  limit: number,
  { present }: Census,
  over: readonly Person[],
): Met => ({
  type: 'condition.met',
  at,
  key: 'participant_limit',
  severity: 'warning',
  message: `There are more participants in the room than its limit of ${limit}`,
  evidence: { limit, participants: present, over: shown(over) },
  resolveAfterMs: RESOLVE_AFTER_MS,
});

export const limitEvaded = (at: number, limit: number, identities: readonly string[]): Met => ({
  type: 'condition.met',
  at,
  key: 'participant_limit_evaded',
  severity: 'warning',
  message: `Somebody was removed ${EVADED_AFTER} times within a minute and comes back`,
  evidence: { limit, who: identities.slice(0, SHOWN) },
});

export const limitUnenforced = (
  at: number,
  limit: number,
  identities: readonly string[],
  problem: string,
): Met => ({
  type: 'condition.met',
  at,
  key: 'participant_limit_unenforced',
  severity: 'warning',
  message: 'Participants over the limit could not be removed',
  evidence: { limit, who: identities.slice(0, SHOWN), problem },
});

const shown = (people: readonly Person[]): readonly string[] =>
  people.slice(0, SHOWN).map(({ identity }) => identity);
