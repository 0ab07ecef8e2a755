import type { RosterEntry } from '../events.ts';

/** Whom an agent serves, as its participant attributes say it to the agents of other workers. */
export type Claim = {
  /** The agent's own name. */
  readonly agent: string;
  /** What it serves (`AgentDefinition.serves`). */
  readonly serves: string;
};

const AGENT = 'greenroom.agent';
const SERVES = 'greenroom.serves';

/** The attributes that an agent's participant carries from its join on. */
export const claimAttributes = ({ agent, serves }: Claim): Readonly<Record<string, string>> => ({
  [AGENT]: agent,
  [SERVES]: serves,
});

const makesClaim = ({ attributes }: RosterEntry, { agent, serves }: Claim): boolean =>
  attributes[AGENT] === agent && attributes[SERVES] === serves;

/** By the server's clock; of two that joined in the same millisecond the identity decides. */
const isEarlier = (one: RosterEntry, other: RosterEntry): boolean =>
  one.joinedAt < other.joinedAt ||
  (one.joinedAt === other.joinedAt && one.identity < other.identity);

export const findSelf = (
  roster: readonly RosterEntry[],
  identity: string,
): RosterEntry | undefined => roster.find((entry) => entry.identity === identity);

/**
 * The identities of those who make the same claim and came before this agent.
 *
 * All agents come to the same order: whoever is listed was there, with attributes, before it was
 * told that it is in.
 */
export function findElders(
  roster: readonly RosterEntry[],
  self: RosterEntry,
  claim: Claim,
): readonly string[] {
  return roster
    .filter((entry) => entry !== self && makesClaim(entry, claim) && isEarlier(entry, self))
    .map(({ identity }) => identity);
}
