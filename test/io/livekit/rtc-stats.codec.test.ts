import statsProto from '@livekit/rtc-ffi-bindings/proto/stats_pb.js';
import { expect, it } from 'vitest';
import { fromSdk, toStatsSample } from '../../../src/io/livekit/rtc-stats.codec.ts';

const { RtcStats } = statsProto;
type Stats = ReturnType<typeof inbound>;

const inbound = (trackIdentifier: string, packets: bigint, lost = 0n) =>
  new RtcStats({
    stats: {
      case: 'inboundRtp',
      value: {
        received: { packetsReceived: packets, packetsLost: lost, jitter: 0.0123456 },
        inbound: { trackIdentifier, framesDecoded: 7, frameWidth: 320, frameHeight: 180 },
      },
    },
  });

const pair = (nominated: boolean, currentRoundTripTime: number): Stats =>
  new RtcStats({
    stats: {
      case: 'candidatePair',
      value: {
        candidatePair: { nominated, currentRoundTripTime, availableIncomingBitrate: 0 },
      },
    },
  });

const all = () => true;

it('[STAT-5] reads the counters of a track as plain numbers', () => {
  expect(toStatsSample(fromSdk([inbound('TR_a', 50n)]), all).tracks).toEqual([
    {
      trackSid: 'TR_a',
      packetsReceived: 50,
      packetsLost: 0,
      jitterMs: 12.35,
      framesDecoded: 7,
      width: 320,
      height: 180,
    },
  ]);
});

it('[STAT-6] reads the path that is in use', () => {
  const sample = toStatsSample(fromSdk([pair(false, 9), pair(true, 0.0421), pair(false, 8)]), all);
  expect(sample).toEqual({ tracks: [], roundTripTimeMs: 42.1, availableIncomingBitrate: null });
});

it('[STAT-7] takes 0 for unknown, and a negative loss for none', () => {
  expect(toStatsSample(fromSdk([pair(true, 0)]), all).roundTripTimeMs).toBeNull();
  expect(toStatsSample(fromSdk([inbound('TR_a', 1n, -3n)]), all).tracks[0]?.packetsLost).toBe(0);
});

it('[STAT-8] leaves out what is not subscribed any more, and what names no track', () => {
  const stats = [inbound('TR_old', 1n), inbound('', 2n), inbound('TR_a', 3n)];
  const sample = toStatsSample(fromSdk(stats), (trackSid) => trackSid === 'TR_a');
  expect(sample.tracks.map(({ trackSid }) => trackSid)).toEqual(['TR_a']);
});

it('[STAT-9] is finite whatever the native side says', () => {
  const broken = new RtcStats({
    stats: {
      case: 'inboundRtp',
      value: { received: { jitter: NaN }, inbound: { trackIdentifier: 'TR_a' } },
    },
  });
  const sample = toStatsSample(fromSdk([broken, pair(true, Infinity)]), all);
  expect(JSON.parse(JSON.stringify(sample))).toEqual(sample);
  expect(sample.roundTripTimeMs).toBeNull();
});
