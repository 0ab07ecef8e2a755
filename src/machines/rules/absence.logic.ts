import type { RuleFact } from './fact-paths.ts';
import { findConnection, nobody, type People } from './people.logic.ts';

type Known = { readonly before: People; readonly after: People };

/** What was told while our own connection was lost, without the leaves and joins of those who stayed. */
export const withoutReturns = (
  { before, after }: Known,
  facts: readonly RuleFact[],
): readonly RuleFact[] =>
  facts.flatMap((fact): readonly RuleFact[] => {
    switch (fact.type) {
      case 'participant.connected': {
        const { identity, sid, tracks } = fact.participant;
        if (!isThere(before, fact.participant)) return [fact];
        return tracks
          .filter((track) => !hasTrack(before, fact.participant, track.sid))
          .map((track) => ({ type: 'track.published', at: fact.at, identity, sid, track }));
      }
      case 'participant.disconnected':
        return isThere(before, fact) && isThere(after, fact) ? [] : [fact];
      case 'participant.active':
        return isThere(before, fact) ? [] : [fact];
      case 'track.published':
        return hasTrack(before, fact, fact.track.sid) ? [] : [fact];
      case 'track.unpublished':
        return hasTrack(after, fact, fact.trackSid) ? [] : [fact];
      default:
        return [fact];
    }
  });

/** What of a fact of that time may turn out to be true: somebody who was there before does not arrive. */
export const unlessReturn = (before: People, fact: RuleFact): readonly RuleFact[] =>
  withoutReturns({ before, after: nobody }, [fact]);

const isThere = (people: People, { sid }: { readonly sid: string }): boolean =>
  findConnection(people, sid) !== null;

const hasTrack = (people: People, owner: { readonly sid: string }, trackSid: string): boolean =>
  findConnection(people, owner.sid)?.tracks.some(({ sid }) => sid === trackSid) ?? false;
