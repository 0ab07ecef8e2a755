import type { ParticipantInfo, ParticipantRef, TrackInfo } from '../events.ts';
import type { RuleFact } from './fact-paths.ts';

/** Somebody in the room, as far as rules must know. */
export type Person = ParticipantRef & {
  readonly name: string;
  readonly kind: ParticipantInfo['kind'];
  readonly tracks: readonly TrackInfo[];
};

type Shard = Readonly<Record<string, Person>>;

/**
 * Who is in the room, by identity. In shards, so that what changes with one person is not copied for all:
 * 5,000 at most, those who come later are not known.
 */
export type People = { readonly count: number; readonly shards: readonly Shard[] };

const SHARDS = 64;
const MAX_PEOPLE = 5_000;
const MAX_TRACKS = 50;

export const nobody: People = { count: 0, shards: Array.from({ length: SHARDS }, () => ({})) };

export function findPerson({ shards }: People, identity: string): Person | null {
  const shard = shards[shardOf(identity)] ?? {};
  const key = keyOf(identity);
  return Object.hasOwn(shard, key) ? (shard[key] ?? null) : null;
}

/** Keeps what a fact changes. */
export function notePeople(people: People, fact: RuleFact): People {
  switch (fact.type) {
    case 'room.connected':
      return fact.participants.reduce(enter, nobody);
    case 'participant.connected':
      return enter(people, fact.participant);
    case 'participant.disconnected':
      return leave(people, fact);
    case 'track.published':
      return changeTracks(people, fact, (tracks) =>
        [...tracks.filter(({ sid }) => sid !== fact.track.sid), fact.track].slice(-MAX_TRACKS),
      );
    case 'track.unpublished':
      return changeTracks(people, fact, (tracks) =>
        tracks.filter(({ sid }) => sid !== fact.trackSid),
      );
    case 'track.muted':
    case 'track.unmuted': {
      const muted = fact.type === 'track.muted';
      return changeTracks(people, fact, (tracks) =>
        tracks.map((track) => (track.sid === fact.trackSid ? { ...track, muted } : track)),
      );
    }
    default:
      return people;
  }
}

function enter(people: People, { identity, sid, name, kind, tracks }: ParticipantInfo): People {
  const isKnown = findPerson(people, identity) !== null;
  if (!isKnown && people.count >= MAX_PEOPLE) return people;
  const person = { identity, sid, name, kind, tracks: tracks.slice(-MAX_TRACKS) };
  return put(people, person, isKnown ? 0 : 1);
}

function leave(people: People, { identity, sid }: ParticipantRef): People {
  // The leave of an earlier connection may come after the join of the next.
  if (findPerson(people, identity)?.sid !== sid) return people;
  const index = shardOf(identity);
  const left = keyOf(identity);
  const others = Object.entries(people.shards[index] ?? {}).filter(([key]) => key !== left);
  const shards = people.shards.with(index, Object.fromEntries(others));
  return { count: people.count - 1, shards };
}

function changeTracks(
  people: People,
  { identity, sid }: ParticipantRef,
  changed: (tracks: readonly TrackInfo[]) => readonly TrackInfo[],
): People {
  const person = findPerson(people, identity);
  if (person?.sid !== sid) return people;
  return put(people, { ...person, tracks: changed(person.tracks) }, 0);
}

function put({ count, shards }: People, person: Person, more: number): People {
  const index = shardOf(person.identity);
  const shard = { ...shards[index], [keyOf(person.identity)]: person };
  return { count: count + more, shards: shards.with(index, shard) };
}

/** An identity can be any text, also the name of what every object has. */
const keyOf = (identity: string): string => `@${identity}`;

function shardOf(identity: string): number {
  let hash = 0;
  for (let index = 0; index < identity.length; index += 1) {
    hash = (Math.imul(hash, 31) + identity.charCodeAt(index)) >>> 0;
  }
  return hash % SHARDS;
}
