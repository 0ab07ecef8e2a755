import type { RtcStats } from '@livekit/rtc-ffi-bindings';
import type { StatsSample, TrackStats } from '../../machines/events.ts';

/**
 * The subscriber's statistics of one room, as plain numbers.
 *
 * Only with `singlePeerConnection: false` does a statistic name its track by SID.
 */
export function toStatsSample(
  stats: readonly RtcStats[],
  isSubscribed: (trackSid: string) => boolean,
): StatsSample {
  // A track that was subscribed twice has an old statistic too, whose counters stand still.
  const tracks = new Map<string, TrackStats>();
  let path:
    { readonly roundTripTimeMs: number | null; readonly bitrate: number | null } | undefined;
  for (const { stats: statistic } of stats) {
    if (statistic.case === 'inboundRtp') {
      const track = toTrackStats(statistic.value);
      if (track && isSubscribed(track.trackSid)) tracks.set(track.trackSid, track);
    } else if (statistic.case === 'candidatePair' && statistic.value.candidatePair?.nominated) {
      const { currentRoundTripTime, availableIncomingBitrate } = statistic.value.candidatePair;
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

type InboundRtp = Extract<RtcStats['stats'], { case: 'inboundRtp' }>['value'];

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
