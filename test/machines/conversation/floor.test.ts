import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { talkFiguresOf } from '../../../src/machines/conversation/figures.logic.ts';
import {
  countOn,
  openFloor,
  type Floor,
  type SpeechEdge,
} from '../../../src/machines/conversation/floor.logic.ts';

/** Who speaks from when to when, in milliseconds. */
type Speech = readonly [identity: string, from: number, to: number];

const edgesOf = (speeches: readonly Speech[]): readonly SpeechEdge[] =>
  speeches.flatMap(([identity, from, to]) => [
    { at: from, identity, began: true },
    { at: to, identity, began: false },
  ]);

const play = (...speeches: Speech[]) => {
  const { floor, turns } = countOn(openFloor(0), edgesOf(speeches), 60_000);
  return { floor, turns, figures: talkFiguresOf(floor, 10_000) };
};

const of = (floor: Floor, identity: string) =>
  talkFiguresOf(floor, 10_000).participants.find(({ participant }) => participant === identity);

describe('the figures of a timeline', () => {
  it('[CNV-20] talk, share and turns', () => {
    const { figures } = play(['alice', 0, 3_000], ['bob', 4_000, 5_000], ['alice', 7_000, 7_500]);
    expect(figures).toMatchObject({
      speakers: 2,
      talkMs: 4_500,
      turns: 3,
      overlapMs: 0,
      interruptions: 0,
      participants: [
        { participant: 'alice', talkMs: 3_500, talkShare: 0.7778, turns: 2 },
        { participant: 'bob', talkMs: 1_000, talkShare: 0.2222, turns: 1 },
      ],
    });
  });

  it('[CNV-21] gaps between speakers, and pauses within one that are none', () => {
    const { figures } = play(
      ['alice', 0, 1_000],
      ['bob', 1_200, 2_000],
      ['bob', 5_000, 6_000],
      ['alice', 6_700, 8_000],
    );
    expect(figures.responseGapMs).toEqual({ median: 200, p95: 700 });
    expect(figures.longestSilenceMs).toBe(3_000);
  });

  it('[CNV-21] a floor that is taken over before it is left is a negative gap', () => {
    const { figures } = play(['alice', 0, 3_000], ['bob', 2_500, 5_000]);
    expect(figures.responseGapMs).toEqual({ median: -500, p95: -500 });
    expect(figures.overlapMs).toBe(500);
  });

  it('[CNV-21] an answer within somebody’s turn takes no floor', () => {
    const { figures } = play(['alice', 0, 5_000], ['bob', 2_000, 2_400]);
    expect(figures.responseGapMs).toEqual({ median: null, p95: null });
    expect(figures.interruptions).toBe(0);
  });

  it('[CNV-21] a beginning at the very end of a turn is a gap of nothing', () => {
    const { figures } = play(['alice', 0, 2_000], ['bob', 2_000, 4_000]);
    expect(figures).toMatchObject({
      responseGapMs: { median: 0 },
      overlapMs: 0,
      longestSilenceMs: 0,
    });
  });

  it.each<[string, Speech, Speech, number]>([
    ['stops for who goes on', ['alice', 0, 3_000], ['bob', 2_000, 5_000], 1],
    ['is at the end of its turn', ['alice', 0, 3_000], ['bob', 2_800, 5_000], 0],
    ['goes on for long', ['alice', 0, 5_000], ['bob', 2_000, 6_000], 0],
    ['hears a backchannel at its end', ['alice', 0, 3_000], ['bob', 2_500, 3_400], 0],
    ['began at the same time', ['alice', 2_000, 3_000], ['bob', 2_000, 5_000], 0],
    ['goes on, and the other stops', ['alice', 0, 5_000], ['bob', 2_000, 4_000], 0],
  ])('[CNV-22] an interruption where somebody %s: %#', (_, one, other, interruptions) => {
    const { floor } = play(one, other);
    expect(of(floor, 'bob')?.interruptions).toBe(interruptions);
    expect(of(floor, 'alice')?.interrupted).toBe(interruptions);
    expect(of(floor, 'alice')?.interruptions).toBe(0);
  });

  it('[CNV-22] three at once: each who stops was interrupted', () => {
    const { floor, figures } = play(
      ['alice', 0, 3_000],
      ['bob', 1_000, 3_100],
      ['carol', 2_000, 6_000],
    );
    expect(figures.overlapMs).toBe(2_100);
    expect(of(floor, 'carol')?.interruptions).toBe(2);
    expect(figures.participants.map(({ overlapMs }) => overlapMs)).toEqual([1_100, 2_000, 2_100]);
  });

  it('[CNV-23] the microphones of a participant are one speaker', () => {
    const { turns } = play(['alice', 0, 2_000], ['alice', 1_000, 4_000]);
    expect(turns).toEqual([{ identity: 'alice', startedAt: 0, endedAt: 4_000, overlapMs: 0 }]);
  });

  it('[CNV-24] keeps 500 speakers apart, and all later ones as one', () => {
    const speeches = Array.from({ length: 600 }, (_, index): Speech => [
      `p${index}`,
      index * 10,
      index * 10 + 10,
    ]);
    const { figures } = play(...speeches);
    expect(figures.speakers).toBe(501);
    expect(figures.participants[0]).toMatchObject({ participant: '', turns: 100, talkMs: 1_000 });
    expect(figures.talkMs).toBe(6_000);
  });

  it('[CNV-24] keeps gaps beyond its range at the limits', () => {
    const { figures } = play(['alice', 0, 1_000], ['bob', 50_000, 51_000]);
    expect(figures.responseGapMs.median).toBe(30_000);
    expect(figures.longestSilenceMs).toBe(49_000);
  });

  it('[CNV-24] shows a turn that goes on', () => {
    const { floor } = countOn(openFloor(0), [{ at: 500, identity: 'alice', began: true }], 2_000);
    expect(talkFiguresOf(floor, 10)).toMatchObject({
      speakers: 1,
      participants: [{ participant: 'alice', talkMs: 1_500, talkShare: 1, turns: 0 }],
    });
  });
});

/** Of each of four speakers some speeches that do not touch. */
const timeline = fc
  .array(
    fc.tuple(
      fc.constantFrom('alice', 'bob', 'carol', 'dan'),
      fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 2, maxLength: 12 }),
    ),
    { maxLength: 4 },
  )
  .map((lines) =>
    [...new Map(lines)].flatMap(([identity, steps]) => {
      let now = 0;
      const speeches: Speech[] = [];
      for (let index = 0; index + 1 < steps.length; index += 2) {
        const from = now + (steps[index] ?? 1);
        now = from + (steps[index + 1] ?? 1);
        speeches.push([identity, from, now]);
      }
      return speeches;
    }),
  );

describe('any timeline', () => {
  it('[CNV-25] shares sum up to 1, and turns to what was said', () => {
    fc.assert(
      fc.property(timeline, (speeches) => {
        const { figures, turns } = play(...speeches);
        const shares = figures.participants.reduce((sum, { talkShare }) => sum + talkShare, 0);
        expect(shares).toBeCloseTo(speeches.length === 0 ? 0 : 1, 3);
        expect(turns).toHaveLength(speeches.length);
        expect(figures.talkMs).toBe(speeches.reduce((sum, [, from, to]) => sum + to - from, 0));
      }),
    );
  });

  it('[CNV-25] overlap is the same for both of two, and never more than what they said', () => {
    fc.assert(
      fc.property(timeline, (speeches) => {
        const two = speeches.filter(([identity]) => identity === 'alice' || identity === 'bob');
        const { figures } = play(...two);
        const overlaps = figures.participants.map(({ overlapMs }) => overlapMs);
        const expected = two.reduce(
          (sum, [one, from, to]) =>
            sum +
            two
              .filter(([other]) => one === 'alice' && other === 'bob')
              .reduce(
                (all, [, start, end]) =>
                  all + Math.max(0, Math.min(to, end) - Math.max(from, start)),
                0,
              ),
          0,
        );
        expect(figures.overlapMs).toBe(expected);
        for (const overlap of overlaps) expect(overlap).toBe(expected);
      }),
    );
  });

  it('[CNV-25] the order of edges of the same time changes nothing, nor in how many steps they are counted', () => {
    fc.assert(
      fc.property(
        timeline,
        fc.array(fc.nat(), { minLength: 48, maxLength: 48 }),
        fc.nat(20_000),
        (speeches, ranks, cut) => {
          const coarse = speeches.map(([identity, from, to]): Speech => [
            identity,
            from - (from % 500),
            to - (to % 500) + 500,
          ]);
          const edges = edgesOf(coarse);
          const shuffled = edges
            .map((edge, index) => ({ edge, rank: ranks[index] ?? 0 }))
            .sort((one, other) => one.rank - other.rank)
            .map(({ edge }) => edge);
          const whole = countOn(openFloor(0), edges, 60_000);
          expect(talkFiguresOf(countOn(openFloor(0), shuffled, 60_000).floor, 10)).toEqual(
            talkFiguresOf(whole.floor, 10),
          );
          const early = countOn(
            openFloor(0),
            edges.filter(({ at }) => at <= cut),
            cut,
          );
          const late = countOn(
            early.floor,
            edges.filter(({ at }) => at > cut),
            60_000,
          );
          expect(late.floor).toEqual(whole.floor);
          expect([...early.turns, ...late.turns]).toEqual(whole.turns);
        },
      ),
    );
  });
});
