import { createRequire } from 'node:module';
import type * as Bindings from '@livekit/rtc-ffi-bindings';
import { expect, it } from 'vitest';
import { decodeOnlyNeededStatistics } from '../../../src/io/livekit/needed-statistics.ts';

const bindings = createRequire(import.meta.url)('@livekit/rtc-ffi-bindings') as typeof Bindings;
const { CertificateStats, RtcStats, RtcStats_Certificate, RtcStatsData } = bindings;
const { InboundRtpStreamStats, ReceivedRtpStreamStats, CandidatePairStats } = bindings;

const skipping = { readUnknownFields: false };

it('[STAT-12] decodes what is read of statistics, and nothing else', () => {
  // Encoded before, because afterwards the types know nothing else to encode.
  const rtc = new RtcStatsData({ id: 'C1', timestamp: 1n });
  const certificate = new CertificateStats({
    fingerprint: 'f',
    fingerprintAlgorithm: 'sha-256',
    base64Certificate: 'c',
    issuerCertificateId: '',
  });
  const skipped = new RtcStats({
    stats: { case: 'certificate', value: new RtcStats_Certificate({ rtc, certificate }) },
  }).toBinary();
  const inbound = { trackIdentifier: 'TR_1', framesDecoded: 3, frameWidth: 320, frameHeight: 180 };
  const received = { packetsReceived: 5n, packetsLost: 2n, jitter: 0.25 };
  const path = { nominated: true, currentRoundTripTime: 0.5, availableIncomingBitrate: 9 };

  expect(decodeOnlyNeededStatistics(bindings)).toBeUndefined();

  expect(RtcStats.fromBinary(skipped, skipping).stats.case).toBeUndefined();
  for (const [type, values] of [
    [InboundRtpStreamStats, inbound],
    [ReceivedRtpStreamStats, received],
    [CandidatePairStats, path],
  ] as const) {
    expect(type.fromBinary(new type(values).toBinary(), skipping)).toMatchObject(values);
  }
});
