import type { Room, RoomOptions } from '@livekit/rtc-node';
import type { Observable } from 'rxjs';
import type { AudioFrame, Clock } from '../../actors/ports.ts';
import type {
  ConnectionCommand,
  DisconnectReason,
  RoomFact,
  StatsSample,
} from '../../machines/events.ts';
import { nextTurn, sleep } from '../clock.ts';
import type { DataSeal } from '../data-seal.ts';
import { rtcRuntime } from './load-rtc.ts';
import { toParticipantInfo, toParticipantRef } from './room-facts.codec.ts';
import { RoomListeners } from './room-listeners.ts';
import { RoomPresence } from './room-presence.ts';
import type { RtcRuntime } from './rtc-runtime.ts';
import { toStatsSample } from './rtc-stats.codec.ts';
import { failNextTurn, TrackMedia } from './track-media.ts';

/** How long the server gets to answer a goodbye. */
const LEAVE_TIMEOUT_MS = 3_000;

/** Above it a stream is refused; without it a few compressed bytes could ask for 5 GB. */
const MAX_STREAM_BYTES = 1_048_576;

type PublishCommand = Extract<ConnectionCommand, { type: 'data.publish' }>;

export type RoomVisitDeps = {
  readonly url: string;
  readonly token: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly connectTimeoutMs: number;
  readonly dataSeal: DataSeal;
  readonly say: (fact: RoomFact) => void;
  /** Asked where that can be done before a data message is decoded; one that is let through is told. */
  readonly refusesData: (senderIdentity: string, sizeBytes: number) => boolean;
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
  readonly #listeners: RoomListeners;
  readonly #ended = new AbortController();
  /** Of the room as it was entered. */
  #sid = '';
  #state: 'entering' | 'inside' | 'leaving' | 'ended' = 'entering';
  #left: Promise<void> | undefined;

  /** @throws GreenroomError `E_RTC_VERSION` where rooms cannot be joined with the installed packages. */
  constructor(deps: RoomVisitDeps) {
    this.#deps = deps;
    this.#rtc = rtcRuntime();
    this.#room = new this.#rtc.sdk.Room();
    this.#presence = new RoomPresence(deps.clock, deps.say);
    this.#media = new TrackMedia(this.#rtc, this.#room);
    this.#listeners = new RoomListeners({
      room: this.#room,
      rtc: this.#rtc,
      presence: this.#presence,
      media: this.#media,
      clock: deps.clock,
      say: deps.say,
      onDefect: deps.onDefect,
      isTold: () => this.#isTold,
      sealOf: (bytes, topic) => deps.dataSeal.stateOf(bytes, { roomSid: this.#sid, topic }),
      onEnded: (reason) => {
        // Our own goodbye ends when it is answered.
        if (this.#state === 'inside') this.#end(reason);
      },
    });
  }

  get isInside(): boolean {
    return this.#state === 'inside';
  }

  get #isTold(): boolean {
    return this.#state === 'inside' || this.#state === 'leaving';
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** Rejects where the room could not be joined; nothing is left behind then. */
  async enter(): Promise<void> {
    const { url, token, connectTimeoutMs } = this.#deps;
    this.#listeners.attach();
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
        onParticipantActive: this.#listeners.onParticipantActive,
        onDefect: this.#deps.onDefect,
        refusesData: (senderIdentity, sizeBytes) =>
          this.#isTold && this.#deps.refusesData(senderIdentity, sizeBytes),
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
  async perform(command: ConnectionCommand): Promise<void> {
    const { localParticipant } = this.#room;
    if (!localParticipant) return;
    switch (command.type) {
      case 'track.setMedia':
        this.#media.setMode(command.trackSid, command.mode);
        nextTurn(() => this.#listeners.tellSubscription(command.trackSid));
        break;
      case 'data.publish':
        // To LiveKit an empty list would be everybody.
        if (command.to.length === 0) return;
        await localParticipant.publishData(Buffer.from(this.#messageOf(command)), {
          reliable: true,
          topic: command.topic,
          ...(command.to !== 'everybody' && { destination_identities: [...command.to] }),
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
    const stats = await this.#rtc.subscriberStats(this.#room);
    return toStatsSample(stats, (trackSid) => this.#media.isSubscribed(trackSid));
  }

  #messageOf({ payload, topic, sealed }: PublishCommand): string {
    const json = JSON.stringify(payload);
    return sealed ? this.#deps.dataSeal.seal(json, { roomSid: this.#sid, topic }) : json;
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
    this.#state = 'inside';
    this.#sid = sid;
    const participants = this.#presence.remember(
      [...remoteParticipants.values()].map(toParticipantInfo),
    );
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
}
