/** What is kept of one participant who is in the room: plain data, of a bounded size. */
import type {
  ConnectionQuality,
  ParticipantInfo,
  ParticipantKind,
  ParticipantRef,
  TrackInfo,
  TrackKind,
  TrackSource,
} from '../events.ts';
import { excerptOf } from './excerpt.logic.ts';
import type { TrackQuality } from './track-quality.logic.ts';

export type RoomTrack = {
  readonly sid: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly muted: boolean;
  readonly state: 'published' | 'subscribed' | 'failed';
  /** It ended while our own connection was away, and may be told of again. */
  readonly isHeld: boolean;
  /** Null where it is not measured. */
  readonly quality: TrackQuality | null;
};

/** A change of metadata or attributes; of attributes the changed ones only. */
type PersonChange = {
  readonly at: number;
  readonly metadata?: string;
  readonly attributes?: Readonly<Record<string, string>>;
};

export type Person = ParticipantRef & {
  readonly name: string;
  readonly kind: ParticipantKind;
  /** When we were told of it: epoch milliseconds by our clock, as all other times here. */
  readonly joinedAt: number;
  /** By the server's clock, which says who came first and nothing else; null while it has not said so. */
  readonly serverJoinedAt: number | null;
  /** In which we were told of them. */
  readonly order: number;
  readonly active: boolean;
  /** Null while it is here. Those who left while our own connection was away may be told of again. */
  readonly leftAt: number | null;
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The last ones, oldest first. */
  readonly changes: readonly PersonChange[];
  readonly quality: ConnectionQuality | 'unknown';
  readonly qualityAt: number | null;
  readonly speakingSince: number | null;
  readonly speakingMs: number;
  readonly turns: number;
  readonly tracks: readonly RoomTrack[];
};

const MAX_NAME = 120;
const MAX_METADATA = 500;
const MAX_ATTRIBUTES = 20;
const MAX_ATTRIBUTE = 120;
/** Changes that are kept; the oldest give way. */
const MAX_CHANGES = 5;
/** Further tracks of one participant are neither followed nor counted. */
export const MAX_TRACKS = 50;

type Entry = { readonly at: number; readonly order: number };

export const newPerson = (
  { identity, sid, name, kind, metadata, attributes, active, joinedAt }: ParticipantInfo,
  { at, order }: Entry,
): Person => ({
  identity,
  sid,
  name: excerptOf(name, MAX_NAME),
  kind,
  joinedAt: at,
  serverJoinedAt: joinedAt ?? null,
  order,
  active,
  leftAt: null,
  metadata: metadataExcerpt(metadata),
  attributes: attributesExcerpt(attributes),
  changes: [],
  quality: 'unknown',
  qualityAt: null,
  speakingSince: null,
  speakingMs: 0,
  turns: 0,
  tracks: [],
});

export const newTrack = ({ sid, kind, source, muted }: TrackInfo): RoomTrack => ({
  sid,
  kind,
  source,
  muted,
  state: 'published',
  isHeld: false,
  quality: null,
});

/** Whoever counts for figures and limit: everybody but agents and recorders. */
export const isCounted = ({ kind }: { readonly kind: ParticipantKind }): boolean =>
  kind !== 'agent' && kind !== 'egress';

export const metadataExcerpt = (metadata: string): string => excerptOf(metadata, MAX_METADATA);

const attributesExcerpt = (attributes: Person['attributes']): Person['attributes'] =>
  Object.fromEntries(
    Object.entries(attributes)
      .slice(0, MAX_ATTRIBUTES)
      .map(([key, value]) => [excerptOf(key, MAX_ATTRIBUTE), excerptOf(value, MAX_ATTRIBUTE)]),
  );

export function changeMetadata(person: Person, metadata: string, at: number): Person {
  const kept = metadataExcerpt(metadata);
  return { ...person, metadata: kept, changes: withChange(person, { at, metadata: kept }) };
}

/** An attribute that was taken away comes as an empty text. */
export function changeAttributes(
  person: Person,
  changed: Readonly<Record<string, string>>,
  at: number,
): Person {
  const kept = attributesExcerpt(changed);
  const attributes = Object.fromEntries(
    Object.entries({ ...person.attributes, ...kept }).filter(([, value]) => value !== ''),
  );
  return {
    ...person,
    attributes: attributesExcerpt(attributes),
    changes: withChange(person, { at, attributes: kept }),
  };
}

/** As somebody is told of who was there before our own connection was away: what changed meanwhile is a change now. */
export function cameBack(known: Person, told: ParticipantInfo, at: number): Person {
  const here = { ...known, leftAt: null, active: known.active || told.active };
  const isNew = metadataExcerpt(told.metadata) !== known.metadata;
  const renewed = isNew ? changeMetadata(here, told.metadata, at) : here;
  const now = attributesExcerpt(told.attributes);
  const gone = Object.keys(known.attributes).filter((key) => !Object.hasOwn(now, key));
  const changed = Object.entries(now).filter(([key, value]) => known.attributes[key] !== value);
  if (gone.length + changed.length === 0) return renewed;
  const taken = gone.map((key) => [key, ''] as const);
  return changeAttributes(renewed, Object.fromEntries([...taken, ...changed]), at);
}

const withChange = ({ changes }: Person, change: PersonChange): readonly PersonChange[] =>
  [...changes, change].slice(-MAX_CHANGES);

export const changeTrack = (
  person: Person,
  trackSid: string,
  changed: Partial<RoomTrack>,
): Person => ({
  ...person,
  tracks: person.tracks.map((track) => (track.sid === trackSid ? { ...track, ...changed } : track)),
});

export const beginTurn = (person: Person, at: number): Person => ({
  ...person,
  speakingSince: at,
  turns: person.turns + 1,
});

export const endTurn = (person: Person, at: number): Person => ({
  ...person,
  speakingSince: null,
  speakingMs: person.speakingMs + turnMs(person, at),
});

export const turnMs = ({ speakingSince }: Person, at: number): number =>
  speakingSince === null ? 0 : Math.max(0, at - speakingSince);
