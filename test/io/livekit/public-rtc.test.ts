import { EventEmitter } from 'node:events';
import type * as Sdk from '@livekit/rtc-node';
import { beforeEach, expect, it, vi } from 'vitest';
import { nextTurn } from '../../../src/io/clock.ts';
import { openPublicRtc } from '../../../src/io/livekit/public-rtc.ts';

type Frame = { readonly data: Int16Array };

class Track {
  static closing: () => Promise<void>;
  close = (): Promise<void> => Track.closing();
}
class AudioSource {
  close = (): Promise<void> => Promise.resolve();
}
/** As much of the SDK as is used without a room on a server. */
const sdk = {
  Track,
  AudioSource,
  AudioStream: function () {
    return new ReadableStream<Frame>({
      start: (controller) => {
        stream = controller;
      },
      cancel: onCancelled,
    });
  },
} as unknown as typeof Sdk;

class Room extends EventEmitter {
  readonly remoteParticipants = new Map<string, unknown>();
}

let stream: ReadableStreamDefaultController<Frame>;
const onCancelled = vi.fn();
const onParticipantActive = vi.fn();
const onFrame = vi.fn();
const onEnd = vi.fn();

/** So late a timer of the clock may be. */
const LATE_MS = 20;

/** Every promise that can settle has settled by then. */
const turn = () => new Promise<void>(nextTurn);
const newTrack = () => new Track() as unknown as Sdk.Track;
const frame = (...samples: number[]): Frame => ({ data: Int16Array.from(samples) });

function enter(...inside: string[]) {
  const rtc = openPublicRtc(sdk);
  const emitter = new Room();
  for (const identity of inside) {
    emitter.remoteParticipants.set(identity, { identity, trackPublications: new Map() });
  }
  const room = emitter as unknown as Sdk.Room;
  rtc.adopt(room, { onParticipantActive, onDefect: () => {}, refusesData: () => false });
  return {
    rtc,
    room,
    join: (identity: string) => emitter.emit('participantConnected', { identity }),
  };
}

function listen() {
  const rtc = openPublicRtc(sdk);
  const close = rtc.openAudioTap(
    newTrack(),
    { sampleRateHz: 16_000, frameMs: 100 },
    { onFrame, onEnd },
  );
  return { rtc, close };
}

beforeEach(() => {
  vi.clearAllMocks();
  Track.closing = () => Promise.resolve();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  return () => vi.useRealTimers();
});

it('[ROUTER-8] takes everybody for active one second after they connected', () => {
  const { join } = enter('alice');
  vi.advanceTimersByTime(500);
  join('bob');
  vi.advanceTimersByTime(499);
  expect(onParticipantActive.mock.calls).toEqual([]);
  vi.advanceTimersByTime(1 + LATE_MS);
  expect(onParticipantActive.mock.calls).toEqual([['alice']]);
  vi.advanceTimersByTime(500);
  expect(onParticipantActive.mock.calls).toEqual([['alice'], ['bob']]);
});

it('[ROUTER-8] counts the second anew for a new connection of the same identity', () => {
  const { join } = enter();
  join('alice');
  vi.advanceTimersByTime(900);
  join('alice');
  vi.advanceTimersByTime(900);
  expect(onParticipantActive).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100 + LATE_MS);
  expect(onParticipantActive).toHaveBeenCalledExactlyOnceWith('alice');
});

it('[ROUTER-9] holds nothing of a room that is released', () => {
  const { rtc, room, join } = enter('alice');
  expect(rtc.heldCount()).toBe(2);
  rtc.release(room);
  expect(rtc.heldCount()).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  join('bob');
  vi.advanceTimersByTime(2_000);
  expect(onParticipantActive).not.toHaveBeenCalled();
});

it('[ROUTER-10] reads a track until it is closed, and cancels the stream', async () => {
  const { rtc, close } = listen();
  stream.enqueue(frame(1, 2));
  await vi.waitFor(() => expect(onFrame).toHaveBeenCalledExactlyOnceWith(Int16Array.of(1, 2)));
  expect(rtc.heldCount()).toBe(1);
  stream.enqueue(frame(3));
  close();
  expect(rtc.heldCount()).toBe(0);
  expect(onCancelled).toHaveBeenCalledOnce();
  await turn();
  expect(onFrame).toHaveBeenCalledOnce();
  expect(onEnd).not.toHaveBeenCalled();
});

it.each([
  ['ends', () => stream.close()],
  ['breaks', () => stream.error(new Error('gone'))],
])('[ROUTER-10] says so where the stream %s', async (_what, end) => {
  const { rtc } = listen();
  end();
  await vi.waitFor(() => expect(onEnd).toHaveBeenCalledOnce());
  expect(rtc.heldCount()).toBe(0);
});

it('[ROUTER-11] lets go of a track that the native side has let go of already', async () => {
  const unhandled = vi.fn();
  process.once('unhandledRejection', unhandled);
  Track.closing = () => Promise.reject(new Error('invalid handle'));
  openPublicRtc(sdk).dispose(newTrack());
  await turn();
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

it('[ROUTER-12] says that it cannot mute a local track', () => {
  expect(() => openPublicRtc(sdk).muteLocalTrack(newTrack(), true)).toThrow(/public API cannot/);
});
