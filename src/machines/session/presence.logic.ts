import type { StatsSample } from '../events.ts';

/** How many polls in a row brought no packet on any unmuted track. */
export type PresenceWatch = {
  readonly packetsBySid: Readonly<Record<string, number>>;
  /** Set by the first packet: somebody who never sent anything is not suspect. */
  readonly armed: boolean;
  readonly emptyPolls: number;
  readonly polledAt: number;
};

export const unarmed: PresenceWatch = {
  packetsBySid: {},
  armed: false,
  emptyPolls: 0,
  polledAt: 0,
};

/**
 * Counts polls without a packet.
 *
 * Few is not none: a silent browser sends four packets a second. Where no unmuted track has
 * statistics there is nothing to tell from, and the count starts anew.
 */
export function watchPresence(
  watch: PresenceWatch,
  sample: StatsSample & { readonly at: number },
  unmutedSids: readonly string[],
): PresenceWatch {
  const tracks = sample.tracks.filter(({ trackSid }) => unmutedSids.includes(trackSid));
  const packetsBySid = Object.fromEntries(
    tracks.map(({ trackSid, packetsReceived }) => [trackSid, packetsReceived]),
  );
  const hasNewPackets = tracks.some(
    ({ trackSid, packetsReceived }) => packetsReceived > (watch.packetsBySid[trackSid] ?? 0),
  );
  const isEmpty = watch.armed && tracks.length > 0 && !hasNewPackets;
  return {
    packetsBySid,
    armed: watch.armed || hasNewPackets,
    emptyPolls: isEmpty ? watch.emptyPolls + 1 : 0,
    polledAt: sample.at,
  };
}
