import type { ConnectionQuality, StatsSample } from '../events.ts';
import type { QualityReason } from './session.events.ts';

/** LiveKit's connection quality as a score, 0 to 1. */
export const qualityScore = {
  excellent: 1,
  good: 0.75,
  poor: 0.25,
  lost: 0,
} as const satisfies Record<ConnectionQuality, number>;

export type QualityChange = {
  readonly from: ConnectionQuality | 'unknown';
  readonly to: ConnectionQuality;
  readonly timestamp: number;
  readonly reason: QualityReason;
};

type Totals = { readonly packetsReceived: number; readonly packetsLost: number };

/** What the last polls say of the path from the participant to us. */
export type PathWatch = {
  readonly recentTotals: readonly Totals[];
  readonly jitterMs: number;
  readonly roundTripTimeMs: number | null;
  readonly availableIncomingBitrate: number | null;
};

export const noPath: PathWatch = {
  recentTotals: [],
  jitterMs: 0,
  roundTripTimeMs: null,
  availableIncomingBitrate: null,
};

/** The server judges quality over 5 s (LiveKit connectionquality UpdateInterval): ten polls. */
const RECENT_POLLS = 11;

export function watchPath(watch: PathWatch, sample: StatsSample): PathWatch {
  const totals = sample.tracks.reduce<Totals>(
    (sum, track) => ({
      packetsReceived: sum.packetsReceived + track.packetsReceived,
      packetsLost: sum.packetsLost + track.packetsLost,
    }),
    { packetsReceived: 0, packetsLost: 0 },
  );
  return {
    recentTotals: [...watch.recentTotals, totals].slice(-RECENT_POLLS),
    jitterMs: Math.max(0, ...sample.tracks.map(({ jitterMs }) => jitterMs)),
    roundTripTimeMs: sample.roundTripTimeMs,
    availableIncomingBitrate: sample.availableIncomingBitrate,
  };
}

/** The usual limits of conversational media (ITU-T G.114 for delay); below them the path explains nothing. */
const NOTICEABLE = {
  lossShare: 0.03,
  jitterMs: 50,
  roundTripTimeMs: 300,
  incomingBitrate: 150_000,
} as const;

export function qualityReason(watch: PathWatch): QualityReason {
  if (lossShare(watch) > NOTICEABLE.lossShare) return 'packet_loss';
  if (watch.jitterMs > NOTICEABLE.jitterMs) return 'jitter';
  if ((watch.roundTripTimeMs ?? 0) > NOTICEABLE.roundTripTimeMs) return 'round_trip_time';
  const bitrate = watch.availableIncomingBitrate ?? Infinity;
  return bitrate < NOTICEABLE.incomingBitrate ? 'bandwidth' : 'network_conditions';
}

/** Share of the packets of the last polls that were lost, 0 to 1. */
export function lossShare({ recentTotals }: PathWatch): number {
  const first = recentTotals.at(0);
  const last = recentTotals.at(-1);
  if (!first || !last) return 0;
  const lost = last.packetsLost - first.packetsLost;
  const received = last.packetsReceived - first.packetsReceived;
  // A track that ended took its counters with it.
  if (lost <= 0 || received < 0) return 0;
  return lost / (lost + received);
}
