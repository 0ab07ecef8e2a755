import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machineOfLog } from '../../../src/io/compose/log-machines.ts';
import { readLog } from '../../../src/io/event-log/reader.ts';
import type { FindReport } from '../../../src/io/replay/find-report.ts';
import { replay } from '../../../src/io/replay/replayer.ts';
import { readHead, readWholeLog, temporaryFolder } from '../../support/event-log/log-folder.ts';
import { goldenAgents, goldenFolder } from '../../support/golden-cases.ts';
import { runTask } from '../../support/run-replay.ts';

const goldenLog = join(goldenFolder, 'participant-monitor.1.jsonl');

const find = (what: string, fixture: string | null = null) =>
  ({ type: 'find', what, fixture }) as const;

async function search(what: string, paths: readonly string[] = [goldenLog]) {
  const { exitCode, text } = await runTask(paths, { task: find(what), isJson: true });
  const report = JSON.parse(text) as FindReport;
  expect(report.exitCode).toBe(exitCode);
  return report;
}

it.each(['alert:quality', 'alert:poor_quality'])(
  '[FND-1] finds where %s is opened',
  async (what) => {
    const { found, exitCode } = await search(what);
    expect(exitCode).toBe(0);
    expect(found).toMatchObject([{ t: 25_005, at: 1_767_225_625_005, actor: 'job/room' }]);
    const [step] = found;
    expect(step?.lines[0]).toMatchObject({
      kind: 'input',
      event: { type: 'participant.qualityChanged' },
    });
    // The position is that of the stimulus in the file.
    const lines = await readWholeLog(goldenLog);
    expect(step?.position?.file).toBe(goldenLog);
    expect(lines[(step?.position?.line ?? 0) - 1]).toEqual(step?.lines[0]);
  },
);

it.each([
  ['state:frozen', 16_000],
  ['state:connected.video.frozen', 16_000],
  ['state:participant:alice=video.frozen', 16_000],
  ['state:job=live', 70],
  ['state:job/agent/participant:alice=presence.absent', 54_005],
])('[FND-2] finds where an actor comes to %s', async (what, t) => {
  const { found } = await search(what);
  expect(found).toHaveLength(1);
  expect(Math.abs((found[0]?.t ?? 0) - t)).toBeLessThan(2_000);
  expect(found[0]?.lines.some(({ kind }) => kind === 'state')).toBe(true);
});

it.each(['state:froze', 'state:bob=frozen', 'state:frozen.video', 'alert:nothing'])(
  '[FND-3] does not find %s, says what there is, and ends with 1',
  async (what) => {
    const { found, exitCode, names, notFound } = await search(what);
    expect({ found, exitCode, notFound }).toEqual({
      found: [],
      exitCode: 1,
      notFound: [goldenLog],
    });
    if (!what.includes('=')) expect(names.length).toBeGreaterThan(2);
  },
);

it('[FND-3] says what may have been meant', async () => {
  const { text } = await runTask([goldenLog], { task: find('state:frozn') });
  expect(text).toMatch(/^Is frozen meant\?$/m);
  const alerts = await runTask([goldenLog], { task: find('alert:nothing') });
  expect(alerts.text).toMatch(/^ {2}poor_quality\n {2}suspect\n {2}video_frozen$/m);
});

it('[FND-4] finds what a predicate says, which sees states and lines', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'predicate.mjs');
  await writeFile(
    file,
    `export default ({ t, states, lines, path }) =>
      t > 30_000 && states['job/agent/participant:alice']?.connected?.video === 'frozen' &&
      lines.some(({ kind }) => kind === 'emitted') && path.endsWith('stats');`,
  );
  const { found } = await search(file);
  expect(found).toMatchObject([{ t: 43_000, actor: 'job/agent/stats' }]);
});

it('[FND-4] says what is wrong with a predicate', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'predicate.mjs');
  await writeFile(file, 'export default ({ states }) => states.nobody.connected;');
  const { unreadable } = await search(file);
  expect(unreadable).toMatchObject([{ code: 'E_USAGE' }]);
  expect(unreadable[0]?.message).toContain('broke at step 0: TypeError');
  const other = join(folder, 'no-function.mjs');
  await writeFile(other, 'export default 5;');
  await expect(search(other)).rejects.toMatchObject({ code: 'E_USAGE' });
});

it.each(['alrt:quality', 'frozen', 'state:'])('[FND-5] refuses %s', async (what) => {
  await expect(search(what)).rejects.toMatchObject({
    code: 'E_USAGE',
    remedy: expect.stringContaining('alert:KEY, state:NAME') as string,
  });
});

it('[FND-6] finds in each log of a folder the first', async () => {
  const { found, notFound, exitCode } = await search('alert:frozen', [goldenFolder]);
  expect(exitCode).toBe(0);
  expect(new Set(found.map(({ path }) => path)).size).toBe(found.length);
  expect(found.map(({ path }) => path)).toContain(goldenLog);
  expect(notFound).toContain(join(goldenFolder, 'worker.1.jsonl'));
});

it('[FND-7] writes the log up to the step as a fixture, which replays without a difference', async () => {
  const folder = await temporaryFolder();
  const fixture = join(folder, 'poor-quality.jsonl');
  const { text, exitCode } = await runTask([goldenLog], { task: find('alert:quality', fixture) });
  expect(exitCode).toBe(0);
  expect(text).toContain(`${fixture} has ${goldenLog} up to that step`);

  const machine = machineOfLog(await readHead(fixture), goldenAgents);
  const { divergence, ending, root } = await replay(readLog(fixture), machine);
  expect({ divergence, ending }).toEqual({ divergence: undefined, ending: 'closed' });
  expect(root.getSnapshot()).toMatchObject({ context: { openAlerts: [{ key: 'poor_quality' }] } });
  const whole = await readWholeLog(goldenLog);
  const cut = await readWholeLog(fixture);
  expect(cut.slice(0, -1)).toEqual(whole.slice(0, cut.length - 1));
  expect(cut.at(-1)).toEqual({ kind: 'end', lines: cut.length - 2, dropped: 0 });
  expect(cut.at(-2)).toMatchObject({ seq: 293 });
});

it('[FND-8] writes over no file, and none where nothing is found', async () => {
  const folder = await temporaryFolder();
  const fixture = join(folder, 'there.jsonl');
  await writeFile(fixture, 'precious');
  const run = runTask([goldenLog], { task: find('alert:quality', fixture) });
  await expect(run).rejects.toMatchObject({ code: 'E_USAGE' });
  expect(await readFile(fixture, 'utf8')).toBe('precious');

  const other = join(folder, 'other.jsonl');
  await runTask([goldenLog], { task: find('alert:nothing', other) });
  expect(existsSync(other)).toBe(false);
  const named = runTask([goldenLog], { task: find('alert:quality', join(folder, 'x.2.jsonl')) });
  await expect(named).rejects.toMatchObject({ code: 'E_USAGE' });
});

it('[FND-9] shows where, when and what', async () => {
  const { text } = await runTask([goldenLog], { task: find('alert:quality') });
  expect(text).toMatch(
    /participant-monitor\.1\.jsonl:\d+ {2}step 293 at 0:25\.005 \(2026-01-01T00:00:25\.005Z\)/,
  );
  expect(text).toMatch(/^ {4}emitted job job\.alertOpened alert .*poor_quality/m);
  expect(text).toContain('alert:quality: found in 1 of 1 log\n');
});
