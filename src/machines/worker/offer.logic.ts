import type { FullReason, OfferDecision } from './connection.events.ts';
import type { JobOffer } from './events.ts';

/** What a worker knows when an offer comes. */
export type OfferSituation = {
  /** The keys that jobs here serve now, see {@link servedKey}. */
  readonly liveKeys: readonly string[];
  /** The keys that jobs here have served; the latest `maxEndedKeys`. */
  readonly endedKeys: readonly string[];
  readonly fullReason: FullReason | null;
  /** Whether the places that are left are kept for other agents. */
  readonly isKeptForOthers: boolean;
};

/**
 * Decides on an offer, without asking anybody: the server waits less than 3 s in all.
 *
 * `terminate` comes before `unavailable`, also where there is no room: it spares the server the walk
 * through all other workers with an offer that nobody may take.
 */
export function decideOffer(offer: JobOffer, situation: OfferSituation): OfferDecision {
  const { metadata } = offer;
  if (!metadata.ok) return { answer: 'terminate', reason: 'metadata_invalid' };
  const key = servedKey(offer.agent, metadata.key);
  if (situation.liveKeys.includes(key)) return { answer: 'terminate', reason: 'key_live' };
  const isTargets = metadata.target === null || metadata.target === offer.participant?.identity;
  if (situation.endedKeys.includes(key) && !isTargets) {
    return { answer: 'terminate', reason: 'key_ended' };
  }
  if (situation.fullReason) return { answer: 'unavailable', reason: situation.fullReason };
  if (situation.isKeptForOthers) return { answer: 'unavailable', reason: 'kept_for_others' };
  return { answer: 'accept', reason: 'accepted' };
}

/** A key as the worker keeps it: two agents may give the same one. */
export const servedKey = (agent: string, key: string): string => JSON.stringify([agent, key]);

/** Remembers that a key was served; beyond `maxKeys` the oldest is forgotten. */
export function rememberKey(
  endedKeys: readonly string[],
  key: string,
  maxKeys: number,
): readonly string[] {
  return [...endedKeys.filter((known) => known !== key), key].slice(-maxKeys);
}
