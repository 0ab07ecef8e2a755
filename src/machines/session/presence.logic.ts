import type { StatsSample } from '../events.ts';

/** How many polls in a row brought no packet on any track from which packets are due. */
export type PresenceWatch = {
  readonly packetsBySid: Readonly<Record<string, number>>;
  readonly emptyPolls: number;
  /** Epoch milliseconds of the last poll, or of what made the count start anew. */
  readonly polledAt: number;
};

/** Nothing is known of packets: the count starts anew. */
export const unarmed = (at: number): PresenceWatch => ({
  packetsBySid: {},
  emptyPolls: 0,
  polledAt: at,
});

/**
 * Counts polls without a packet.
 *
 * Few is not none: a silent browser sends four packets a second. A track counts from its first
 * packet on, because somebody who has not begun to send is not suspect. Where no such track has
 * statistics there is nothing to tell from, and the count starts anew.
 *
 * @param dueSids the tracks whose media should be flowing to us.
 */
export function watchPresence(
  watch: PresenceWatch,
  sample: StatsSample & { readonly at: number },
  dueSids: readonly string[],
): PresenceWatch {
  const tracks = sample.tracks.filter(
    ({ trackSid, packetsReceived }) => dueSids.includes(trackSid) && packetsReceived > 0,
  );
  const hasNewPackets = tracks.some(
    ({ trackSid, packetsReceived }) => packetsReceived !== watch.packetsBySid[trackSid],
  );
  const isEmpty = tracks.length > 0 && !hasNewPackets;
  return {
    packetsBySid: Object.fromEntries(
      tracks.map(({ trackSid, packetsReceived }) => [trackSid, packetsReceived]),
    ),
    emptyPolls: isEmpty ? watch.emptyPolls + 1 : 0,
    polledAt: sample.at,
  };
}
