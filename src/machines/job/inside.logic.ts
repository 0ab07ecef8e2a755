import type { ParticipantRef, RoomFact } from '../events.ts';
import { noShards, shardedTable, type Shards } from '../sharded-table.logic.ts';

type ConnectedFact = Extract<RoomFact, { type: 'room.connected' }>;

type PresentTrack = { readonly sid: string; readonly subscribed: boolean };
type Present = ParticipantRef & {
  /** Its place among those who arrived. */
  readonly order: number;
  readonly tracks: readonly PresentTrack[];
};

/**
 * The room that the job is in, and who is there with which tracks, as far as it was told: what ends when
 * the connection has to be made anew. As big as the room, and in parts: what a fact costs does not grow
 * with the room.
 */
export type Inside = {
  readonly roomSid: string;
  readonly metadata: string;
  /** So far. */
  readonly arrivals: number;
  readonly participants: Shards<Present>;
};

const present = shardedTable<Present>(({ sid }) => sid);

export const insideOf = ({ sid, metadata, participants }: ConnectedFact): Inside =>
  participants.reduce(arrive, { roomSid: sid, metadata, arrivals: 0, participants: noShards });

/** Keeps what a fact changes. */
export function noteInside(inside: Inside, fact: RoomFact): Inside {
  switch (fact.type) {
    case 'room.metadataChanged':
      return { ...inside, metadata: fact.metadata };
    case 'participant.connected':
      return arrive(inside, fact.participant);
    case 'participant.disconnected':
      return findSame(inside, fact)
        ? { ...inside, participants: present.remove(inside.participants, fact.sid) }
        : inside;
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
  participants
    .flat()
    .sort((one, other) => one.order - other.order)
    .flatMap(({ identity, sid, tracks }): readonly RoomFact[] => [
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

const arrive = (
  inside: Inside,
  { identity, sid, tracks }: ConnectedFact['participants'][number],
): Inside => ({
  ...inside,
  arrivals: inside.arrivals + 1,
  participants: present.put(inside.participants, {
    identity,
    sid,
    order: inside.arrivals,
    tracks: tracks.map(publishedTrack),
  }),
});

const findSame = ({ participants }: Inside, { sid }: ParticipantRef) =>
  present.find(participants, sid);

function changeTracks(
  inside: Inside,
  ref: ParticipantRef,
  changed: (tracks: readonly PresentTrack[]) => readonly PresentTrack[],
): Inside {
  const found = findSame(inside, ref);
  if (!found) return inside;
  const tracks = changed(found.tracks);
  return { ...inside, participants: present.put(inside.participants, { ...found, tracks }) };
}
