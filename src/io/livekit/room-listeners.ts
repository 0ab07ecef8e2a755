import type { Participant, RemoteParticipant, Room, TrackPublication } from '@livekit/rtc-node';
import type { Clock } from '../../actors/ports.ts';
import type {
  DisconnectReason,
  ParticipantRef,
  RoomFact,
  SealState,
} from '../../machines/events.ts';
import { toReceivedText } from '../received-text.ts';
import {
  toDisconnectReason,
  toParticipantInfo,
  toParticipantRef,
  toQuality,
  toTrackInfo,
} from './room-facts.codec.ts';
import type { RoomPresence } from './room-presence.ts';
import type { RtcRuntime } from './rtc-runtime.ts';
import { readTextStreams } from './text-streams.ts';
import type { TrackMedia } from './track-media.ts';

export type RoomListenersDeps = {
  readonly room: Room;
  readonly rtc: RtcRuntime;
  readonly presence: RoomPresence;
  readonly media: TrackMedia;
  readonly clock: Pick<Clock, 'now'>;
  readonly say: (fact: RoomFact) => void;
  /** What the seal of a data message says; null where it has none. */
  readonly sealOf: (bytes: Uint8Array, topic: string) => SealState | null;
  readonly onEnded: (reason: DisconnectReason) => void;
  readonly onDefect: (error: unknown) => void;
  /** Whether what happens now is told. */
  readonly isTold: () => boolean;
};

/** Turns the SDK's events into facts. */
export class RoomListeners {
  readonly #deps: RoomListenersDeps;
  #speakers: readonly string[] = [];

  constructor(deps: RoomListenersDeps) {
    this.#deps = deps;
  }

  /** Data to somebody who is not yet active does not arrive. Heard also while the room is being entered. */
  readonly onParticipantActive = (identity: string): void => this.#deps.presence.activate(identity);

  /** An exception must not get back into the SDK, where it would end the process. */
  #heard<TArgs extends unknown[]>(handle: (...args: TArgs) => void): (...args: TArgs) => void {
    return (...args) => {
      if (!this.#deps.isTold()) return;
      try {
        handle(...args);
      } catch (error) {
        this.#deps.onDefect(error);
      }
    };
  }

  /** Before the join, so that nothing is missed. */
  attach(): void {
    this.#listenToRoom();
    this.#listenToParticipants();
    this.#listenToTracks();
    readTextStreams(
      this.#deps.room,
      this.#heard((text) =>
        this.#deps.say({ type: 'text.received', at: this.#deps.clock.now(), ...text }),
      ),
      this.#deps.onDefect,
    );
  }

  #listenToRoom(): void {
    const { say } = this.#deps;
    this.#deps.room
      .on(
        'disconnected',
        this.#heard((reason) => this.#deps.onEnded(toDisconnectReason(reason))),
      )
      .on(
        'reconnecting',
        this.#heard(() => say({ type: 'room.reconnecting', at: this.#deps.clock.now() })),
      )
      .on(
        'reconnected',
        this.#heard(() => {
          this.#deps.media.onReconnected();
          say({ type: 'room.reconnected', at: this.#deps.clock.now() });
        }),
      )
      .on(
        'roomMetadataChanged',
        this.#heard((metadata) =>
          say({ type: 'room.metadataChanged', at: this.#deps.clock.now(), metadata }),
        ),
      )
      .on(
        'activeSpeakersChanged',
        this.#heard((speakers) => this.#onSpeakers(speakers.map(({ identity }) => identity))),
      )
      .on(
        'dataReceived',
        this.#heard((bytes, sender, _kind, topic = '') => {
          const seal = this.#deps.sealOf(bytes, topic);
          say({
            type: 'data.received',
            at: this.#deps.clock.now(),
            sender: sender ? toParticipantRef(sender) : null,
            topic,
            sizeBytes: bytes.byteLength,
            ...toReceivedText(bytes),
            ...(seal && { seal }),
          });
        }),
      );
  }

  #listenToParticipants(): void {
    const { say } = this.#deps;
    this.#deps.room
      .on(
        'participantConnected',
        this.#heard((participant) => this.#deps.presence.enter(toParticipantInfo(participant))),
      )
      .on(
        'participantDisconnected',
        this.#heard((participant) => {
          this.#deps.presence.leave(toParticipantRef(participant));
          this.#deps.rtc.dispose(participant);
          // The server says nothing of a speaker who left last.
          this.#onSpeakers(this.#speakers);
        }),
      )
      .on(
        'participantMetadataChanged',
        this.#heard((metadata, participant) =>
          this.#about(participant, (ref) =>
            say({
              type: 'participant.metadataChanged',
              at: this.#deps.clock.now(),
              ...ref,
              metadata: metadata ?? '',
            }),
          ),
        ),
      )
      .on(
        'participantAttributesChanged',
        this.#heard((attributes, participant) =>
          this.#about(participant, (ref) =>
            say({
              type: 'participant.attributesChanged',
              at: this.#deps.clock.now(),
              ...ref,
              attributes: { ...attributes },
            }),
          ),
        ),
      )
      .on(
        'connectionQualityChanged',
        this.#heard((quality, participant) =>
          this.#about(participant, (ref) => {
            const word = toQuality(quality);
            if (!word) return;
            say({
              type: 'participant.qualityChanged',
              at: this.#deps.clock.now(),
              ...ref,
              quality: word,
            });
          }),
        ),
      );
  }

  #listenToTracks(): void {
    this.#deps.room
      .on(
        'trackPublished',
        this.#heard((publication, participant: RemoteParticipant | undefined) => {
          // The SDK announces tracks of somebody it does not know as well.
          if (!participant) return;
          this.#deps.presence.publish(toParticipantRef(participant), toTrackInfo(publication));
        }),
      )
      .on(
        'trackUnpublished',
        this.#heard(({ sid = '' }, participant) => {
          this.#deps.media.onUnpublished(sid);
          this.#deps.presence.unpublish(toParticipantRef(participant), sid);
        }),
      )
      .on(
        'trackSubscribed',
        this.#heard((_track, publication) => {
          this.#deps.media.onSubscribed(publication);
          this.tellSubscription(publication.sid ?? '');
        }),
      )
      .on(
        'trackUnsubscribed',
        this.#heard((track, { sid = '' }) => {
          this.#deps.media.onUnsubscribed(sid, track);
          this.tellSubscription(sid);
        }),
      )
      .on(
        'trackSubscriptionFailed',
        this.#heard((trackSid, participant, reason) =>
          this.#aboutTrack(participant, trackSid, (ref) =>
            this.#deps.say({
              type: 'track.subscriptionFailed',
              at: this.#deps.clock.now(),
              ...ref,
              trackSid,
              error: {
                code: 'E_TRACK_SUBSCRIPTION',
                message: reason ?? 'the server gave no reason',
                retryable: true,
              },
            }),
          ),
        ),
      )
      .on(
        'trackMuted',
        this.#heard((publication, participant) =>
          this.#onMute('track.muted', publication, participant),
        ),
      )
      .on(
        'trackUnmuted',
        this.#heard((publication, participant) =>
          this.#onMute('track.unmuted', publication, participant),
        ),
      );
  }

  /** Told again it says nothing. */
  tellSubscription(trackSid: string): void {
    const owner = this.#deps.presence.ownerOf(trackSid);
    if (!owner) return;
    if (this.#deps.media.isSubscribed(trackSid)) this.#deps.presence.subscribe(owner, trackSid);
    else this.#deps.presence.unsubscribe(owner, trackSid);
  }

  #onMute(
    type: 'track.muted' | 'track.unmuted',
    { sid: trackSid = '' }: TrackPublication,
    participant: Participant,
  ): void {
    this.#aboutTrack(participant, trackSid, (ref) =>
      this.#deps.say({ type, at: this.#deps.clock.now(), ...ref, trackSid }),
    );
  }

  /** The server repeats unchanged lists, and names those who left for a moment. */
  #onSpeakers(speakers: readonly string[]): void {
    const identities = speakers.filter((identity) => this.#deps.presence.hasIdentity(identity));
    const isSame =
      identities.length === this.#speakers.length &&
      identities.every((identity, index) => identity === this.#speakers[index]);
    if (isSame) return;
    this.#speakers = identities;
    this.#deps.say({ type: 'room.speakersChanged', at: this.#deps.clock.now(), identities });
  }

  /** Leaves out ourselves, and whoever is not inside as far as was told. */
  #about(participant: Participant, tell: (ref: ParticipantRef) => void): void {
    const ref = toParticipantRef(participant);
    if (this.#deps.presence.has(ref)) tell(ref);
  }

  #aboutTrack(
    participant: Participant,
    trackSid: string,
    tell: (ref: ParticipantRef) => void,
  ): void {
    const ref = toParticipantRef(participant);
    if (this.#deps.presence.hasTrack(ref, trackSid)) tell(ref);
  }
}
