import { isDeepStrictEqual } from 'node:util';
import type { ParticipantInfo, RoomFact } from '../../src/machines/events.ts';

type Inside = { readonly sid: string; readonly trackSids: Set<string> };

/**
 * The rules that a machine may rely on whatever room it is in. Returns one line for each breach.
 *
 * - Facts are plain JSON, and `at` never goes back.
 * - `room.connected` comes first and `room.disconnected` last; outside them only a failed join is told.
 * - A participant's facts lie between its connected and disconnected, a track's between its published
 *   and unpublished, a subscription's between subscribed and unsubscribed.
 * - An identity has one SID at a time: the old one ends before the new one is connected.
 * - A SID becomes active at most once. Being connected may be told twice for the same SID.
 */
export function breachesIn(facts: readonly RoomFact[]): string[] {
  const watch = new OrderWatch();
  facts.forEach((fact, index) => watch.look(fact, index));
  return watch.breaches;
}

class OrderWatch {
  readonly breaches: string[] = [];
  readonly #inside = new Map<string, Inside>();
  readonly #activeSids = new Set<string>();
  readonly #subscribedSids = new Set<string>();
  #isInRoom = false;
  #lastAt = 0;

  look(fact: RoomFact, index: number): void {
    const breach = (text: string): void => {
      this.breaches.push(`${index} ${JSON.stringify(fact)}: ${text}`);
    };
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(fact)), fact)) breach('is not plain JSON');
    if (!Number.isInteger(fact.at) || fact.at < this.#lastAt) breach('goes back in time');
    this.#lastAt = fact.at;
    this.#lookAtRoom(fact, breach);
    if ('trackSid' in fact) this.#lookAtTrack(fact, breach);
    else if ('identity' in fact) this.#lookAtParticipant(fact, breach);
  }

  #lookAtRoom(fact: RoomFact, breach: (text: string) => void): void {
    if (fact.type === 'room.connected') {
      if (this.#isInRoom) breach('connects twice');
      this.#isInRoom = true;
      for (const participant of fact.participants) this.#enter(participant, breach);
    } else if (fact.type === 'room.disconnected') {
      if (!this.#isInRoom) breach('disconnects without having been connected');
      for (const identity of this.#inside.keys()) breach(`${identity} has not ended`);
      this.#isInRoom = false;
      this.#inside.clear();
    } else if (fact.type === 'room.joinFailed') {
      if (this.#isInRoom) breach('fails to join while inside');
    } else if (!this.#isInRoom) {
      breach('is told outside the room');
    } else if (fact.type === 'participant.connected') {
      this.#enter(fact.participant, breach);
    }
  }

  #enter(participant: ParticipantInfo, breach: (text: string) => void): void {
    const { identity, sid, active, tracks } = participant;
    const other = this.#inside.get(identity);
    if (other && other.sid !== sid) breach(`${identity} is still inside as ${other.sid}`);
    if (other?.sid === sid) return;
    this.#inside.set(identity, { sid, trackSids: new Set(tracks.map((track) => track.sid)) });
    if (active) this.#activeSids.add(sid);
  }

  #lookAtParticipant(
    fact: Extract<RoomFact, { identity: string }>,
    breach: (text: string) => void,
  ): void {
    const inside = this.#inside.get(fact.identity);
    if (inside?.sid !== fact.sid) {
      breach('is about somebody who is not inside');
      return;
    }
    if (fact.type === 'participant.active') {
      if (this.#activeSids.has(fact.sid)) breach('is active twice');
      this.#activeSids.add(fact.sid);
    } else if (fact.type === 'participant.disconnected') {
      for (const trackSid of inside.trackSids) breach(`${trackSid} has not ended`);
      this.#inside.delete(fact.identity);
    } else if (fact.type === 'track.published') {
      if (inside.trackSids.has(fact.track.sid)) breach('is published twice');
      inside.trackSids.add(fact.track.sid);
    }
  }

  #lookAtTrack(
    fact: Extract<RoomFact, { trackSid: string }>,
    breach: (text: string) => void,
  ): void {
    const inside = this.#inside.get(fact.identity);
    if (inside?.sid !== fact.sid || !inside.trackSids.has(fact.trackSid)) {
      breach('is about a track that is not there');
    } else if (fact.type === 'track.unpublished') {
      if (this.#subscribedSids.has(fact.trackSid)) breach('ends while still subscribed');
      inside.trackSids.delete(fact.trackSid);
    } else if (fact.type === 'track.subscribed') {
      if (this.#subscribedSids.has(fact.trackSid)) breach('is subscribed twice');
      this.#subscribedSids.add(fact.trackSid);
    } else if (fact.type === 'track.unsubscribed') {
      if (!this.#subscribedSids.delete(fact.trackSid)) breach('was not subscribed');
    }
  }
}
