import type * as Sdk from '@livekit/rtc-node';
import { systemClock } from '../clock.ts';
import type {
  AudioTapFormat,
  AudioTapListener,
  RtcRoomListener,
  RtcRuntime,
  RtcStatistic,
} from './rtc-runtime.ts';
import { fromSdk } from './rtc-stats.codec.ts';

/**
 * The media stack by the public API of `@livekit/rtc-node` alone, for versions whose inside is not known.
 *
 * What the public API cannot do:
 * - Every event of every room passes through every room and audio stream of the process, with the
 *   native side's log lines among them: CPU grows with the square of the rooms.
 * - A room that the server has ended keeps one listener and its native side for the life of the process.
 * - A subscribed track cannot be told to send nothing. It goes on, and nobody reads it: without a
 *   subscription the server would tell nothing of its speech and quality either.
 * - Nobody says when a participant became active: it is taken for active after one second.
 * - An exception inside the SDK's handling of an event belongs to no room, and ends the worker.
 */
export const openPublicRtc = (sdk: typeof Sdk): RtcRuntime => new PublicRtc(sdk);

/** Much longer than the server takes from a join to there, 0.1 to 0.3 s. */
const ACTIVE_AFTER_MS = 1_000;

type Timers = Map<string, unknown>;
type FrameReader = ReadableStreamDefaultReader<Sdk.AudioFrame>;

class PublicRtc implements RtcRuntime {
  readonly sdk: typeof Sdk;
  /** With the timers of those who are not taken for active yet, by identity. */
  readonly #rooms = new Map<Sdk.Room, Timers>();
  readonly #taps = new Set<FrameReader>();

  constructor(sdk: typeof Sdk) {
    this.sdk = sdk;
    // The first native object brings the native callback about: here, where no job is to blame for
    // what comes through it.
    void new sdk.AudioSource(48_000, 1, 0).close();
  }

  adopt(room: Sdk.Room, { onParticipantActive }: RtcRoomListener): void {
    const timers: Timers = new Map();
    this.#rooms.set(room, timers);
    const expectActive = ({ identity }: Sdk.RemoteParticipant): void => {
      systemClock.clearTimeout(timers.get(identity));
      const timer = systemClock.setTimeout(() => {
        timers.delete(identity);
        onParticipantActive(identity);
      }, ACTIVE_AFTER_MS);
      timers.set(identity, timer);
    };
    room.remoteParticipants.forEach(expectActive);
    room.on('participantConnected', expectActive);
  }

  release(room: Sdk.Room): void {
    for (const timer of this.#rooms.get(room)?.values() ?? []) systemClock.clearTimeout(timer);
    this.#rooms.delete(room);
    room.removeAllListeners();
    for (const participant of room.remoteParticipants.values()) {
      for (const { track } of participant.trackPublications.values()) {
        if (track) this.dispose(track);
      }
    }
  }

  /** Of a participant there is nothing to let go of: its handle is collected with it. */
  dispose(owner: Sdk.Participant | Sdk.Track): void {
    // Rejects where the native side has let go of it already, and that is what is wanted.
    if (owner instanceof this.sdk.Track) owner.close().catch(() => undefined);
  }

  openAudioTap(
    track: Sdk.Track,
    { sampleRateHz, frameMs }: AudioTapFormat,
    listener: AudioTapListener,
  ): () => void {
    const stream = new this.sdk.AudioStream(track, {
      sampleRate: sampleRateHz,
      numChannels: 1,
      frameSizeMs: frameMs,
    });
    const reader = stream.getReader();
    this.#taps.add(reader);
    void this.#read(reader, listener);
    return () => {
      this.#taps.delete(reader);
      // Else the native side would fill the stream for ever.
      reader.cancel().catch(() => undefined);
    };
  }

  async #read(reader: FrameReader, { onFrame, onEnd }: AudioTapListener): Promise<void> {
    for (;;) {
      const samples = await nextSamples(reader);
      // Closed meanwhile.
      if (!this.#taps.has(reader)) return;
      if (!samples) break;
      onFrame(samples);
    }
    this.#taps.delete(reader);
    onEnd();
  }

  /** A subscribed track sends all the time. */
  enableRemoteTrack(): void {
    // The public API has no such switch.
  }

  async subscriberStats(room: Sdk.Room): Promise<readonly RtcStatistic[]> {
    return fromSdk((await room.getRtcStats()).subscriberStats);
  }

  /** The server's refusal is lost in the SDK; the end of the room rejects. */
  async setAttributes(
    participant: Sdk.LocalParticipant,
    attributes: Readonly<Record<string, string>>,
  ): Promise<void> {
    await participant.setAttributes({ ...attributes });
  }

  muteLocalTrack(): void {
    throw new Error(
      'Only the known version of @livekit/rtc-node can mute a local track: its public API cannot.',
    );
  }

  heldCount(): number {
    const timerCount = [...this.#rooms.values()].reduce((sum, timers) => sum + timers.size, 0);
    return this.#rooms.size + timerCount + this.#taps.size;
  }
}

/** Undefined at the end of the stream, and where it broke. */
async function nextSamples(reader: FrameReader): Promise<Int16Array | undefined> {
  try {
    return (await reader.read()).value?.data;
  } catch {
    return undefined;
  }
}
