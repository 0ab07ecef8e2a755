import type {
  ParticipantInfo,
  ParticipantRef,
  RoomFact,
  TrackInfo,
} from '../../machines/events.ts';

type Inside = {
  readonly ref: ParticipantRef;
  readonly tracks: Map<string, TrackPresence>;
  active: boolean;
};
type TrackPresence = { subscribed: boolean };

/**
 * Who is in the room with which tracks, as far as it was told.
 *
 * It keeps the promise that a participant's facts lie between its connected and disconnected, and a
 * track's between its published and unpublished: what would break it is not told, what is missing is added.
 */
export class RoomPresence {
  readonly #clock: { now(): number };
  readonly #say: (fact: RoomFact) => void;
  readonly #inside = new Map<string, Inside>();
  /** Who became active before it was told who is there; null from then on. */
  #activeEarly: Set<string> | null = new Set();

  constructor(clock: { now(): number }, say: (fact: RoomFact) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /**
   * For those who are there at the join: `room.connected` tells of them.
   *
   * @returns them as they are by now: the SDK does not renew whether somebody is active.
   */
  remember(participants: readonly ParticipantInfo[]): readonly ParticipantInfo[] {
    const early = this.#activeEarly;
    this.#activeEarly = null;
    const present = participants.map((participant) =>
      early?.has(participant.identity) ? { ...participant, active: true } : participant,
    );
    for (const participant of present) this.#add(participant);
    return present;
  }

  enter(participant: ParticipantInfo): void {
    const before = this.#inside.get(participant.identity);
    if (before) this.#endParticipant(before);
    this.#add(participant);
    this.#say({ type: 'participant.connected', at: this.#clock.now(), participant });
  }

  leave(ref: ParticipantRef): void {
    const inside = this.#find(ref);
    if (inside) this.#endParticipant(inside);
  }

  activate(identity: string): void {
    this.#activeEarly?.add(identity);
    const inside = this.#inside.get(identity);
    if (!inside || inside.active) return;
    inside.active = true;
    this.#say({ type: 'participant.active', at: this.#clock.now(), ...inside.ref });
  }

  publish(ref: ParticipantRef, track: TrackInfo): void {
    const inside = this.#find(ref);
    if (!inside || inside.tracks.has(track.sid)) return;
    inside.tracks.set(track.sid, { subscribed: false });
    this.#say({ type: 'track.published', at: this.#clock.now(), ...inside.ref, track });
  }

  unpublish(ref: ParticipantRef, trackSid: string): void {
    const inside = this.#find(ref);
    if (inside?.tracks.has(trackSid)) this.#endTrack(inside, trackSid);
  }

  subscribe(ref: ParticipantRef, trackSid: string): void {
    const inside = this.#find(ref);
    const track = inside?.tracks.get(trackSid);
    if (!inside || !track || track.subscribed) return;
    track.subscribed = true;
    this.#say({ type: 'track.subscribed', at: this.#clock.now(), ...inside.ref, trackSid });
  }

  unsubscribe(ref: ParticipantRef, trackSid: string): void {
    const inside = this.#find(ref);
    const track = inside?.tracks.get(trackSid);
    if (!inside || !track?.subscribed) return;
    track.subscribed = false;
    this.#say({ type: 'track.unsubscribed', at: this.#clock.now(), ...inside.ref, trackSid });
  }

  has(ref: ParticipantRef): boolean {
    return this.#find(ref) !== undefined;
  }

  hasIdentity(identity: string): boolean {
    return this.#inside.has(identity);
  }

  hasTrack(ref: ParticipantRef, trackSid: string): boolean {
    return this.#find(ref)?.tracks.has(trackSid) ?? false;
  }

  /** Who has published this track, or null. */
  ownerOf(trackSid: string): ParticipantRef | null {
    for (const { ref, tracks } of this.#inside.values()) if (tracks.has(trackSid)) return ref;
    return null;
  }

  /** Ends what has not ended yet: the server does not do it when it ends a room. */
  endAll(): void {
    for (const inside of [...this.#inside.values()]) this.#endParticipant(inside);
  }

  #find({ identity, sid }: ParticipantRef): Inside | undefined {
    const inside = this.#inside.get(identity);
    return inside?.ref.sid === sid ? inside : undefined;
  }

  #add({ identity, sid, tracks, active }: ParticipantInfo): void {
    this.#inside.set(identity, {
      ref: { identity, sid },
      active,
      tracks: new Map(tracks.map((track) => [track.sid, { subscribed: false }])),
    });
  }

  #endParticipant(inside: Inside): void {
    for (const trackSid of [...inside.tracks.keys()]) this.#endTrack(inside, trackSid);
    this.#inside.delete(inside.ref.identity);
    this.#say({ type: 'participant.disconnected', at: this.#clock.now(), ...inside.ref });
  }

  #endTrack(inside: Inside, trackSid: string): void {
    this.unsubscribe(inside.ref, trackSid);
    inside.tracks.delete(trackSid);
    this.#say({ type: 'track.unpublished', at: this.#clock.now(), ...inside.ref, trackSid });
  }
}
