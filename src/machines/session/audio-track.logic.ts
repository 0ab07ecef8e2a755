import type { TrackStats } from '../events.ts';

/** How many polls in a row brought no packet, counted from the track's first packet on. */
export type PacketWatch = { readonly packetsReceived: number; readonly emptyPolls: number };

export const noPackets: PacketWatch = { packetsReceived: 0, emptyPolls: 0 };

/**
 * Counts polls without packets.
 *
 * Few packets are not none: a silent browser still sends four a second (DTX). A track that never
 * sent one is not empty either: it has not started.
 */
export function watchPackets(watch: PacketWatch, stats: TrackStats): PacketWatch {
  const { packetsReceived } = stats;
  if (packetsReceived === 0) return noPackets;
  const isEmpty = packetsReceived === watch.packetsReceived;
  return { packetsReceived, emptyPolls: isEmpty ? watch.emptyPolls + 1 : 0 };
}
