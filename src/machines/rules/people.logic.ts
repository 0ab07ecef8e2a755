import type { ParticipantInfo, ParticipantRef, TrackInfo } from '../events.ts';
import { noShards, shardedTable, type Shards } from '../sharded-table.logic.ts';
import type { RuleFact } from './fact-paths.ts';

/** Somebody in the room, as far as rules must know. */
export type Person = ParticipantRef & {
  readonly name: string;
  readonly kind: ParticipantInfo['kind'];
  readonly tracks: readonly TrackInfo[];
};

/** Who is in the room, by their connections: 5,000 at most, those who come later are not known. */
export type People = { readonly count: number; readonly shards: Shards<Person> };

const MAX_PEOPLE = 5_000;
const MAX_TRACKS = 50;

const table = shardedTable<Person>(({ sid }) => sid);

export const nobody: People = { count: 0, shards: noShards };

export const findConnection = ({ shards }: People, sid: string): Person | null =>
  table.find(shards, sid) ?? null;

/** Looks at everybody: for what is rare. */
export const findPerson = ({ shards }: People, identity: string): Person | null =>
  table.findWhere(shards, (person) => person.identity === identity) ?? null;

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
  // The end of an earlier connection may come after the beginning of the next.
  const earlier = findPerson(people, identity);
  const others = earlier ? without(people, earlier.sid) : people;
  if (others.count >= MAX_PEOPLE) return others;
  const person = { identity, sid, name, kind, tracks: tracks.slice(-MAX_TRACKS) };
  return { count: others.count + 1, shards: table.put(others.shards, person) };
}

const leave = (people: People, { sid }: ParticipantRef): People =>
  findConnection(people, sid) ? without(people, sid) : people;

const without = ({ count, shards }: People, sid: string): People => ({
  count: count - 1,
  shards: table.remove(shards, sid),
});

function changeTracks(
  people: People,
  { sid }: ParticipantRef,
  changed: (tracks: readonly TrackInfo[]) => readonly TrackInfo[],
): People {
  const person = findConnection(people, sid);
  if (!person) return people;
  const { count, shards } = people;
  return { count, shards: table.put(shards, { ...person, tracks: changed(person.tracks) }) };
}
