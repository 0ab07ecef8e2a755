/** What room-analytics makes of a fact: its changed context and what it has to tell, as data. */
import type { AgentCommand, RoomFact, StatsFact, TrackInfo } from '../events.ts';
import {
  noteAttributes,
  noteMetadata,
  noteQuality,
  noteSpeakers,
  markActive,
} from './activity.logic.ts';
import type { Census } from './census.logic.ts';
import { enter, leave, settle, holdLeave, type Counted } from './entries.logic.ts';
import { participantJoined, participantLeft } from './figures.logic.ts';
import {
  countData,
  countStream,
  countThrottled,
  type MessageTally,
} from './message-tally.logic.ts';
import { metadataExcerpt } from './person.logic.ts';
import type { RoomAnalyticsContext as Context } from './room-analytics.context.ts';
import {
  holdTrack,
  noteFailure,
  noteStats,
  noteTrack,
  publish,
  unpublish,
} from './room-tracks.logic.ts';

export type Noted = {
  readonly context: Context;
  readonly told: readonly AgentCommand[];
  /** Whether others are in the room than before. */
  readonly hasMoved: boolean;
};

type Connected = Extract<RoomFact, { type: 'room.connected' }>;
type HeldFact = Extract<RoomFact, { type: 'participant.disconnected' | 'track.unpublished' }>;

const MAX_METADATA = 20;

export function noteFact(context: Context, fact: RoomFact | StatsFact): Noted {
  return note({ ...context, seenAt: Math.max(context.seenAt, fact.at) }, fact);
}

function note(context: Context, fact: RoomFact | StatsFact): Noted {
  const { census, tally } = context;
  const about = (changed: Census): Noted => quietly({ ...context, census: changed });
  const heard = (changed: MessageTally): Noted => quietly({ ...context, tally: changed });
  switch (fact.type) {
    case 'room.connected':
      return noteConnected(context, fact);
    case 'room.metadataChanged':
      return quietly(withMetadata(context, fact));
    case 'room.speakersChanged':
      return about(noteSpeakers(census, fact));
    case 'participant.connected': {
      const { participant, at } = fact;
      const counted = enter(census, { participant, at });
      return moved(context, counted, participant.tracks);
    }
    case 'participant.active':
      return about(markActive(census, fact));
    case 'participant.disconnected':
      return moved(context, leave(census, fact), []);
    case 'participant.metadataChanged':
      return about(noteMetadata(census, fact));
    case 'participant.attributesChanged':
      return about(noteAttributes(census, fact));
    case 'participant.qualityChanged':
      return about(noteQuality(census, fact));
    case 'track.published':
      return { ...about(publish(census, fact)), told: mediaFor(context, [fact.track]) };
    case 'track.unpublished':
      return about(unpublish(census, fact));
    case 'track.subscribed':
      return about(noteTrack(census, fact, { state: 'subscribed' }));
    case 'track.unsubscribed':
      return about(noteTrack(census, fact, { state: 'published' }));
    case 'track.subscriptionFailed':
      return about(noteFailure(census, fact));
    case 'track.muted':
      return about(noteTrack(census, fact, { muted: true }));
    case 'track.unmuted':
      return about(noteTrack(census, fact, { muted: false }));
    case 'data.received':
      return heard(countData(tally, fact));
    case 'data.throttled':
      return heard(countThrottled(tally, fact));
    case 'text.received':
      return heard(countStream(tally, fact));
    case 'stats.sampled':
      return about(noteStats(census, fact));
    default:
      return quietly(context);
  }
}

/** While our own connection is away: what ends may be told of again when it is back. */
export function noteHeld(context: Context, fact: HeldFact): Context {
  const { census } = context;
  const seenAt = Math.max(context.seenAt, fact.at);
  return fact.type === 'track.unpublished'
    ? { ...context, seenAt, census: holdTrack(census, fact) }
    : { ...context, seenAt, census: holdLeave(census, fact) };
}

/** Our own connection has been back for long enough: who is not there again has left. */
export const noteSettled = (context: Context): Noted => moved(context, settle(context.census), []);

function noteConnected(context: Context, fact: Connected): Noted {
  const { at, sid, name, participants } = fact;
  const census = participants.reduce(
    (before, participant) => enter(before, { participant, at }).census,
    context.census,
  );
  const known = withMetadata({ ...context, census, room: { name, sid } }, fact);
  const tracks = participants.flatMap((participant) => participant.tracks);
  return { context: known, told: mediaFor(context, tracks), hasMoved: true };
}

const withMetadata = (
  context: Context,
  { at, metadata }: { readonly at: number; readonly metadata: string },
): Context => ({
  ...context,
  metadata: [...context.metadata, { at, metadata: metadataExcerpt(metadata) }].slice(-MAX_METADATA),
});

const quietly = (context: Context): Noted => ({ context, told: [], hasMoved: false });

const moved = (
  context: Context,
  { census, joined, left }: Counted,
  tracks: readonly TrackInfo[],
): Noted => ({
  context: { ...context, census },
  told: [
    ...left.map(participantLeft),
    ...joined.map(participantJoined),
    ...mediaFor(context, tracks),
  ],
  hasMoved: joined.length + left.length > 0,
});

/** Without its signalling the server says nothing of a participant's quality and speech. */
const mediaFor = ({ config }: Context, tracks: readonly TrackInfo[]): readonly AgentCommand[] =>
  tracks.map(({ sid: trackSid }) => ({
    type: 'track.setMedia',
    trackSid,
    mode: config.measuresTracks ? 'media' : 'signal',
  }));
