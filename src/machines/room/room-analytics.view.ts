import type { ConnectionQuality } from '../events.ts';
import { everybodyIn } from './census.logic.ts';
import { figuresOf } from './figures.logic.ts';
import { tallyBy, type MessageTally, type Tally } from './message-tally.logic.ts';
import type { Person, RoomTrack } from './person.logic.ts';
import type { RoomAnalyticsContext, MetadataChange } from './room-analytics.context.ts';
import type { RoomAnalyticsSnapshot } from './room-analytics.machine.ts';
import type { RoomFigures } from './room-figures.ts';
import type { TrackReading } from './track-quality.logic.ts';

type TrackShown = Omit<RoomTrack, 'isHeld' | 'quality'> & {
  readonly last: TrackReading | null;
  readonly worst: TrackReading | null;
};

type PersonShown = Omit<Person, 'order' | 'serverJoinedAt' | 'leftAt' | 'tracks'> & {
  readonly tracks: readonly TrackShown[];
};

type Busy = Tally & { readonly name: string | null };

/** What is to be seen of a room at one moment. Times are epoch milliseconds. */
export type RoomView = {
  readonly state: 'watching' | 'ended';
  /** The regions of `watching`; null once it has ended. */
  readonly connection: string | null;
  readonly limit: string | null;
  readonly participantLimit: number | null;
  readonly figures: RoomFigures;
  readonly metadata: readonly MetadataChange[];
  readonly qualities: Readonly<Record<ConnectionQuality | 'unknown', number>>;
  readonly mutedTracks: number;
  readonly subscribedTracks: number;
  readonly subscriptionFailures: number;
  /** Identities, loudest first. */
  readonly speakers: readonly string[];
  /** The first 100 by their joins. */
  readonly participants: readonly PersonShown[];
  /** The 20 most busy ones; a name of null are hidden senders, and messages whose topic was not told. */
  readonly topSenders: readonly Busy[];
  readonly topTopics: readonly Busy[];
  readonly otherMessages: Tally;
  readonly messagesThrottled: number;
  readonly textStreams: number;
  readonly lastMessages: MessageTally['last'];
  readonly removing: readonly string[];
  readonly removals: number;
};

const SHOWN_PEOPLE = 100;
const SHOWN_BUSY = 20;

export function roomView({ context, value }: RoomAnalyticsSnapshot): RoomView {
  const { census, tally } = context;
  const people = everybodyIn(census).toSorted((one, other) => one.order - other.order);
  const tracks = people.flatMap((person) => person.tracks);
  return {
    ...regionsOf(value),
    participantLimit: context.config.limit,
    figures: figuresOf(context, typeof value === 'string' ? 'ended' : 'active', context.seenAt),
    metadata: context.metadata,
    qualities: qualitiesOf(people),
    mutedTracks: tracks.filter(({ muted }) => muted).length,
    subscribedTracks: tracks.filter(({ state }) => state === 'subscribed').length,
    subscriptionFailures: census.subscriptionFailures,
    speakers: census.speakers,
    participants: people.slice(0, SHOWN_PEOPLE).map(personShown),
    topSenders: tallyBy(tally, 'sender', SHOWN_BUSY),
    topTopics: tallyBy(tally, 'topic', SHOWN_BUSY),
    otherMessages: tally.other,
    messagesThrottled: tally.throttled,
    textStreams: tally.textStreams,
    lastMessages: tally.last,
    ...removalsOf(context),
  };
}

function regionsOf(
  value: RoomAnalyticsSnapshot['value'],
): Pick<RoomView, 'state' | 'connection' | 'limit'> {
  if (typeof value === 'string') return { state: 'ended', connection: null, limit: null };
  const { connection, limit } = value.watching;
  return { state: 'watching', connection, limit: typeof limit === 'string' ? limit : limit.over };
}

const removalsOf = ({ removing, removals }: RoomAnalyticsContext) => ({
  removing: removing.map(({ identity }) => identity),
  removals,
});

function qualitiesOf(people: readonly Person[]): RoomView['qualities'] {
  const count = (wanted: Person['quality']) =>
    people.filter(({ quality }) => quality === wanted).length;
  return {
    unknown: count('unknown'),
    excellent: count('excellent'),
    good: count('good'),
    poor: count('poor'),
    lost: count('lost'),
  };
}

function personShown({ tracks, ...person }: Person): PersonShown {
  const { identity, sid, name, kind, joinedAt, active, metadata, attributes, changes } = person;
  const { quality, qualityAt, speakingSince, speakingMs, turns } = person;
  return {
    ...{ identity, sid, name, kind, joinedAt, active, metadata, attributes, changes },
    ...{ quality, qualityAt, speakingSince, speakingMs, turns },
    tracks: tracks.map(trackShown),
  };
}

const trackShown = ({ sid, kind, source, muted, state, quality }: RoomTrack): TrackShown => ({
  sid,
  kind,
  source,
  muted,
  state,
  last: quality?.last ?? null,
  worst: quality?.worst ?? null,
});
