import type { RtcStats } from '@livekit/rtc-ffi-bindings';
import type { StatsSample, TrackStats } from '../../machines/events.ts';
import type { InboundRtp, RtcStatistic } from './rtc-runtime.ts';

/** Picks of the SDK's own statistics what is read of them. */
export const fromSdk = (statistics: readonly RtcStats[]): readonly RtcStatistic[] =>
  statistics.flatMap(({ stats }): RtcStatistic[] => {
    if (stats.case === 'inboundRtp') return [{ kind: stats.case, value: stats.value }];
    const path = stats.case === 'candidatePair' && stats.value.candidatePair;
    return path ? [{ kind: 'candidatePair', value: path }] : [];
  });

/**
 * The subscriber's statistics of one room, as plain numbers.
 *
 * Only with `singlePeerConnection: false` does a statistic name its track by SID.
 */
export function toStatsSample(
  stats: readonly RtcStatistic[],
  isSubscribed: (trackSid: string) => boolean,
): StatsSample {
  // A track that was subscribed twice has an old statistic too, whose counters stand still.
  const tracks = new Map<string, TrackStats>();
  let path:
    { readonly roundTripTimeMs: number | null; readonly bitrate: number | null } | undefined;
  for (const statistic of stats) {
    if (statistic.kind === 'inboundRtp') {
      const track = toTrackStats(statistic.value);
      if (track && isSubscribed(track.trackSid)) tracks.set(track.trackSid, track);
    } else if (statistic.value.nominated) {
      const { currentRoundTripTime, availableIncomingBitrate } = statistic.value;
      path = {
        roundTripTimeMs: positive(rounded((currentRoundTripTime ?? 0) * 1000)),
        bitrate: positive(Math.round(finite(availableIncomingBitrate))),
      };
    }
  }
  return {
    tracks: [...tracks.values()],
    roundTripTimeMs: path?.roundTripTimeMs ?? null,
    availableIncomingBitrate: path?.bitrate ?? null,
  };
}

function toTrackStats({ inbound, received }: InboundRtp): TrackStats | null {
  if (!inbound?.trackIdentifier) return null;
  return {
    trackSid: inbound.trackIdentifier,
    packetsReceived: Number(received?.packetsReceived ?? 0n),
    // Duplicates can make it negative.
    packetsLost: Math.max(0, Number(received?.packetsLost ?? 0n)),
    jitterMs: rounded((received?.jitter ?? 0) * 1000),
    framesDecoded: inbound.framesDecoded ?? 0,
    width: inbound.frameWidth ?? 0,
    height: inbound.frameHeight ?? 0,
  };
}

const finite = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) ? value : 0;

/** Two digits are enough to name a reason, and keep the log short. */
const rounded = (value: number): number => Math.round(finite(value) * 100) / 100;

/** LiveKit's 0 stands for unknown. */
const positive = (value: number): number | null => (value > 0 ? value : null);
