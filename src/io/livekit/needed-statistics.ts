import type * as Bindings from '@livekit/rtc-ffi-bindings';

/** What is read of a room's statistics, see `toStatsSample`; by the names that the fields have in proto. */
const neededFields = {
  GetSessionStatsCallback_Result: ['subscriber_stats'],
  RtcStats: ['inbound_rtp', 'candidate_pair'],
  RtcStats_InboundRtp: ['received', 'inbound'],
  ReceivedRtpStreamStats: ['packets_received', 'packets_lost', 'jitter'],
  InboundRtpStreamStats: ['track_identifier', 'frames_decoded', 'frame_width', 'frame_height'],
  RtcStats_CandidatePair: ['candidate_pair'],
  CandidatePairStats: ['nominated', 'current_round_trip_time', 'available_incoming_bitrate'],
} as const satisfies Partial<Record<keyof typeof Bindings, readonly string[]>>;

type MessageType = { fields: (typeof Bindings.RtcStats)['fields'] };

/**
 * Has only those fields of statistics decoded that are read; all others are skipped.
 *
 * A poll brings some 200 fields of both peer connections, and with many rooms decoding them was the
 * largest part of all that the main thread does.
 *
 * @returns what the bindings lack of it; undefined where all is there.
 */
export function decodeOnlyNeededStatistics(bindings: typeof Bindings): string | undefined {
  const { runtime } = bindings.RtcStats;
  for (const [name, needed] of Object.entries(neededFields)) {
    const type = bindings[name as keyof typeof neededFields] as MessageType;
    const all = type.fields.list();
    const kept = all.filter((field) => needed.some((each) => each === field.name));
    if (kept.length < needed.length) return `${name} with ${needed.join()}`;
    type.fields = runtime.util.newFieldList(() => kept);
  }
  return undefined;
}
