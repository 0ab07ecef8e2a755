/** The figures of a room, made of what is known of it. */
import type { AgentCommand, EndReason } from '../events.ts';
import { everybodyIn, sumOf, type Census } from './census.logic.ts';
import type { MessageTally } from './message-tally.logic.ts';
import { turnMs, type Person } from './person.logic.ts';
import type { RoomFigures, RoomSummary } from './room-figures.ts';

/** What the figures are made of. */
export type RoomKnowledge = {
  readonly room: { readonly name: string; readonly sid: string };
  readonly startedAt: number;
  readonly census: Census;
  readonly tally: MessageTally;
  readonly removals: number;
};

type Webhook = Extract<AgentCommand, { type: 'webhook.send' }>;

export const figuresOf = (
  known: RoomKnowledge,
  state: RoomFigures['state'],
  at: number,
): RoomFigures => ({ kind: 'room', state, ...countsOf(known, at) });

function countsOf(
  { room, startedAt, census, tally }: RoomKnowledge,
  at: number,
): Omit<RoomFigures, 'kind' | 'state'> {
  return {
    room: room.name,
    roomSid: room.sid,
    startedAt,
    durationMs: Math.max(0, at - startedAt),
    participants: census.present,
    peakParticipants: census.peakPresent,
    joins: census.joins,
    leaves: census.leaves,
    identities: census.identityCount,
    identitiesAreExact: census.identitiesAreExact,
    tracks: census.tracks,
    peakTracks: census.peakTracks,
    tracksPublished: sumOf(census.tracksPublished),
    messages: tally.messages,
    messageBytes: tally.bytes,
  };
}

export function summaryOf(known: RoomKnowledge, endReason: EndReason, at: number): RoomSummary {
  const { census, tally, removals } = known;
  return {
    kind: 'room_summary',
    ...countsOf(known, at),
    endReason,
    joinsByKind: census.joinsByKind,
    tracksBySource: census.tracksPublished,
    subscriptionFailures: census.subscriptionFailures,
    messagesThrottled: tally.throttled,
    textStreams: tally.textStreams,
    turns: census.turns,
    speakingMs: speakingMsAt(census, at),
    peakSpeakers: census.peakSpeakers,
    removals,
    whoWasThere: census.identities.flat(),
  };
}

const speakingMsAt = (census: Census, at: number): number =>
  everybodyIn(census).reduce((sum, person) => sum + turnMs(person, at), census.speakingMs);

export const roomStatus = (figures: RoomFigures, at: number): Webhook => ({
  type: 'webhook.send',
  event: 'room_status',
  at,
  participant: null,
  data: figures,
  url: null,
});

export const participantJoined = (person: Person): Webhook =>
  participantWebhook('participant_joined', person, person.joinedAt, {});

export function participantLeft(person: Person): Webhook {
  const { joinedAt, leftAt, speakingMs, turns } = person;
  const at = leftAt ?? joinedAt;
  const durationMs = Math.max(0, at - joinedAt);
  return participantWebhook('participant_left', person, at, { durationMs, speakingMs, turns });
}

const participantWebhook = (
  event: string,
  { identity, sid, kind, name, metadata }: Person,
  at: number,
  more: Webhook['data'],
): Webhook => ({
  type: 'webhook.send',
  event,
  at,
  participant: { identity, sid },
  data: { kind, name, metadata, ...more },
  url: null,
});
