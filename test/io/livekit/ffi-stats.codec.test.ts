import { readFileSync } from 'node:fs';
import ffiProto from '@livekit/rtc-ffi-bindings/proto/ffi_pb.js';
import roomProto from '@livekit/rtc-ffi-bindings/proto/room_pb.js';
import { expect, it } from 'vitest';
import { readStatsAnswer } from '../../../src/io/livekit/ffi-stats.codec.ts';
import { fromSdk, toStatsSample } from '../../../src/io/livekit/rtc-stats.codec.ts';

const { FfiEvent } = ffiProto;
const { GetSessionStatsCallback } = roomProto;

/** What the native side answered for a room with a microphone and a camera (bindings 0.12.73). */
const recorded = readFileSync(new URL('../../support/session-stats/answer.bin', import.meta.url));

it('[STAT-9] reads of an answer what the whole decoding reads of it: the tracks and the path', () => {
  const { message } = FfiEvent.fromBinary(recorded);
  if (message.case !== 'getSessionStats' || message.value.message.case !== 'result') {
    throw new Error('the recorded event is an answer');
  }
  const isHere = () => true;
  const whole = toStatsSample(fromSdk(message.value.message.value.subscriberStats), isHere);
  expect(whole.tracks).toMatchObject([
    { width: 0 },
    { framesDecoded: expect.any(Number) as number },
  ]);
  expect(whole.tracks[1]?.width).toBeGreaterThan(0);
  const answer = readStatsAnswer(recorded);
  if (!answer?.ok) throw new Error('the answer was not read');
  expect(answer.asyncId).toBe(message.value.asyncId);
  expect(toStatsSample(answer.subscriberStats, isHere)).toEqual(whole);
});

it('[STAT-9] reads the path that is in use', () => {
  const answer = readStatsAnswer(recorded);
  const paths = answer?.ok && answer.subscriberStats.filter(({ kind }) => kind === 'candidatePair');
  expect(paths).toContainEqual({
    kind: 'candidatePair',
    value: { nominated: true, currentRoundTripTime: 0, availableIncomingBitrate: 0 },
  });
});

it('[STAT-9] reads the refusal of a poll', () => {
  const value = new GetSessionStatsCallback({
    asyncId: 2n ** 40n,
    message: { case: 'error', value: 'the room is gone' },
  });
  const event = new FfiEvent({ message: { case: 'getSessionStats', value } });
  expect(readStatsAnswer(event.toBinary())).toEqual({
    asyncId: 2n ** 40n,
    ok: false,
    error: 'the room is gone',
  });
});

it('[STAT-9] leaves every other event to others', () => {
  const event = new FfiEvent({ message: { case: 'panic', value: { message: 'of another kind' } } });
  expect(readStatsAnswer(event.toBinary())).toBeNull();
});
