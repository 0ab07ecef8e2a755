import { describe, expect, it } from 'vitest';
import type { JobMetadata, JobOffer } from '../../../src/machines/worker/events.ts';
import {
  decideOffer,
  rememberKey,
  servedKey,
  type OfferSituation,
} from '../../../src/machines/worker/offer.logic.ts';

const good: JobMetadata = { ok: true, value: {}, key: 'AD_1/alice', target: 'alice' };
const bad: JobMetadata = { ok: false, problems: [{ path: '', expected: 'JSON' }] };

const offerTo = (identity: string | null, metadata: JobMetadata = good): JobOffer => ({
  jobId: 'AJ_1',
  dispatchId: 'AD_1',
  agent: 'monitor',
  jobType: 'participant',
  room: { name: 'class', sid: 'RM_1' },
  participant: identity === null ? null : { identity, sid: 'PA_1' },
  metadata,
});

const key = servedKey('monitor', 'AD_1/alice');
const idle: OfferSituation = {
  liveKeys: [],
  endedKeys: [],
  fullReason: null,
  isKeptForOthers: false,
};
const live: OfferSituation = { ...idle, liveKeys: [key] };
const ended: OfferSituation = { ...idle, endedKeys: [key] };
const full: OfferSituation = { ...idle, fullReason: 'at_capacity' };
const kept: OfferSituation = { ...idle, isKeptForOthers: true };
const anybodys: JobMetadata = { ...good, target: null };

describe('the decision', () => {
  it.each([
    [
      '[OFF-1] accepts the first offer, of the target',
      offerTo('alice'),
      idle,
      'accept',
      'accepted',
    ],
    [
      '[OFF-1] accepts the first offer, whoever caused it',
      offerTo('bob'),
      idle,
      'accept',
      'accepted',
    ],
    ['[OFF-1] accepts an offer that nobody caused', offerTo(null), idle, 'accept', 'accepted'],
    [
      '[OFF-2] terminates an offer whose metadata cannot be read',
      offerTo('alice', bad),
      idle,
      'terminate',
      'metadata_invalid',
    ],
    [
      '[OFF-2] terminates it also where there is no room',
      offerTo('alice', bad),
      full,
      'terminate',
      'metadata_invalid',
    ],
    ['[OFF-3] terminates what a live job serves', offerTo('bob'), live, 'terminate', 'key_live'],
    [
      '[OFF-3] terminates it also where it is the target: its session lives on',
      offerTo('alice'),
      live,
      'terminate',
      'key_live',
    ],
    [
      '[OFF-3] terminates it also where there is no room',
      offerTo('bob'),
      { ...live, fullReason: 'draining' },
      'terminate',
      'key_live',
    ],
    ['[OFF-4] opens another for the target', offerTo('alice'), ended, 'accept', 'accepted'],
    ['[OFF-4] opens none for anybody else', offerTo('bob'), ended, 'terminate', 'key_ended'],
    ['[OFF-4] opens none for nobody', offerTo(null), ended, 'terminate', 'key_ended'],
    [
      '[OFF-4] opens another for all where there is no target',
      offerTo('bob', anybodys),
      ended,
      'accept',
      'accepted',
    ],
    [
      '[OFF-5] is unavailable at its capacity',
      offerTo('alice'),
      full,
      'unavailable',
      'at_capacity',
    ],
    [
      '[OFF-16] is unavailable where the free places are kept for other agents',
      offerTo('alice'),
      kept,
      'unavailable',
      'kept_for_others',
    ],
    [
      '[OFF-5] is unavailable while it drains',
      offerTo('alice'),
      { ...idle, fullReason: 'draining' },
      'unavailable',
      'draining',
    ],
    [
      '[OFF-5] is unavailable while the event loop lags',
      offerTo('alice'),
      { ...ended, fullReason: 'event_loop_lag' },
      'unavailable',
      'event_loop_lag',
    ],
  ] as const)('%s', (_title, offer, situation, answer, reason) => {
    expect(decideOffer(offer, situation)).toEqual({ answer, reason });
  });

  it('[OFF-3] keeps the keys of two agents apart', () => {
    const other = { ...offerTo('alice'), agent: 'other' };
    expect(decideOffer(other, live).answer).toBe('accept');
    expect(servedKey('a', 'b","c')).not.toBe(servedKey('a","b', 'c'));
  });
});

describe('the memory of ended keys', () => {
  it('[OFF-6] forgets the oldest beyond its limit', () => {
    expect(rememberKey(['a', 'b', 'c'], 'd', 3)).toEqual(['b', 'c', 'd']);
  });

  it('[OFF-6] holds a key once, by its latest end', () => {
    expect(rememberKey(['a', 'b', 'c'], 'a', 3)).toEqual(['b', 'c', 'a']);
  });
});
