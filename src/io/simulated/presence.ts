import type {
  ConnectionQuality,
  MediaMode,
  ParticipantInfo,
  RoomFact,
} from '../../machines/events.ts';
import type { Untimed } from './outbox.ts';
import type { SimulatedParticipant } from './participant.ts';
import type { Subscription } from './subscription.ts';
import type { SimulatedTrack } from './track.ts';

/** A participant as the agent knows it. */
export type Known = {
  readonly participant: SimulatedParticipant;
  readonly tracks: Map<string, KnownTrack>;
  toldQuality: ConnectionQuality | null;
};

/** A track as the agent knows it. */
export type KnownTrack = {
  readonly track: SimulatedTrack;
  readonly owner: Known;
  isToldMuted: boolean;
  /** Asked for, but not subscribed yet. */
  pendingMode: MediaMode | null;
  subscription: Subscription | null;
};

/**
 * What an agent was told of the people in its room.
 *
 * The order of facts that machines rely on is kept here: what would break it is not told.
 */
export class Presence {
  readonly #say: (fact: Untimed<RoomFact>) => void;
  readonly #known = new Map<string, Known>();
  /** Of all connections ever: one that is told anew after a restart is not active anew. */
  readonly #toldActive = new Set<string>();

  constructor(say: (fact: Untimed<RoomFact>) => void) {
    this.#say = say;
  }

  get participants(): readonly SimulatedParticipant[] {
    return [...this.#known.values()].map(({ participant }) => participant);
  }

  get tracks(): readonly KnownTrack[] {
    return [...this.#known.values()].flatMap(({ tracks }) => [...tracks.values()]);
  }

  find({ sid }: SimulatedParticipant): Known | undefined {
    return this.#known.get(sid);
  }

  findTrack(trackSid: string): KnownTrack | undefined {
    return this.tracks.find(({ track }) => track.sid === trackSid);
  }

  /** Takes somebody in with all published tracks, and returns what is to be told of it. */
  learn(participant: SimulatedParticipant): ParticipantInfo {
    const known: Known = { participant, tracks: new Map(), toldQuality: null };
    this.#known.set(participant.sid, known);
    for (const track of participant.publishedTracks) this.#learnTrack(known, track);
    if (participant.isActive) this.#toldActive.add(participant.sid);
    return this.#infoOf(known);
  }

  tellJoined(participant: SimulatedParticipant): void {
    if (this.find(participant)) return;
    this.#say({ type: 'participant.connected', participant: this.learn(participant) });
  }

  /** The same join once more, with what is known by now. */
  tellJoinedAgain(participant: SimulatedParticipant): void {
    const known = this.find(participant);
    if (known) this.#say({ type: 'participant.connected', participant: this.#infoOf(known) });
  }

  tellActive(participant: SimulatedParticipant): void {
    if (!this.find(participant) || this.#toldActive.has(participant.sid)) return;
    this.#toldActive.add(participant.sid);
    this.#say({ type: 'participant.active', ...participant.ref });
  }

  tellLeft(participant: SimulatedParticipant): void {
    const known = this.find(participant);
    if (!known) return;
    for (const track of [...known.tracks.values()]) this.tellUnpublished(track);
    this.#known.delete(participant.sid);
    this.#say({ type: 'participant.disconnected', ...participant.ref });
  }

  tellAllLeft(): void {
    for (const { participant } of [...this.#known.values()]) this.tellLeft(participant);
  }

  tellPublished(participant: SimulatedParticipant, track: SimulatedTrack): void {
    const known = this.find(participant);
    if (!known || !track.isPublished || known.tracks.has(track.sid)) return;
    this.#learnTrack(known, track);
    this.#say({ type: 'track.published', ...participant.ref, track: track.info });
  }

  tellUnpublished(known: KnownTrack): void {
    this.tellUnsubscribed(known);
    known.owner.tracks.delete(known.track.sid);
    this.#say({ type: 'track.unpublished', ...aboutOf(known) });
  }

  tellMute(known: KnownTrack): void {
    const { isMuted } = known.track;
    if (known.isToldMuted === isMuted) return;
    known.isToldMuted = isMuted;
    this.#say({ type: isMuted ? 'track.muted' : 'track.unmuted', ...aboutOf(known) });
  }

  tellSubscribed(known: KnownTrack, subscription: Subscription): void {
    known.pendingMode = null;
    known.subscription = subscription;
    this.#say({ type: 'track.subscribed', ...aboutOf(known) });
  }

  tellSubscriptionFailed(known: KnownTrack): void {
    known.pendingMode = null;
    const error = {
      code: 'E_TRACK_SUBSCRIPTION',
      message: `the simulated server did not let us have track ${known.track.sid}`,
      retryable: true,
    };
    this.#say({ type: 'track.subscriptionFailed', ...aboutOf(known), error });
  }

  tellUnsubscribed(known: KnownTrack): void {
    known.pendingMode = null;
    if (!known.subscription) return;
    known.subscription.setMode('none');
    known.subscription = null;
    this.#say({ type: 'track.unsubscribed', ...aboutOf(known) });
  }

  #learnTrack(owner: Known, track: SimulatedTrack): void {
    const isToldMuted = track.isMuted;
    owner.tracks.set(track.sid, {
      track,
      owner,
      isToldMuted,
      pendingMode: null,
      subscription: null,
    });
  }

  #infoOf({ participant, tracks }: Known): ParticipantInfo {
    const { identity, kind, metadata, attributes, joinedAt } = participant;
    return {
      ...participant.ref,
      name: identity,
      kind,
      metadata,
      attributes,
      active: this.#toldActive.has(participant.sid),
      joinedAt,
      tracks: [...tracks.values()].map(({ track }) => track.info),
    };
  }
}

const aboutOf = ({ owner, track }: KnownTrack) => ({
  ...owner.participant.ref,
  trackSid: track.sid,
});
