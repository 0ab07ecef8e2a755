import type {
  AgentFact,
  ConnectionQuality,
  ParticipantInfo,
  ParticipantRef,
  RoomFact,
  TrackInfo,
} from '../events.ts';
import { noShards, shardedTable, type Shards } from '../sharded-table.logic.ts';

type ConnectedFact = Extract<RoomFact, { type: 'room.connected' }>;
type TrackFact = Extract<RoomFact, { readonly trackSid: string }>;

/** A participant, and the last quality that was told of it. */
type Inside = {
  readonly info: ParticipantInfo;
  readonly quality: ConnectionQuality | null;
  /** Its place among those who arrived. */
  readonly order: number;
};

/**
 * What an agent that begins later must hear of its room: as it is then, and not how it came to be.
 * Messages are no part of it. As big as the room, and in parts: what a fact costs does not grow with it.
 */
export type WhoIsHere = {
  readonly connected: ConnectedFact;
  /** So far. */
  readonly arrivals: number;
  readonly inside: Shards<Inside>;
  /** Null while nobody was told of. */
  readonly speakers: readonly string[] | null;
  readonly isReconnecting: boolean;
};

const people = shardedTable<Inside>(({ info }) => info.sid);

export const enteredRoom = (connected: ConnectedFact): WhoIsHere =>
  connected.participants.reduce(arrive, {
    connected,
    arrivals: 0,
    inside: noShards,
    speakers: null,
    isReconnecting: false,
  });

/** Keeps what a fact changes. */
export function noteFact(here: WhoIsHere, fact: RoomFact): WhoIsHere {
  switch (fact.type) {
    case 'room.reconnecting':
      return { ...here, isReconnecting: true };
    case 'room.reconnected':
      return { ...here, isReconnecting: false };
    case 'room.metadataChanged':
      return { ...here, connected: { ...here.connected, metadata: fact.metadata } };
    case 'room.speakersChanged':
      return { ...here, speakers: fact.identities };
    case 'participant.connected':
      return arrive(here, fact.participant);
    case 'participant.disconnected':
      return findSame(here, fact)
        ? { ...here, inside: people.remove(here.inside, fact.sid) }
        : here;
    case 'participant.active':
      return changeInfo(here, fact, () => ({ active: true }));
    case 'participant.metadataChanged':
      return changeInfo(here, fact, () => ({ metadata: fact.metadata }));
    case 'participant.attributesChanged':
      return changeInfo(here, fact, ({ attributes }) => ({
        attributes: { ...attributes, ...fact.attributes },
      }));
    case 'participant.qualityChanged':
      return change(here, fact, (known) => ({ ...known, quality: fact.quality }));
    case 'track.published':
      return changeInfo(here, fact, ({ tracks }) => ({ tracks: [...tracks, fact.track] }));
    case 'track.unpublished':
      return changeInfo(here, fact, ({ tracks }) => ({
        tracks: tracks.filter(({ sid }) => sid !== fact.trackSid),
      }));
    case 'track.muted':
      return changeTrack(here, fact, { muted: true });
    case 'track.unmuted':
      return changeTrack(here, fact, { muted: false });
    default:
      return here;
  }
}

/** What the agent is told when it begins: the same as if the room had been joined at that moment. */
export function factsOf(
  { connected, inside: shards, speakers }: WhoIsHere,
  at: number,
): readonly AgentFact[] {
  const inside = shards.flat().sort((one, other) => one.order - other.order);
  const participants = inside.map(({ info }) => info);
  return [
    { ...connected, at, participants },
    ...activityOf(participants, at),
    ...inside.flatMap(({ info: { identity, sid }, quality }): AgentFact[] =>
      quality === null ? [] : [{ type: 'participant.qualityChanged', at, identity, sid, quality }],
    ),
    ...(speakers === null
      ? []
      : [{ type: 'room.speakersChanged' as const, at, identities: speakers }]),
  ];
}

/** The room tells of an activity that begins; an agent hears of one that is there already alike. */
export const activityOf = (
  participants: readonly ParticipantInfo[],
  at: number,
): readonly AgentFact[] =>
  participants
    .filter(({ active }) => active)
    .map(({ identity, sid }) => ({ type: 'participant.active', at, identity, sid }));

const arrive = (here: WhoIsHere, info: ParticipantInfo): WhoIsHere => ({
  ...here,
  arrivals: here.arrivals + 1,
  inside: people.put(here.inside, { info, quality: null, order: here.arrivals }),
});

const findSame = ({ inside }: WhoIsHere, { sid }: ParticipantRef) => people.find(inside, sid);

function change(
  here: WhoIsHere,
  ref: ParticipantRef,
  changed: (known: Inside) => Inside,
): WhoIsHere {
  const known = findSame(here, ref);
  return known ? { ...here, inside: people.put(here.inside, changed(known)) } : here;
}

const changeInfo = (
  here: WhoIsHere,
  ref: ParticipantRef,
  changed: (info: ParticipantInfo) => Partial<ParticipantInfo>,
): WhoIsHere =>
  change(here, ref, (known) => ({ ...known, info: { ...known.info, ...changed(known.info) } }));

const changeTrack = (here: WhoIsHere, fact: TrackFact, changed: Partial<TrackInfo>): WhoIsHere =>
  changeInfo(here, fact, ({ tracks }) => ({
    tracks: tracks.map((track) => (track.sid === fact.trackSid ? { ...track, ...changed } : track)),
  }));
