import { describe, expect, it } from 'vitest';
import type { StatsSample } from '../../../src/machines/events.ts';
import { unarmed, watchPresence } from '../../../src/machines/session/presence.logic.ts';
import {
  lossShare,
  noPath,
  qualityReason,
  qualityScore,
  watchPath,
} from '../../../src/machines/session/quality.logic.ts';
import {
  dueSids,
  isMediaFlowing,
  mediaModeOf,
} from '../../../src/machines/session/session-tracks.logic.ts';
import {
  closeConnection,
  closeTurn,
  noTotals,
  openConnection,
  openTurn,
  speakingMsAt,
} from '../../../src/machines/session/totals.logic.ts';
import {
  camera,
  microphone,
  screen,
  screenAudio,
  statsOf,
  T0,
} from '../../support/session-facts.ts';

const path = { roundTripTimeMs: null, availableIncomingBitrate: null };

describe('presence', () => {
  type Counts = Readonly<Record<string, number>>;
  const sampleOf = (counts: Counts, at = T0) => ({
    at,
    ...path,
    tracks: Object.entries(counts).map(([sid, packets]) => statsOf(sid, packets)),
  });
  const emptyPolls = (due: readonly string[], ...polls: Counts[]) =>
    polls.reduce((watch, counts) => watchPresence(watch, sampleOf(counts), due), unarmed(T0))
      .emptyPolls;

  it.each([
    ['counts polls without a packet', ['a'], [{ a: 5 }, { a: 5 }, { a: 5 }, { a: 5 }], 3],
    ['does not take few packets for none', ['a'], [{ a: 5 }, { a: 7 }, { a: 9 }], 0],
    ['is armed by the first packet', ['a'], [{ a: 0 }, { a: 0 }, { a: 0 }, { a: 0 }], 0],
    [
      'does not count a track that has not begun to send',
      ['a', 'b'],
      [{ a: 5 }, { b: 0 }, { b: 0 }],
      0,
    ],
    [
      'is content with the packets of one track',
      ['a', 'b'],
      [
        { a: 5, b: 5 },
        { a: 5, b: 6 },
      ],
      0,
    ],
    [
      'counts where no track brings any',
      ['a', 'b'],
      [
        { a: 5, b: 5 },
        { a: 5, b: 5 },
      ],
      1,
    ],
    ['does not count tracks from which none are due', [], [{ a: 5 }, { a: 5 }, { a: 5 }], 0],
    ['does not count where the track has no statistics', ['a'], [{ a: 5 }, {}, {}], 0],
    ['takes counters that begin anew for packets', ['a'], [{ a: 50 }, { a: 50 }, { a: 3 }], 0],
  ] as const)('[SES-7] %s', (_title, due, polls, expected) => {
    expect(emptyPolls(due, ...polls)).toBe(expected);
  });

  it('[SES-7] keeps the time of the last poll', () => {
    expect(watchPresence(unarmed(T0), sampleOf({}, T0 + 500), []).polledAt).toBe(T0 + 500);
  });
});

describe('quality', () => {
  const sample = (
    tracks: readonly { received: number; lost: number; jitterMs?: number }[],
    more: Partial<StatsSample> = {},
  ): StatsSample => ({
    ...path,
    tracks: tracks.map(({ received, lost, jitterMs = 0 }, index) =>
      statsOf(`TR_${index}`, received, { packetsLost: lost, jitterMs }),
    ),
    ...more,
  });
  const watched = (...samples: StatsSample[]) => samples.reduce(watchPath, noPath);

  it('[SES-11] is a score', () => {
    expect(qualityScore).toEqual({ excellent: 1, good: 0.75, poor: 0.25, lost: 0 });
  });

  it('[SES-10] knows the loss of the last polls only', () => {
    const before = sample([{ received: 1_000, lost: 900 }]);
    const after = sample([{ received: 1_095, lost: 905 }]);
    expect(lossShare(watched(before, after))).toBe(0.05);
    const polls = Array.from({ length: 11 }, (_, index) =>
      sample([{ received: 2_000 + index, lost: 905 }]),
    );
    expect(lossShare(watched(before, after, ...polls))).toBe(0);
  });

  it('[SES-10] knows no loss without polls, or where a track took its counters with it', () => {
    expect(lossShare(noPath)).toBe(0);
    const both = sample([
      { received: 1_000, lost: 10 },
      { received: 500, lost: 0 },
    ]);
    const one = sample([{ received: 1_010, lost: 20 }]);
    expect(lossShare(watched(both, one))).toBe(0);
  });

  it.each([
    ['packet_loss', sample([{ received: 100, lost: 4, jitterMs: 90 }])],
    ['jitter', sample([{ received: 100, lost: 3, jitterMs: 51 }], { roundTripTimeMs: 400 })],
    [
      'round_trip_time',
      sample([{ received: 100, lost: 0, jitterMs: 50 }], {
        roundTripTimeMs: 301,
        availableIncomingBitrate: 1,
      }),
    ],
    [
      'bandwidth',
      sample([{ received: 100, lost: 0 }], {
        roundTripTimeMs: 300,
        availableIncomingBitrate: 149_999,
      }),
    ],
    [
      'network_conditions',
      sample([{ received: 100, lost: 0 }], {
        roundTripTimeMs: 300,
        availableIncomingBitrate: 150_000,
      }),
    ],
    ['network_conditions', sample([])],
  ] as const)('[SES-10] is explained by %s', (reason, latest) => {
    expect(qualityReason(watched(sample([{ received: 0, lost: 0 }]), latest))).toBe(reason);
  });
});

describe('tracks', () => {
  const both = { audio: true, video: true };
  const kept = (track: typeof microphone, muted = false, subscribed = true) => ({
    ...track,
    muted,
    subscribed,
  });

  it.each([
    [microphone, both, 'media'],
    [camera, both, 'media'],
    [screen, both, 'signal'],
    [screenAudio, both, 'signal'],
    [microphone, { audio: false, video: true }, 'signal'],
    [camera, { audio: true, video: false }, 'signal'],
  ] as const)(
    '[SES-3] pulls media only where it is measured: $source of %o',
    (track, watch, mode) => {
      expect(mediaModeOf(track, watch)).toBe(mode);
    },
  );

  it('[SES-7] expects packets of unmuted and subscribed tracks whose media flows', () => {
    const tracks = [kept(microphone), kept(camera, true), kept(screen)];
    expect(dueSids(tracks, both)).toEqual([microphone.sid]);
    expect(dueSids([kept(microphone, false, false)], both)).toEqual([]);
    expect(isMediaFlowing(tracks, both)).toBe(true);
    expect(isMediaFlowing([kept(screen), kept(microphone, false, false)], both)).toBe(false);
  });
});

describe('totals', () => {
  const connected = openConnection(noTotals(T0), T0 + 1_000);

  it('[SES-8] adds up turns and their time', () => {
    const first = closeTurn(openTurn(connected, T0 + 2_000), T0 + 2_500);
    const second = openTurn(first, T0 + 4_000);
    expect(second).toMatchObject({ turns: 2, speakingMs: 500 });
    expect(speakingMsAt(second, T0 + 4_100)).toBe(600);
  });

  it('[SES-8] does not count speech from before the connection', () => {
    expect(closeTurn(openTurn(connected, T0 + 900), T0 + 1_200).speakingMs).toBe(200);
  });

  it('[SES-8] ends the turn with the connection, and counts neither twice', () => {
    const left = closeConnection(openTurn(connected, T0 + 2_000), T0 + 3_000);
    expect(left).toMatchObject({
      speakingMs: 1_000,
      connectedMs: 2_000,
      connectedAt: null,
      turnStartedAt: null,
    });
    expect(closeConnection(left, T0 + 9_000)).toEqual(left);
  });

  it('[SES-8] never takes time away', () => {
    expect(closeTurn(openTurn(connected, T0 + 2_000), T0 + 1_500).speakingMs).toBe(0);
  });
});
