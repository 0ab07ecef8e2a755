import type { ParticipantRef } from '../events.ts';
import { findSame } from './census.logic.ts';
import { isEvading, recentRemovals, type PastRemoval } from './participant-limit.logic.ts';
import type { Person } from './person.logic.ts';
import type { RoomAnalyticsContext } from './room-analytics.context.ts';

/** What has to become of the removals, since others are in the room than before. */
export type RemovalPlan = {
  /** Those who have gone. */
  readonly gone: readonly ParticipantRef[];
  /** Those who are over the limit no more. */
  readonly spared: readonly ParticipantRef[];
  /** Those who are over it, and are not being removed yet. */
  readonly begun: readonly Person[];
  /** Identities that are left alone, for they come back too often. */
  readonly evading: readonly string[];
  readonly pastRemovals: readonly PastRemoval[];
};

/** Removals at once; further participants over the limit wait for those to be done. */
const MAX_REMOVING = 100;

/** @param over those who are over the limit, the newest first. */
export function planRemovals(
  context: Pick<RoomAnalyticsContext, 'census' | 'removing' | 'seenAt' | 'pastRemovals'>,
  over: readonly Person[],
): RemovalPlan {
  const { census, removing, seenAt } = context;
  const pastRemovals = recentRemovals(context.pastRemovals, seenAt);
  const overSids = sidsOf(over);
  const removingSids = sidsOf(removing);
  const isOver = ({ sid }: ParticipantRef): boolean => overSids.has(sid);
  const isHere = (ref: ParticipantRef): boolean => findSame(census, ref) !== undefined;
  const kept = removing.filter(isOver);
  const others = over.filter(({ sid }) => !removingSids.has(sid));
  return {
    gone: removing.filter((ref) => !isHere(ref)),
    spared: removing.filter((ref) => isHere(ref) && !isOver(ref)),
    begun: others
      .filter(({ identity }) => !isEvading(pastRemovals, identity))
      .slice(0, MAX_REMOVING - kept.length),
    evading: others
      .filter(({ identity }) => isEvading(pastRemovals, identity))
      .map(({ identity }) => identity)
      .slice(0, MAX_REMOVING),
    pastRemovals,
  };
}

const sidsOf = (refs: readonly ParticipantRef[]): ReadonlySet<string> =>
  new Set(refs.map(({ sid }) => sid));
