import { BinaryReader, WireType } from '@bufbuild/protobuf';
import type * as Bindings from '@livekit/rtc-ffi-bindings';

/** The native side's answer to a request for the statistics of a room. */
export type StatsAnswer = { readonly asyncId: bigint } & (
  | { readonly ok: true; readonly subscriberStats: readonly Bindings.RtcStats[] }
  | { readonly ok: false; readonly error: string }
);

/** Field numbers of livekit-ffi's protocol (ffi.proto, room.proto, stats.proto of 0.12.73). */
const statsFields = {
  FfiEvent: { getSessionStats: 19 },
  GetSessionStatsCallback: { asyncId: 1, error: 2, result: 3 },
  Result: { subscriberStats: 2 },
  RtcStats: { inboundRtp: 4, candidatePair: 13 },
} as const;

/**
 * Reads an event of the native side where it is an answer with statistics, or returns null.
 *
 * Of some thirty statistics of a room only those of its tracks and of its path are decoded: the
 * whole answer takes 150 us of the main thread, twice a second for each room, and these a tenth of that.
 */
export function readStatsAnswer(
  data: Uint8Array,
  RtcStats: typeof Bindings.RtcStats,
): StatsAnswer | null {
  const event = new BinaryReader(data);
  const [kind] = event.tag();
  if (kind !== statsFields.FfiEvent.getSessionStats) return null;
  const answer = new BinaryReader(event.bytes());
  const { asyncId: asyncIdField, error, result } = statsFields.GetSessionStatsCallback;
  let asyncId = 0n;
  let failure: string | undefined;
  const subscriberStats: Bindings.RtcStats[] = [];
  while (answer.pos < answer.len) {
    const [field, wireType] = answer.tag();
    if (field === asyncIdField) asyncId = BigInt(answer.uint64());
    else if (field === error) failure = answer.string();
    else if (field === result) readResult(answer.bytes(), RtcStats, subscriberStats);
    else answer.skip(wireType);
  }
  return failure === undefined
    ? { asyncId, ok: true, subscriberStats }
    : { asyncId, ok: false, error: failure };
}

function readResult(
  data: Uint8Array,
  RtcStats: typeof Bindings.RtcStats,
  into: Bindings.RtcStats[],
): void {
  const result = new BinaryReader(data);
  while (result.pos < result.len) {
    const [field, wireType] = result.tag();
    if (field !== statsFields.Result.subscriberStats) {
      result.skip(wireType);
      continue;
    }
    const statistic = result.bytes();
    if (isWanted(statistic)) into.push(RtcStats.fromBinary(statistic));
  }
}

function isWanted(statistic: Uint8Array): boolean {
  const [kind, wireType] = new BinaryReader(statistic).tag();
  const { inboundRtp, candidatePair } = statsFields.RtcStats;
  return wireType === WireType.LengthDelimited && (kind === inboundRtp || kind === candidatePair);
}
