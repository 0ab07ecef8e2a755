import { readFileSync } from 'node:fs';
import ffiProto from '@livekit/rtc-ffi-bindings/proto/ffi_pb.js';
import roomProto from '@livekit/rtc-ffi-bindings/proto/room_pb.js';
import statsProto from '@livekit/rtc-ffi-bindings/proto/stats_pb.js';
import { expect, it } from 'vitest';
import { readStatsAnswer } from '../../../src/io/livekit/ffi-stats.codec.ts';

const { FfiEvent } = ffiProto;
const { GetSessionStatsCallback } = roomProto;
const { RtcStats } = statsProto;

/** What the native side answered for a room with a microphone and a camera (bindings 0.12.73). */
const recorded = readFileSync(new URL('../../support/session-stats/answer.bin', import.meta.url));

it('[STAT-9] reads of an answer what the whole decoding reads of it: the tracks and the path', () => {
  const { message } = FfiEvent.fromBinary(recorded);
  if (message.case !== 'getSessionStats' || message.value.message.case !== 'result') {
    throw new Error('the recorded event is an answer');
  }
  const all = message.value.message.value.subscriberStats;
  const wanted = all.filter(({ stats }) => /^(inboundRtp|candidatePair)$/.test(stats.case ?? ''));
  expect(wanted.length).toBeGreaterThanOrEqual(3);
  expect(wanted.length).toBeLessThan(all.length);
  expect(readStatsAnswer(recorded, RtcStats)).toEqual({
    asyncId: message.value.asyncId,
    ok: true,
    subscriberStats: wanted,
  });
});

it('[STAT-9] reads the refusal of a poll', () => {
  const value = new GetSessionStatsCallback({
    asyncId: 2n ** 40n,
    message: { case: 'error', value: 'the room is gone' },
  });
  const event = new FfiEvent({ message: { case: 'getSessionStats', value } });
  expect(readStatsAnswer(event.toBinary(), RtcStats)).toEqual({
    asyncId: 2n ** 40n,
    ok: false,
    error: 'the room is gone',
  });
});

it('[STAT-9] leaves every other event to others', () => {
  const event = new FfiEvent({ message: { case: 'panic', value: { message: 'of another kind' } } });
  expect(readStatsAnswer(event.toBinary(), RtcStats)).toBeNull();
});
