import type * as Bindings from '@livekit/rtc-ffi-bindings';
import type * as Sdk from '@livekit/rtc-node';
import { nextTurn } from '../clock.ts';
import { readDataPacket } from './ffi-data.codec.ts';
import { findInternals, inside, type FfiClient, type Internals } from './ffi-internals.ts';
import { readStatsAnswer, type StatsAnswer } from './ffi-stats.codec.ts';
import type {
  AudioTapFormat,
  AudioTapListener,
  RtcRoomListener,
  RtcRuntime,
  RtcStatistic,
} from './rtc-runtime.ts';
import type { LoadedSdk } from './rtc-sdk.ts';
import { supportedRtcVersions } from './rtc-versions.ts';

/**
 * Opens the one place that works with the inside of `@livekit/rtc-node`.
 *
 * The SDK gives every native event of every room to every room and stream of the process, and has the
 * native side turn each of its log lines into such an event. The router takes the native callback over:
 * no log lines, one decode for each event, audio straight to its tap, room events straight to their room.
 *
 * @throws MissingInternal where the SDK lacks something of its known inside.
 */
export const openFfiRouter = (loaded: LoadedSdk): RtcRuntime => new Router(findInternals(loaded));

/** A request for statistics that is not yet answered. */
type StatsPoll = {
  readonly roomHandle: bigint;
  readonly resolve: (stats: readonly RtcStatistic[]) => void;
  readonly reject: (error: Error) => void;
};

type AdoptedRoom = Pick<RtcRoomListener, 'refusesData'> & {
  readonly hear: (event: Bindings.FfiEvent) => void;
};

class Router implements RtcRuntime {
  readonly sdk: typeof Sdk;
  readonly #bindings: typeof Bindings;
  readonly #client: FfiClient;
  readonly #rooms = new Map<bigint, AdoptedRoom>();
  readonly #taps = new Map<bigint, AudioTapListener>();
  readonly #polls = new Map<bigint, StatsPoll>();

  constructor({ sdk, bindings, client }: Internals) {
    this.sdk = sdk;
    this.#bindings = bindings;
    this.#client = client;
    bindings.livekitInitialize(
      (data) => this.#dispatch(data),
      false,
      supportedRtcVersions['@livekit/rtc-node'],
    );
  }

  adopt(room: Sdk.Room, { onParticipantActive, onDefect, refusesData }: RtcRoomListener): void {
    const { ffiHandle, onFfiEvent } = inside(room);
    if (!ffiHandle) throw new Error('A room can be adopted once it is connected.');
    const hear = (event: Bindings.FfiEvent): void => {
      // The SDK deals with the events of one room one after the other, and so do we after it.
      onFfiEvent(event)
        .then(() => {
          const active = activatedIdentity(event);
          if (active !== null) onParticipantActive(active);
        })
        .catch(onDefect);
    };
    this.#rooms.set(ffiHandle.handle, { hear, refusesData });
    this.#client.off('ffi_event', onFfiEvent);
  }

  release(room: Sdk.Room): void {
    const { ffiHandle, onFfiEvent } = inside(room);
    room.removeAllListeners();
    this.#client.off('ffi_event', onFfiEvent);
    for (const participant of room.remoteParticipants.values()) {
      for (const { track, ffiHandle: publication } of participant.trackPublications.values()) {
        if (track) this.dispose(track);
        drop(publication);
      }
      this.dispose(participant);
    }
    if (room.localParticipant) this.dispose(room.localParticipant);
    if (!ffiHandle) return;
    this.#rooms.delete(ffiHandle.handle);
    for (const [asyncId, { roomHandle, reject }] of this.#polls) {
      if (roomHandle !== ffiHandle.handle) continue;
      this.#polls.delete(asyncId);
      reject(new Error('the room has ended'));
    }
    drop(ffiHandle);
  }

  dispose(owner: Sdk.Participant | Sdk.Track): void {
    drop(owner.ffi_handle);
  }

  openAudioTap(
    track: Sdk.Track,
    { sampleRateHz, frameMs }: AudioTapFormat,
    listener: AudioTapListener,
  ): () => void {
    const { stream } = this.#request({
      case: 'newAudioStream',
      value: new this.#bindings.NewAudioStreamRequest({
        trackHandle: track.ffi_handle.handle,
        type: this.#bindings.AudioStreamType.AUDIO_STREAM_NATIVE,
        sampleRate: sampleRateHz,
        numChannels: 1,
        frameSizeMs: frameMs,
      }),
    }) as Bindings.NewAudioStreamResponse;
    const id = stream?.handle?.id;
    if (id === undefined) throw new Error('The audio of the track cannot be read.');
    // Held by the closure: a handle that is collected would end the stream without a word.
    const handle = new this.#bindings.FfiHandle(id);
    this.#taps.set(id, listener);
    return () => {
      this.#taps.delete(id);
      drop(handle);
    };
  }

  enableRemoteTrack(publication: Sdk.TrackPublication, enabled: boolean): void {
    this.#request({
      case: 'enableRemoteTrackPublication',
      value: new this.#bindings.EnableRemoteTrackPublicationRequest({
        trackPublicationHandle: publication.ffiHandle.handle,
        enabled,
      }),
    });
  }

  subscriberStats(room: Sdk.Room): Promise<readonly RtcStatistic[]> {
    const roomHandle = inside(room).ffiHandle?.handle;
    if (roomHandle === undefined || !this.#rooms.has(roomHandle)) {
      return Promise.reject(new Error('not in the room'));
    }
    const asyncId = this.#client.getNextRequestAsyncId();
    return new Promise((resolve, reject) => {
      this.#request({
        case: 'getSessionStats',
        value: new this.#bindings.GetSessionStatsRequest({ roomHandle, requestAsyncId: asyncId }),
      });
      this.#polls.set(asyncId, { roomHandle, resolve, reject });
    });
  }

  async setAttributes(
    participant: Sdk.LocalParticipant,
    attributes: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    const { asyncId } = this.#request({
      case: 'setLocalAttributes',
      value: new this.#bindings.SetLocalAttributesRequest({
        localParticipantHandle: participant.ffi_handle.handle,
        attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
      }),
    }) as Bindings.SetLocalAttributesResponse;
    const answer = (await this.#client.waitFor(
      ({ message }) => message.case === 'setLocalAttributes' && message.value.asyncId === asyncId,
      { signal },
    )) as Bindings.SetLocalAttributesCallback;
    if (answer.error) throw new Error(answer.error);
  }

  muteLocalTrack(track: Sdk.Track, muted: boolean): void {
    this.#request({
      case: 'localTrackMute',
      value: new this.#bindings.LocalTrackMuteRequest({
        trackHandle: track.ffi_handle.handle,
        mute: muted,
      }),
    });
  }

  heldCount(): number {
    return (
      this.#client.listenerCount('ffi_event') +
      this.#rooms.size +
      this.#taps.size +
      this.#polls.size
    );
  }

  #request(message: Bindings.FfiRequest['message']): unknown {
    return this.#client.request({ message });
  }

  #dispatch(data: Uint8Array): void {
    const answer = readStatsAnswer(data);
    if (answer) this.#settlePoll(answer);
    else if (!this.#isRefused(data)) this.#dispatchEvent(data);
  }

  /** Before it is decoded, which is most of what a data message costs. */
  #isRefused(data: Uint8Array): boolean {
    const packet = readDataPacket(data);
    if (!packet) return false;
    const { roomHandle, senderIdentity, handleId, sizeBytes } = packet;
    if (!this.#rooms.get(roomHandle)?.refusesData(senderIdentity, sizeBytes)) return false;
    drop(new this.#bindings.FfiHandle(handleId));
    return true;
  }

  #settlePoll(answer: StatsAnswer): void {
    const poll = this.#polls.get(answer.asyncId);
    this.#polls.delete(answer.asyncId);
    if (answer.ok) poll?.resolve(answer.subscriberStats);
    else poll?.reject(new Error(answer.error));
  }

  #dispatchEvent(data: Uint8Array): void {
    const event = this.#bindings.FfiEvent.fromBinary(data);
    const { message } = event;
    if (message.case === 'audioStreamEvent') {
      this.#dispatchAudio(message.value);
      return;
    }
    if (message.case === 'panic') raisePanic(message.value.message);
    const room = message.case === 'roomEvent' && this.#rooms.get(message.value.roomHandle ?? 0n);
    if (room) room.hear(event);
    // Answers to requests, for whoever waits for them.
    else this.#client.emit('ffi_event', event);
  }

  #dispatchAudio({ streamHandle, message }: Bindings.AudioStreamEvent): void {
    const tap = this.#taps.get(streamHandle ?? 0n);
    if (message.case !== 'frameReceived') {
      this.#taps.delete(streamHandle ?? 0n);
      tap?.onEnd();
      return;
    }
    const { handle, info } = message.value.frame ?? {};
    if (handle?.id === undefined || !info) return;
    const samples = tap && this.#copySamples(info);
    // Owned by us also where nobody reads the stream any more.
    drop(new this.#bindings.FfiHandle(handle.id));
    if (samples) tap.onFrame(samples);
  }

  #copySamples(info: Bindings.AudioFrameBufferInfo): Int16Array {
    const count = (info.numChannels ?? 0) * (info.samplesPerChannel ?? 0);
    const bytes = this.#bindings.livekitCopyBuffer(info.dataPtr ?? 0n, count * 2);
    return new Int16Array(bytes.buffer, bytes.byteOffset, count);
  }
}

/** Whom the event calls active, which the SDK drops; null for any other event. */
function activatedIdentity({ message: { case: kind, value } }: Bindings.FfiEvent): string | null {
  if (kind !== 'roomEvent' || value.message.case !== 'participantActive') return null;
  return value.message.value.participantIdentity ?? '';
}

/**
 * Never twice and never throwing: a handle that the native side has dropped already would otherwise throw
 * from the garbage collector, where nobody can catch it.
 */
function drop(handle: Bindings.FfiHandle): void {
  try {
    handle.dispose();
  } catch {
    // Marked as disposed all the same, and that is what is wanted.
  }
}

/** A panic belongs to no room: the process has to drain and end, as after any uncaught exception. */
function raisePanic(message: string | undefined): void {
  nextTurn(() => {
    throw new Error(`the native media stack panicked: ${message ?? 'no message'}`);
  });
}
