import { expect, it } from 'vitest';
import { buildWorld } from '../../support/command-world.ts';

it('[RPT-24] reports the folder of the event logs, with tables, unless told otherwise', async () => {
  const { run, done } = buildWorld();
  expect(await run('report')).toBe(0);
  expect(done.reports[0]).toMatchObject({
    paths: ['greenroom-logs'],
    filter: { since: null, until: null, agent: null, room: null },
    isJson: false,
  });
});

it('[RPT-24] takes files and filters', async () => {
  const { run, done } = buildWorld();
  const asked = ['a', 'b.1.jsonl', '--agent', 'room-analytics', '--room', 'support', '--json'];
  expect(await run('report', ...asked, '--since', '2026-03-01', '--until', '24h')).toBe(0);
  expect(done.reports[0]).toMatchObject({
    paths: ['a', 'b.1.jsonl'],
    filter: { since: Date.UTC(2026, 2, 1), agent: 'room-analytics', room: 'support' },
    isJson: true,
  });
});

it('[RPT-24] takes how long ago, also longer than any setting may be', async () => {
  const { run, done } = buildWorld();
  expect(await run('report', '--since', '1000d', '--until', '90m')).toBe(0);
  const { since, until } = done.reports[0]?.filter ?? {};
  expect((until ?? 0) - (since ?? 0)).toBeCloseTo(1_000 * 86_400_000 - 90 * 60_000, -4);
});

it.each([
  ['2026-03-01T12:00Z', Date.UTC(2026, 2, 1, 12)],
  ['2026-03-01T12:00:00.5+02:00', Date.UTC(2026, 2, 1, 10, 0, 0, 500)],
])('[RPT-24] takes %s as a time', async (time, since) => {
  const { run, done } = buildWorld();
  expect(await run('report', '--since', time)).toBe(0);
  expect(done.reports).toMatchObject([{ filter: { since } }]);
});

it.each(['yesterday', '2026', '5', '2026-02-30', '2026-03-01T25:00:00Z'])(
  '[RPT-25] refuses %s as a time, and says what is one',
  async (time) => {
    const { run, done, stderr } = buildWorld();
    expect(await run('report', '--since', time)).toBe(2);
    expect(stderr.text).toMatch(/Expected a time such as .* or how long ago/);
    expect(done.reports).toEqual([]);
  },
);
