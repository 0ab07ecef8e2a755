/**
 * Who and what is in a room, from the moment of joining: plain data in parts, since each decision has to
 * cost the same in a room of ten and of five hundred.
 */
import type { ParticipantKind, ParticipantRef, TrackSource } from '../events.ts';
import { turnMs, type Person } from './person.logic.ts';
import { noShards, shardedTable, type Shards } from '../sharded-table.logic.ts';

export type BySource = Readonly<Record<TrackSource, number>>;

export type Census = {
  readonly people: Shards<Person>;
  /** Inside now, without agents and recorders. */
  readonly present: number;
  readonly peakPresent: number;
  /** The followed ones of all kinds. */
  readonly everybody: number;
  readonly entries: number;
  readonly joins: number;
  readonly leaves: number;
  readonly joinsByKind: Readonly<Partial<Record<ParticipantKind, number>>>;
  /** In the order in which they first came, in pieces: one more copies the last. */
  readonly identities: readonly (readonly string[])[];
  readonly identityCount: number;
  readonly identitiesAreExact: boolean;
  /** Published now. */
  readonly tracks: BySource;
  readonly peakTracks: number;
  readonly tracksPublished: BySource;
  readonly subscriptionFailures: number;
  /** Identities, loudest first. */
  readonly speakers: readonly string[];
  readonly peakSpeakers: number;
  readonly turns: number;
  /** Of the turns that have ended. */
  readonly speakingMs: number;
};

const noTracks: BySource = {
  unknown: 0,
  camera: 0,
  microphone: 0,
  screen_share: 0,
  screen_share_audio: 0,
};

export const emptyCensus: Census = {
  people: noShards,
  present: 0,
  peakPresent: 0,
  everybody: 0,
  entries: 0,
  joins: 0,
  leaves: 0,
  joinsByKind: {},
  identities: [],
  identityCount: 0,
  identitiesAreExact: true,
  tracks: noTracks,
  peakTracks: 0,
  tracksPublished: noTracks,
  subscriptionFailures: 0,
  speakers: [],
  peakSpeakers: 0,
  turns: 0,
  speakingMs: 0,
};

/** Of a census, by their connections. */
export const people = shardedTable<Person>(({ sid }) => sid);

export const sumOf = (counts: BySource): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Everybody, those included who are held; in no order. */
export const everybodyIn = ({ people: shards }: Census): readonly Person[] => shards.flat();

/** Looks at everybody, since no part is found by a name: microseconds among 500. */
export const findPerson = (census: Census, identity: string): Person | undefined =>
  people.findWhere(census.people, (person) => person.identity === identity);

/** Of this very connection. */
export const findSame = (census: Census, { sid }: ParticipantRef): Person | undefined =>
  people.find(census.people, sid);

export const putPerson = (census: Census, person: Person): Census => ({
  ...census,
  people: people.put(census.people, person),
});

/** Changes what is known of a connection; of one that is not there nothing is. */
export function changePerson(
  census: Census,
  ref: ParticipantRef,
  changed: (person: Person) => Person,
): Census {
  const person = findSame(census, ref);
  return person ? putPerson(census, changed(person)) : census;
}

/** Adds up the turn that goes on; `endTurn` ends it for the person. */
export const closeTurn = (census: Census, person: Person, at: number): Census => ({
  ...census,
  speakingMs: census.speakingMs + turnMs(person, at),
});
