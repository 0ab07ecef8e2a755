/** Who comes and leaves: the counts, and what our own reconnect must not change of them. */
import type { ParticipantInfo, ParticipantRef, RosterEntry } from '../events.ts';
import {
  changePerson,
  closeTurn,
  everybodyIn,
  findPerson,
  findSame,
  people,
  putPerson,
  type Census,
} from './census.logic.ts';
import { cameBack, endTurn, isCounted, newPerson, type Person } from './person.logic.ts';
import { countTrack, publish, removeTrack } from './room-tracks.logic.ts';

/** What becomes of the census, and who came or left by that. */
export type Counted = {
  readonly census: Census;
  readonly joined: readonly Person[];
  /** As they were when they left, their turns ended. */
  readonly left: readonly Person[];
};

type At = { readonly at: number };
type About = At & ParticipantRef;
/** Further participants at once are not followed. */
const MAX_PEOPLE = 10_000;
/** Further identities are not told apart. */
const MAX_IDENTITIES = 10_000;
const IDENTITIES_IN_PIECE = 100;

const quietly = (census: Census): Counted => ({ census, joined: [], left: [] });

/** Somebody comes, is back after our own reconnect, or was there before us. */
export function enter(
  census: Census,
  { participant, at }: At & { readonly participant: ParticipantInfo },
): Counted {
  const known = findPerson(census, participant.identity);
  if (known?.sid === participant.sid) {
    const back = cameBack(known, participant, at);
    return quietly(publishAll(putPerson(census, back), participant));
  }
  // The server lets nobody in twice: the end of the earlier connection was not told of.
  const before = known ? remove(census, known, at) : quietly(census);
  if (before.census.everybody >= MAX_PEOPLE) return before;
  const person = newPerson(participant, { at, order: before.census.entries });
  const counted = publishAll(countEntry(putPerson(before.census, person), person), participant);
  return { ...before, census: counted, joined: [findSame(counted, person) ?? person] };
}

function countEntry(census: Census, person: Person): Census {
  const { kind, identity } = person;
  const joinsByKind = { ...census.joinsByKind, [kind]: (census.joinsByKind[kind] ?? 0) + 1 };
  const entered = {
    ...census,
    joinsByKind,
    everybody: census.everybody + 1,
    entries: census.entries + 1,
  };
  if (!isCounted(person)) return entered;
  const present = census.present + 1;
  return {
    ...countIdentity(entered, identity),
    present,
    peakPresent: Math.max(census.peakPresent, present),
    joins: census.joins + 1,
  };
}

function countIdentity(census: Census, identity: string): Census {
  if (census.identities.some((piece) => piece.includes(identity))) return census;
  if (census.identityCount >= MAX_IDENTITIES) return { ...census, identitiesAreExact: false };
  return {
    ...census,
    identities: withOneMore(census.identities, identity),
    identityCount: census.identityCount + 1,
  };
}

function withOneMore(pieces: Census['identities'], identity: string): Census['identities'] {
  const last = pieces.at(-1);
  return last === undefined || last.length >= IDENTITIES_IN_PIECE
    ? [...pieces, [identity]]
    : pieces.with(-1, [...last, identity]);
}

export function leave(census: Census, { at, ...ref }: About): Counted {
  const person = findSame(census, ref);
  return person ? remove(census, person, at) : quietly(census);
}

function remove(census: Census, person: Person, at: number): Counted {
  const silent = person.speakingSince === null ? census : closeTurn(census, person, at);
  const gone = { ...endTurn(person, at), leftAt: at };
  const empty = person.tracks.reduce((now, { source }) => countTrack(now, source, -1), silent);
  const left = isCounted(person) ? 1 : 0;
  return {
    census: {
      ...empty,
      people: people.remove(empty.people, person.sid),
      speakers: empty.speakers.filter((identity) => identity !== person.identity),
      everybody: empty.everybody - 1,
      present: empty.present - left,
      leaves: empty.leaves + left,
    },
    joined: [],
    left: [gone],
  };
}

/** A leave while our own connection is away may be our reconnect, which brings the same connection again. */
export const holdLeave = (census: Census, { at, ...ref }: About): Census =>
  changePerson(census, ref, (person) => ({ ...person, leftAt: at }));

/** What was held and did not come back was an end. */
export function settle(census: Census): Counted {
  return everybodyIn(census).reduce<Counted>((before, person) => {
    if (person.leftAt !== null) {
      const after = remove(before.census, person, person.leftAt);
      return { ...after, left: [...before.left, ...after.left] };
    }
    const ended = person.tracks.filter(({ isHeld }) => isHeld);
    const now = ended.reduce((one, track) => removeTrack(one, person, track), before.census);
    return { ...before, census: now };
  }, quietly(census));
}

/** Takes from the server's list when those came of whom it did not say so before. */
export function noteRoster(census: Census, roster: readonly RosterEntry[]): Census {
  return roster.reduce(
    (now, { joinedAt, identity, sid }) =>
      changePerson(now, { identity, sid }, (person) =>
        person.serverJoinedAt === null ? { ...person, serverJoinedAt: joinedAt } : person,
      ),
    census,
  );
}

const publishAll = (census: Census, { tracks, ...ref }: ParticipantInfo): Census =>
  tracks.reduce((now, track) => publish(now, { ...ref, track }), census);
