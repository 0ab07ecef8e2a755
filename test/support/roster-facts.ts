import type { RosterEntry } from '../../src/machines/events.ts';
import { claimAttributes } from '../../src/machines/job/claim.logic.ts';
import { T0 } from './session-facts.ts';

/** What two workers may serve at once. */
export const sharedClaim = { agent: 'participant-monitor', serves: 'AD_1/alice' };

/** An agent in the server's list that serves {@link sharedClaim}, unless told otherwise. */
export const agentEntry = (
  identity: string,
  joinedAt = T0,
  more: Partial<RosterEntry> = {},
): RosterEntry => ({
  identity,
  sid: `PA_${identity}`,
  kind: 'agent',
  joinedAt,
  active: true,
  attributes: claimAttributes(sharedClaim),
  ...more,
});
