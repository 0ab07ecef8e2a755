import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { text } from '../../../src/agents/setting-types.ts';
import {
  jobConfigKeys,
  jobConfigOf,
  workerConfigKeys,
  workerConfigOf,
} from '../../../src/io/compose/worker-options.ts';
import type { WhatIfReport } from '../../../src/io/replay/what-if-report.ts';
import { workerSettings } from '../../../src/io/settings.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';
import { goldenFolder } from '../../support/golden-cases.ts';
import { runTask, type RunOptions } from '../../support/run-replay.ts';

const golden = (name: string) => join(goldenFolder, `${name}.1.jsonl`);

type Settings = Readonly<Record<string, string>>;

const set = (settings: Settings): RunOptions => ({
  task: { type: 'whatIf', settings, instead: null },
});

/** Of a conversation-analyst's summary. */
const findings = z.object({
  compliance: z.object({
    findings: z.array(z.object({ rule: z.string(), finding: z.string(), quote: z.string() })),
  }),
});

/** The path of a new file. */
async function fileOf(content: string): Promise<string> {
  const path = join(await temporaryFolder(), 'rules.yaml');
  await writeFile(path, content);
  return path;
}

async function reportOf(paths: readonly string[], { task }: RunOptions) {
  const { exitCode, text } = await runTask(paths, { ...(task && { task }), isJson: true });
  const report = JSON.parse(text) as WhatIfReport;
  expect(report.exitCode).toBe(exitCode);
  return report;
}

it('[WIF-10] counts no turn where nobody is loud enough', async () => {
  const report = await reportOf(
    [golden('participant-monitor')],
    set({ SPEAKING_THRESHOLD: '0.5' }),
  );
  expect(report).toMatchObject({ exitCode: 0, untouched: [], unreadable: [] });
  const [log] = report.logs;
  expect(log?.base.summary).toMatchObject({ turns: 4, speakingMs: 7_900 });
  expect(log?.changed.summary).toMatchObject({ turns: 0, speakingMs: 0 });
  expect(log?.base.messagesSent).toBe((log?.changed.messagesSent ?? 0) + 8);
  expect(log?.drift).toMatchObject({ counts: { gone: 0, new: 0, moved: 0, changed: 0 } });
  expect(log?.comparison.differences[0]).toMatchObject({
    type: 'gone',
    first: { what: 'subscribed.speaking' },
  });
  const speaking = 'job/agent/participant:alice connected.speech.speaking';
  expect(log?.base.timeInStates[speaking]).toBeGreaterThan(7_900);
  expect(log?.changed.timeInStates[speaking]).toBeUndefined();
});

it('[WIF-11] ends earlier where nobody is waited for, and counts what nobody hears then', async () => {
  const report = await reportOf([golden('participant-monitor')], set({ INACTIVITY_TIMEOUT: '1s' }));
  const [log] = report.logs;
  expect(log?.base).toMatchObject({ endReason: 'room_deleted', lostInputs: 0, endedAt: 74_005 });
  expect(log?.changed).toMatchObject({ endReason: 'participant_left' });
  expect(log?.changed.endedAt).toBeLessThan(70_000);
  expect(log?.changed.lostInputs).toBeGreaterThan(50);
  const ended = log?.comparison.differences.find(
    (difference) => difference.type === 'moved' && difference.first.what === 'ended',
  );
  expect(ended).toMatchObject({ first: { t: 74_005 }, second: { t: 63_085 } });
});

it('[WIF-12] runs every golden log by the clock as it was recorded', async () => {
  const same = { type: 'whatIf', settings: { DRAIN_TIMEOUT: '15s' }, instead: null } as const;
  const report = await reportOf([goldenFolder], { task: same });
  expect(report.logs.length).toBeGreaterThan(5);
  for (const { path, drift, base, missingLines } of report.logs) {
    expect({ path, ...drift.counts, lost: base.lostInputs, missingLines }).toEqual({
      ...{ path, gone: 0, new: 0, moved: 0, changed: 0, lost: 0, missingLines: 0 },
    });
  }
});

it('[WIF-13] changes only the logs that have the setting, and names those that it leaves', async () => {
  const report = await reportOf([goldenFolder], set({ MAX_JOBS: '1' }));
  expect(report.logs.map(({ path }) => path)).toEqual([golden('worker')]);
  expect(report.untouched).toContain(golden('basic'));
  const { text } = await runTask([goldenFolder], set({ SPEAKING_THRESHOLD: '0.5' }));
  expect(text).toMatch(/have none of SPEAKING_THRESHOLD: left out/);
  expect(text).toMatch(/\d+ logs with SPEAKING_THRESHOLD=0\.5: \d+ would have been different/);
});

it('[WIF-14] refuses a name that no log has, and says which is meant', async () => {
  const run = runTask([goldenFolder], set({ SPEKING_THRESHOLD: '0.5' }));
  await expect(run).rejects.toMatchObject({
    code: 'E_USAGE',
    message: 'SPEKING_THRESHOLD is no setting that a log has',
    remedy: expect.stringMatching(/^Is SPEAKING_THRESHOLD meant\? There are .*MAX_JOBS/) as string,
  });
});

it('[WIF-14] refuses a value that the setting does not take', async () => {
  const run = runTask([goldenFolder], set({ SPEAKING_THRESHOLD: 'loud' }));
  await expect(run).rejects.toMatchObject({
    code: 'E_CONFIG',
    message: expect.stringContaining('expected a number from 0 to 1') as string,
  });
});

it('[WIF-14] says where in a file something is wrong', async () => {
  const rules = await fileOf('- id: x\n  must_say: [hello]\n- id: y\n');
  const run = runTask([goldenFolder], set({ COMPLIANCE_RULES: rules }));
  await expect(run).rejects.toMatchObject({
    code: 'E_CONFIG',
    details: [`${rules}:3: 1: expected either must_say or must_not_say`],
  });
});

it('[WIF-20] finds other things in a conversation by other compliance rules', async () => {
  const rules = await fileOf(
    '- {id: guarantee, severity: critical, must_not_say: [anything else]}\n' +
      '- {id: hate, must_not_say: [i hate]}\n',
  );
  const log = golden('conversation-analyst');
  const report = await reportOf([log], set({ COMPLIANCE_RULES: rules }));
  const found = (summary: unknown) => {
    const { compliance } = findings.parse(summary);
    return compliance.findings.map(({ rule, finding, quote }) => [rule, finding, quote].join(' '));
  };
  const [run] = report.logs;
  expect(found(run?.base.summary)).toEqual([
    'recorded not_said ',
    'guarantee said We guarantee',
    'goodbye not_said ',
  ]);
  expect(found(run?.changed.summary)).toEqual(['hate said I hate', 'guarantee said Anything else']);
  expect(run?.drift.counts).toEqual({ gone: 0, new: 0, moved: 0, changed: 0 });

  const { text } = await runTask([log], set({ COMPLIANCE_RULES: rules }));
  expect(text).toMatch(/^compliance findings recorded +recorded, critical, n… +none +other$/m);
  expect(text).toMatch(
    /^compliance findings guarantee quote +We guarantee +Anything else +other$/m,
  );
  expect(text).toMatch(/^compliance counts hate +none +hate, 1 +other$/m);
  // Of figures within figures only those that differ, and none of them beyond the screen.
  expect(text).not.toMatch(/^sentiment|^topics/m);
  const rows = text.split('\n').filter((line) => line.startsWith('compliance'));
  expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(100);
});

it('[WIF-15] puts another agent in the place of the recorded one', async () => {
  const silent = { ...participantMonitor, name: 'same-machine' };
  const report = await reportOf([golden('participant-monitor')], {
    task: { type: 'whatIf', settings: {}, instead: silent },
  });
  expect(report).toMatchObject({ exitCode: 0, change: { instead: 'same-machine' } });
  expect(report.logs[0]?.comparison.counts).toEqual({ gone: 0, new: 0, moved: 0, changed: 0 });
});

it('[WIF-15] reads recorded settings for an agent with a schema of its own', async () => {
  const other = {
    ...participantMonitor,
    settings: participantMonitor.settings.extend({}),
  };
  const report = await reportOf([golden('participant-monitor')], {
    task: { type: 'whatIf', settings: { SPEAKING_THRESHOLD: '0.5' }, instead: other },
  });
  expect(report.logs[0]?.changed.summary).toMatchObject({ turns: 0, freezes: 2 });
});

it('[WIF-16] says what of the record another agent cannot be given', async () => {
  const picky = {
    ...participantMonitor,
    name: 'picky',
    metadata: z.object({ tone: z.string() }),
  };
  const greedy = {
    ...participantMonitor,
    name: 'greedy',
    settings: participantMonitor.settings.extend({
      COLOUR: text({ description: 'A colour.', isRequired: true, example: 'green' }),
    }),
  };
  const withAgent = (instead: typeof participantMonitor | typeof picky | typeof greedy) =>
    reportOf([golden('participant-monitor')], {
      task: { type: 'whatIf', settings: {}, instead },
    });
  const unfit = await withAgent(picky);
  expect(unfit).toMatchObject({ exitCode: 2, unreadable: [{ code: 'E_METADATA' }] });
  expect(unfit.unreadable[0]?.message).toBe('the recorded metadata does not fit picky');
  const lacking = await withAgent(greedy);
  expect(lacking.unreadable).toMatchObject([
    { code: 'E_CONFIG', remedy: expect.stringContaining('--set COLOUR=green') as string },
  ]);
});

it('[WIF-17] shows the two runs side by side, and the first differences', async () => {
  const { text } = await runTask(
    [golden('participant-monitor')],
    set({ SPEAKING_THRESHOLD: '0.5' }),
  );
  expect(text).toContain('Run again unchanged, it does what was recorded.');
  expect(text).toMatch(/^ +recorded +would have been +difference$/m);
  expect(text).toMatch(/^turns +4 +0 +-4$/m);
  expect(text).toMatch(/^speaking +7\.9s +0ms +-7\.9s$/m);
  expect(text).toMatch(
    /^ {2}- {3}0:04\.063 {2}message speaking_detection to bob: .*speaking true$/m,
  );
  expect(text).toMatch(/^ {2}and \d+ more$/m);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

it('[WIF-18] goes on behind a file that is no log, and ends with 2', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'below'));
  await copyFile(golden('basic'), join(folder, 'below', 'a.1.jsonl'));
  await writeFile(join(folder, 'b.1.jsonl'), 'no log at all\n');
  const report = await reportOf([folder], set({ INACTIVITY_TIMEOUT: '2s' }));
  expect(report).toMatchObject({ exitCode: 2, unreadable: [{ code: 'E_LOG_FORMAT' }] });
  expect(report.logs).toHaveLength(1);
});

it('[WIF-19] knows where the settings of the process stand in what its machines are given', () => {
  const required = { LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: 'secret' };
  const given = { ...required, MAX_JOBS: '7', MAX_RSS: '1GiB', MAX_JOBS_TOTAL: '9' };
  const reports = { REPORT_INTERVAL: '11s', ROOMS_REPORT_INTERVAL: '12s' };
  const times = { ...reports, DRAIN_TIMEOUT: '13s', MAX_JOB_DURATION: '17s' };
  const settings = workerSettings.parse({ ...given, ...times });
  const config = { ...workerConfigOf(settings), ...jobConfigOf(settings) };
  const keys = Object.entries({ ...workerConfigKeys, ...jobConfigKeys });
  expect(keys).toHaveLength(7);
  for (const [name, key] of keys) {
    expect([name, Reflect.get(config, key)]).toEqual([name, Reflect.get(settings, name)]);
  }
});
