import type { ParticipantRef, RoomFact } from '../events.ts';
import { isSame } from './who-is-here.logic.ts';

type ConnectedFact = Extract<RoomFact, { type: 'room.connected' }>;

type PresentTrack = { readonly sid: string; readonly subscribed: boolean };
type Present = ParticipantRef & { readonly tracks: readonly PresentTrack[] };

/**
 * The room that the job is in, and who is there with which tracks, as far as it was told: what ends when
 * the connection has to be made anew. As big as the room.
 */
export type Inside = {
  readonly roomSid: string;
  readonly metadata: string;
  readonly participants: readonly Present[];
};

export const insideOf = ({ sid, metadata, participants }: ConnectedFact): Inside => ({
  roomSid: sid,
  metadata,
  participants: participants.map(presentOf),
});

/** Keeps what a fact changes. */
export function noteInside(inside: Inside, fact: RoomFact): Inside {
  switch (fact.type) {
    case 'room.metadataChanged':
      return { ...inside, metadata: fact.metadata };
    case 'participant.connected': {
      const { participant } = fact;
      const others = inside.participants.filter(
        ({ identity }) => identity !== participant.identity,
      );
      return { ...inside, participants: [...others, presentOf(participant)] };
    }
    case 'participant.disconnected':
      return {
        ...inside,
        participants: inside.participants.filter((present) => !isSame(present, fact)),
      };
    case 'track.published':
      return changeTracks(inside, fact, (tracks) => [...tracks, publishedTrack(fact.track)]);
    case 'track.unpublished':
      return changeTracks(inside, fact, (tracks) =>
        tracks.filter(({ sid }) => sid !== fact.trackSid),
      );
    case 'track.subscribed':
    case 'track.unsubscribed': {
      const subscribed = fact.type === 'track.subscribed';
      return changeTracks(inside, fact, (tracks) =>
        tracks.map((track) => (track.sid === fact.trackSid ? { ...track, subscribed } : track)),
      );
    }
    default:
      return inside;
  }
}

/** The endings of all that is there, in the order in which the room tells of them. */
export const endingsOf = ({ participants }: Inside, at: number): readonly RoomFact[] =>
  participants.flatMap(({ identity, sid, tracks }): readonly RoomFact[] => [
    ...tracks.flatMap((track): readonly RoomFact[] => {
      const about = { at, identity, sid, trackSid: track.sid };
      const unpublished: RoomFact = { type: 'track.unpublished', ...about };
      return track.subscribed
        ? [{ type: 'track.unsubscribed', ...about }, unpublished]
        : [unpublished];
    }),
    { type: 'participant.disconnected', at, identity, sid },
  ]);

const publishedTrack = ({ sid }: { readonly sid: string }): PresentTrack => ({
  sid,
  subscribed: false,
});

const presentOf = ({ identity, sid, tracks }: ConnectedFact['participants'][number]): Present => ({
  identity,
  sid,
  tracks: tracks.map(publishedTrack),
});

const changeTracks = (
  inside: Inside,
  ref: ParticipantRef,
  changed: (tracks: readonly PresentTrack[]) => readonly PresentTrack[],
): Inside => ({
  ...inside,
  participants: inside.participants.map((present) =>
    isSame(present, ref) ? { ...present, tracks: changed(present.tracks) } : present,
  ),
});
