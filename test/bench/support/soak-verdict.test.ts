import { expect, it } from 'vitest';
import { joinsUntil, judgeSoak, type SoakRow } from '../../../bench/support/soak-verdict.ts';

const MIB = 2 ** 20;
const JOINS_PER_MINUTE = 70;
/** As sessions come and go; nothing of it is growth. */
const live = (minute: number): number => (minute === 0 ? 0 : 10 + ((minute * 7) % 5));

type Leaks = Partial<Record<keyof SoakRow, number>>;

/** A run whose figures follow the live sessions, and grow with each join as told. */
function rowsOf(minutes: number, leaks: Leaks = {}): SoakRow[] {
  return Array.from({ length: minutes + 1 }, (_, minute) => {
    const joins = minute * JOINS_PER_MINUTE;
    const liveSessions = live(minute);
    const leaked = (figure: keyof SoakRow) => Math.floor(joins * (leaks[figure] ?? 0));
    return {
      minute,
      joins,
      liveSessions,
      rssBytes: 200 * MIB + leaked('rssBytes'),
      heapUsedBytes: 30 * MIB + liveSessions * 200_000 + leaked('heapUsedBytes'),
      nativeBytes: 100 * MIB + leaked('nativeBytes'),
      files: 38 + liveSessions * 15 + ((minute * 3) % 4) + leaked('files'),
      mediaHandles: liveSessions + leaked('mediaHandles'),
      actors: 6 + liveSessions * 7 + leaked('actors'),
      timers: 4 + liveSessions * 2 + leaked('timers'),
    };
  });
}

const emptied = (row: SoakRow): SoakRow => ({
  ...row,
  liveSessions: 0,
  mediaHandles: 0,
  actors: 6,
  timers: 4,
});

it('[SOAK-2] passes where figures only follow the sessions, and memory leaks below us', () => {
  const verdict = judgeSoak(rowsOf(30, { rssBytes: 300_000, nativeBytes: 290_000 }));
  expect(verdict).toMatchObject({ outcome: 'pass', failures: [] });
  expect(verdict.native.slope).toBeCloseTo(290_000, -2);
});

it.each([
  ['heapUsedBytes', 4_000],
  ['files', 0.1],
  ['mediaHandles', 0.02],
  ['actors', 0.02],
  ['timers', 0.02],
] as const)('[SOAK-3] fails where %s grow by %d a join', (figure, leak) => {
  const { outcome, failures } = judgeSoak(rowsOf(30, { [figure]: leak }));
  expect([outcome, failures]).toEqual(['fail', [`${figure} grows with the joins.`]]);
});

it('[SOAK-3] calls what is kept up to a limit no growth', () => {
  expect(judgeSoak(rowsOf(30, { heapUsedBytes: 500 })).outcome).toBe('pass');
});

it('[SOAK-4] does not count what the first fifth of the run takes', () => {
  const rows = rowsOf(30).map((row) =>
    row.minute < 6 ? { ...row, heapUsedBytes: 10 * MIB, files: 10 } : row,
  );
  expect(judgeSoak(rows).outcome).toBe('pass');
});

it('[SOAK-5] fails where something is left when the last session has ended', () => {
  const rows = rowsOf(30);
  const last = emptied({ ...rowsOf(31)[31]!, minute: 30.5 });
  expect(judgeSoak([...rows, last]).outcome).toBe('pass');
  expect(judgeSoak([...rows, { ...last, timers: 5, mediaHandles: 2 }])).toMatchObject({
    outcome: 'fail',
    failures: [
      'mediaHandles: 2 more than before the first session.',
      'timers: 1 more than before the first session.',
    ],
  });
});

it('[SOAK-6] gives no verdict on a few rows', () => {
  expect(judgeSoak(rowsOf(3)).outcome).toBe('too_short');
  expect(judgeSoak(rowsOf(1)).outcome).toBe('too_short');
});

it('[SOAK-7] tells after how many joins memory comes to a limit', () => {
  const rows = rowsOf(30, { rssBytes: MIB / 4 });
  // 200 MiB at the beginning, a quarter more with each join.
  expect(joinsUntil(1_024 * MIB, rows)).toBe(3_296);
  expect(joinsUntil(1_024 * MIB, rowsOf(30))).toBeNull();
});
