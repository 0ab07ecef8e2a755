import type {
  Participant,
  RemoteParticipant,
  Room,
  RoomOptions,
  TrackPublication,
} from '@livekit/rtc-node';
import type { Observable } from 'rxjs';
import type { AudioFrame, Clock } from '../../actors/ports.ts';
import type {
  AgentCommand,
  DisconnectReason,
  ParticipantRef,
  RoomFact,
  StatsSample,
} from '../../machines/events.ts';
import { nextTurn, sleep } from '../clock.ts';
import { rtcRuntime, type NativeRoomEvent, type RtcRuntime } from './ffi-router.ts';
import {
  toDisconnectReason,
  toParticipantInfo,
  toParticipantRef,
  toQuality,
  toText,
  toTrackInfo,
} from './room-facts.codec.ts';
import { RoomPresence } from './room-presence.ts';
import { toStatsSample } from './rtc-stats.codec.ts';
import { readTextStreams } from './text-streams.ts';
import { failNextTurn, TrackMedia } from './track-media.ts';

/** How long the server gets to answer a goodbye. */
const LEAVE_TIMEOUT_MS = 3_000;

/** Above it a stream is refused; without it a few compressed bytes could ask for 5 GB. */
const MAX_STREAM_BYTES = 1_048_576;

export type RoomVisitDeps = {
  readonly url: string;
  readonly token: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly connectTimeoutMs: number;
  readonly say: (fact: RoomFact) => void;
  /** Hears of an exception in the handling of an event, which then told nothing. */
  readonly onDefect: (error: unknown) => void;
};

/**
 * One stay in a room: from `room.connected` to `room.disconnected`, whoever brings the end about.
 *
 * - `entering`: nothing is told; `room.connected` will tell how things are by then.
 * - `inside`: told and commanded.
 * - `leaving`: the goodbye is not yet answered.
 * - `ended`: no listener, stream or native handle is left.
 */
export class RoomVisit {
  readonly #deps: RoomVisitDeps;
  readonly #rtc: RtcRuntime;
  readonly #room: Room;
  readonly #presence: RoomPresence;
  readonly #media: TrackMedia;
  readonly #ended = new AbortController();
  #state: 'entering' | 'inside' | 'leaving' | 'ended' = 'entering';
  #speakers: readonly string[] = [];
  #left: Promise<void> | undefined;

  /** @throws RtcVersionError where rooms cannot be joined with the installed packages. */
  constructor(deps: RoomVisitDeps) {
    this.#deps = deps;
    this.#rtc = rtcRuntime();
    this.#room = new this.#rtc.sdk.Room();
    this.#presence = new RoomPresence(deps.clock, deps.say);
    this.#media = new TrackMedia(this.#rtc, this.#room);
  }

  get isInside(): boolean {
    return this.#state === 'inside';
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** Rejects where the room could not be joined; nothing is left behind then. */
  async enter(): Promise<void> {
    const { url, token, connectTimeoutMs } = this.#deps;
    this.#listen();
    // The last three are passed through to the native side, although the SDK's types do not show them.
    const options: RoomOptions & Record<string, unknown> = {
      autoSubscribe: false,
      dynacast: false,
      dataStream: { maxPayloadByteLength: MAX_STREAM_BYTES },
      singlePeerConnection: false,
      connectTimeoutMs: BigInt(connectTimeoutMs),
      joinRetries: 0,
    };
    try {
      await this.#room.connect(url, token, options);
      this.#rtc.adopt(this.#room, {
        onEvent: this.#heard((event) => this.#onNativeEvent(event)),
        onDefect: this.#deps.onDefect,
      });
      this.#begin(await this.#roomSid());
    } catch (error) {
      await this.leave();
      throw error;
    }
  }

  /** Says goodbye and lets go of everything. Never rejects; asked again it waits for the same end. */
  leave(): Promise<void> {
    this.#left ??= this.#leaveNow();
    return this.#left;
  }

  /** Rejects where the command could not be carried out. */
  async perform(command: AgentCommand): Promise<void> {
    const { localParticipant } = this.#room;
    if (!localParticipant) return;
    switch (command.type) {
      case 'track.setMedia':
        this.#media.setMode(command.trackSid, command.mode);
        nextTurn(() => this.#tellSubscription(command.trackSid));
        break;
      case 'data.publish':
        // To LiveKit an empty list would be everybody.
        if (command.to.length === 0) return;
        await localParticipant.publishData(Buffer.from(JSON.stringify(command.payload)), {
          reliable: true,
          topic: command.topic,
          destination_identities: [...command.to],
        });
        break;
      case 'participant.setAttributes':
        await this.#rtc.setAttributes(localParticipant, command.attributes, this.#ended.signal);
    }
  }

  frames$(trackSid: string): Observable<AudioFrame> {
    return this.isInside
      ? this.#media.frames$(trackSid)
      : failNextTurn(new Error('not in the room'));
  }

  async stats(): Promise<StatsSample> {
    const { subscriberStats } = await this.#room.getRtcStats();
    return toStatsSample(subscriberStats, (trackSid) => this.#media.isSubscribed(trackSid));
  }

  async #leaveNow(): Promise<void> {
    if (this.#state === 'ended') return;
    if (this.#state === 'inside') this.#state = 'leaving';
    const timeout = new AbortController();
    try {
      // A reconnecting room may not answer; its handles are dropped all the same.
      await Promise.race([this.#room.disconnect(), sleep(LEAVE_TIMEOUT_MS, timeout.signal)]);
    } catch {
      // It had ended already, and the SDK found its handle gone.
    } finally {
      timeout.abort();
      this.#end('client_initiated');
    }
  }

  /** LiveKit Cloud may give the SID later than the join. */
  async #roomSid(): Promise<string> {
    const timeout = new AbortController();
    const tooLate = sleep(this.#deps.connectTimeoutMs, timeout.signal).then(() => {
      throw new Error('the server did not name the room');
    });
    try {
      return await Promise.race([this.#room.getSid(), tooLate]);
    } finally {
      timeout.abort();
    }
  }

  #begin(sid: string): void {
    const { localParticipant, remoteParticipants, name, metadata } = this.#room;
    if (!localParticipant || !this.#room.isConnected) {
      throw new Error('the room ended during the join');
    }
    const participants = [...remoteParticipants.values()].map(toParticipantInfo);
    this.#state = 'inside';
    this.#presence.remember(participants);
    this.#deps.say({
      type: 'room.connected',
      at: this.#now(),
      sid,
      name: name ?? '',
      metadata: metadata ?? '',
      local: toParticipantRef(localParticipant),
      participants,
    });
  }

  #end(reason: DisconnectReason): void {
    if (this.#state === 'ended') return;
    const wasInside = this.#state !== 'entering';
    this.#media.endAll();
    this.#rtc.release(this.#room);
    if (wasInside) {
      this.#presence.endAll();
      this.#deps.say({ type: 'room.disconnected', at: this.#now(), reason });
    }
    this.#state = 'ended';
    this.#ended.abort();
  }

  #now(): number {
    return this.#deps.clock.now();
  }

  /** An exception must not get back into the SDK, where it would end the process. */
  #heard<TArgs extends unknown[]>(handle: (...args: TArgs) => void): (...args: TArgs) => void {
    return (...args) => {
      if (this.#state !== 'inside' && this.#state !== 'leaving') return;
      try {
        handle(...args);
      } catch (error) {
        this.#deps.onDefect(error);
      }
    };
  }

  /** The SDK drops this event, and data to somebody who is not yet active does not arrive. */
  #onNativeEvent(event: NativeRoomEvent): void {
    if (event.case === 'participantActive') {
      this.#presence.activate(event.value.participantIdentity ?? '');
    }
  }

  #listen(): void {
    this.#listenToRoom();
    this.#listenToParticipants();
    this.#listenToTracks();
    readTextStreams(
      this.#room,
      this.#heard((text) => this.#deps.say({ type: 'text.received', at: this.#now(), ...text })),
      this.#deps.onDefect,
    );
  }

  #listenToRoom(): void {
    const { say } = this.#deps;
    this.#room
      .on(
        'disconnected',
        this.#heard((reason) => {
          // Our own goodbye ends once it is answered.
          if (this.#state === 'inside') this.#end(toDisconnectReason(reason));
        }),
      )
      .on(
        'reconnecting',
        this.#heard(() => say({ type: 'room.reconnecting', at: this.#now() })),
      )
      .on(
        'reconnected',
        this.#heard(() => say({ type: 'room.reconnected', at: this.#now() })),
      )
      .on(
        'roomMetadataChanged',
        this.#heard((metadata) => say({ type: 'room.metadataChanged', at: this.#now(), metadata })),
      )
      .on(
        'activeSpeakersChanged',
        this.#heard((speakers) => this.#onSpeakers(speakers.map(({ identity }) => identity))),
      )
      .on(
        'dataReceived',
        this.#heard((bytes, sender, _kind, topic) =>
          say({
            type: 'data.received',
            at: this.#now(),
            sender: sender ? toParticipantRef(sender) : null,
            topic: topic ?? '',
            sizeBytes: bytes.byteLength,
            ...toText(bytes),
          }),
        ),
      );
  }

  #listenToParticipants(): void {
    const { say } = this.#deps;
    this.#room
      .on(
        'participantConnected',
        this.#heard((participant) => this.#presence.enter(toParticipantInfo(participant))),
      )
      .on(
        'participantDisconnected',
        this.#heard((participant) => {
          this.#presence.leave(toParticipantRef(participant));
          this.#rtc.dispose(participant);
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
              at: this.#now(),
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
              at: this.#now(),
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
              at: this.#now(),
              ...ref,
              quality: word,
            });
          }),
        ),
      );
  }

  #listenToTracks(): void {
    this.#room
      .on(
        'trackPublished',
        this.#heard((publication, participant: RemoteParticipant | undefined) => {
          // The SDK announces tracks of somebody it does not know as well.
          if (!participant) return;
          this.#presence.publish(toParticipantRef(participant), toTrackInfo(publication));
        }),
      )
      .on(
        'trackUnpublished',
        this.#heard(({ sid = '' }, participant) => {
          this.#media.onUnpublished(sid);
          this.#presence.unpublish(toParticipantRef(participant), sid);
        }),
      )
      .on(
        'trackSubscribed',
        this.#heard((_track, publication) => {
          this.#media.onSubscribed(publication);
          this.#tellSubscription(publication.sid ?? '');
        }),
      )
      .on(
        'trackUnsubscribed',
        this.#heard((track, { sid = '' }) => {
          this.#media.onUnsubscribed(sid, track);
          this.#tellSubscription(sid);
        }),
      )
      .on(
        'trackSubscriptionFailed',
        this.#heard((trackSid, participant, reason) =>
          this.#aboutTrack(participant, trackSid, (ref) =>
            this.#deps.say({
              type: 'track.subscriptionFailed',
              at: this.#now(),
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
  #tellSubscription(trackSid: string): void {
    const owner = this.#presence.ownerOf(trackSid);
    if (!owner) return;
    if (this.#media.isSubscribed(trackSid)) this.#presence.subscribe(owner, trackSid);
    else this.#presence.unsubscribe(owner, trackSid);
  }

  #onMute(
    type: 'track.muted' | 'track.unmuted',
    { sid: trackSid = '' }: TrackPublication,
    participant: Participant,
  ): void {
    this.#aboutTrack(participant, trackSid, (ref) =>
      this.#deps.say({ type, at: this.#now(), ...ref, trackSid }),
    );
  }

  /** The server repeats unchanged lists, and names those who left for a moment. */
  #onSpeakers(speakers: readonly string[]): void {
    const identities = speakers.filter((identity) => this.#presence.hasIdentity(identity));
    const isSame =
      identities.length === this.#speakers.length &&
      identities.every((identity, index) => identity === this.#speakers[index]);
    if (isSame) return;
    this.#speakers = identities;
    this.#deps.say({ type: 'room.speakersChanged', at: this.#now(), identities });
  }

  /** Leaves out ourselves, and whoever is not inside as far as was told. */
  #about(participant: Participant, tell: (ref: ParticipantRef) => void): void {
    const ref = toParticipantRef(participant);
    if (this.#presence.has(ref)) tell(ref);
  }

  #aboutTrack(
    participant: Participant,
    trackSid: string,
    tell: (ref: ParticipantRef) => void,
  ): void {
    const ref = toParticipantRef(participant);
    if (this.#presence.hasTrack(ref, trackSid)) tell(ref);
  }
}
