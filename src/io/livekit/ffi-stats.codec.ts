import { eachField, readerOf } from './ffi-fields.ts';
import type { InboundRtp, PathStats, RtcStatistic } from './rtc-runtime.ts';

/** The native side's answer to a request for the statistics of a room. */
export type StatsAnswer = { readonly asyncId: bigint } & (
  | { readonly ok: true; readonly subscriberStats: readonly RtcStatistic[] }
  | { readonly ok: false; readonly error: string }
);

/** Field numbers of livekit-ffi's protocol (ffi.proto, room.proto, stats.proto of 0.12.73). */
const fields = {
  FfiEvent: { getSessionStats: 19 },
  GetSessionStatsCallback: { asyncId: 1, error: 2, result: 3 },
  Result: { subscriberStats: 2 },
  RtcStats: { inboundRtp: 4, candidatePair: 13 },
  InboundRtp: { received: 3, inbound: 4 },
  ReceivedRtpStreamStats: { packetsReceived: 1, packetsLost: 2, jitter: 3 },
  InboundRtpStreamStats: { trackIdentifier: 1, framesDecoded: 4, frameWidth: 8, frameHeight: 9 },
  CandidatePair: { candidatePair: 2 },
  CandidatePairStats: { nominated: 5, currentRoundTripTime: 13, availableIncomingBitrate: 15 },
} as const;

/**
 * Reads an event of the native side where it is an answer with statistics, or returns null.
 *
 * Of some thirty statistics of a room only those of its tracks and of its path are read, and of their
 * fifty fields ten: decoding the whole takes ten times as long, twice a second for each room.
 */
export function readStatsAnswer(event: Uint8Array): StatsAnswer | null {
  if (!isStatsAnswer(event)) return null;
  const reader = readerOf(event);
  reader.tag();
  const { asyncId: asyncIdField, error, result } = fields.GetSessionStatsCallback;
  let asyncId = 0n;
  let failure: string | undefined;
  let subscriberStats: readonly RtcStatistic[] = [];
  eachField(reader.bytes(), (field, answer) => {
    if (field === asyncIdField) asyncId = BigInt(answer.uint64());
    else if (field === error) failure = answer.string();
    else if (field === result) subscriberStats = readResult(answer.bytes());
    else return false;
    return true;
  });
  return failure === undefined
    ? { asyncId, ok: true, subscriberStats }
    : { asyncId, ok: false, error: failure };
}

/** Every event passes here: so by its first two bytes alone, which are the tag of its only field. */
const isStatsAnswer = (event: Uint8Array): boolean => event[0] === TAG[0] && event[1] === TAG[1];

/** A length-delimited field (wire type 2), as a varint. */
const TAG = [
  ((fields.FfiEvent.getSessionStats << 3) & 0x7f) | 2 | 0x80,
  fields.FfiEvent.getSessionStats >> 4,
] as const;

function readResult(data: Uint8Array): readonly RtcStatistic[] {
  const statistics: RtcStatistic[] = [];
  eachField(data, (field, result) => {
    if (field !== fields.Result.subscriberStats) return false;
    const statistic = readStatistic(result.bytes());
    if (statistic) statistics.push(statistic);
    return true;
  });
  return statistics;
}

/** Its only field says which kind it is. */
function readStatistic(data: Uint8Array): RtcStatistic | null {
  const reader = readerOf(data);
  const [kind] = reader.tag();
  switch (kind) {
    case fields.RtcStats.inboundRtp:
      return { kind: 'inboundRtp', value: readInboundRtp(reader.bytes()) };
    case fields.RtcStats.candidatePair:
      return { kind: 'candidatePair', value: readCandidatePair(reader.bytes()) };
    default:
      return null;
  }
}

function readInboundRtp(data: Uint8Array): InboundRtp {
  const { received: receivedField, inbound: inboundField } = fields.InboundRtp;
  const received: Mutable<NonNullable<InboundRtp['received']>> = {};
  const inbound: Mutable<NonNullable<InboundRtp['inbound']>> = {};
  eachField(data, (part, reader) => {
    if (part === receivedField) {
      const { packetsReceived, packetsLost, jitter } = fields.ReceivedRtpStreamStats;
      eachField(reader.bytes(), (field, from) => {
        if (field === packetsReceived) received.packetsReceived = BigInt(from.uint64());
        else if (field === packetsLost) received.packetsLost = BigInt(from.int64());
        else if (field === jitter) received.jitter = from.double();
        else return false;
        return true;
      });
    } else if (part === inboundField) {
      const { trackIdentifier, framesDecoded, frameWidth, frameHeight } =
        fields.InboundRtpStreamStats;
      eachField(reader.bytes(), (field, from) => {
        if (field === trackIdentifier) inbound.trackIdentifier = from.string();
        else if (field === framesDecoded) inbound.framesDecoded = from.uint32();
        else if (field === frameWidth) inbound.frameWidth = from.uint32();
        else if (field === frameHeight) inbound.frameHeight = from.uint32();
        else return false;
        return true;
      });
    } else {
      return false;
    }
    return true;
  });
  return { received, inbound };
}

function readCandidatePair(data: Uint8Array): PathStats {
  const { nominated, currentRoundTripTime, availableIncomingBitrate } = fields.CandidatePairStats;
  const path: Mutable<PathStats> = {};
  eachField(data, (part, reader) => {
    if (part !== fields.CandidatePair.candidatePair) return false;
    eachField(reader.bytes(), (field, from) => {
      if (field === nominated) path.nominated = from.bool();
      else if (field === currentRoundTripTime) path.currentRoundTripTime = from.double();
      else if (field === availableIncomingBitrate) {
        path.availableIncomingBitrate = from.double();
      } else return false;
      return true;
    });
    return true;
  });
  return path;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
