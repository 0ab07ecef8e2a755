import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { participantMonitor } from '../../../../src/agents/participant-monitor.agent.ts';
import {
  findRecording,
  openRecording,
} from '../../../../src/io/inspect/recording/open-recording.ts';
import { temporaryFolder } from '../../../support/event-log/log-folder.ts';
import { goldenAgents } from '../../../support/golden-cases.ts';
import { goldenLog, openGolden } from '../../../support/recorded-view.ts';

async function openChanged(change: (text: string) => string | Buffer, name = 'c.1.jsonl') {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, change(await readFile(goldenLog('participant-monitor'), 'utf8')));
  return openRecording(await findRecording(path, goldenAgents));
}

it('[REC-10] tells all of a log: its length, states, alerts, marks and levels', async () => {
  const { about, stimuli, keyframes } = await openGolden('participant-monitor');
  expect(about).toMatchObject({
    file: 'participant-monitor.1.jsonl',
    agent: 'participant-monitor',
    firstAt: Date.UTC(2026, 0, 1),
    ending: 'closed',
    divergence: null,
    isTimelineCut: false,
  });
  expect(about.steps).toBe(stimuli.length);
  expect(keyframes.count).toBe(Math.floor((about.steps - 1) / 50));
  expect(about.alerts.map(({ alert }) => alert.key)).toEqual([
    'video_frozen',
    'poor_quality',
    'video_frozen',
    'suspect',
  ]);
  expect(about.alerts.every(({ alert }) => alert.resolvedAt !== undefined)).toBe(true);
  const { rows, marks, levels } = about.timeline;
  const alice = rows.find(({ path }) => path === 'job/agent/participant:alice');
  expect(alice).toMatchObject({ name: 'participant:alice', system: 'AJ_test' });
  expect(alice?.changes[0]?.value).toEqual({ awaitingParticipant: 'waiting' });
  expect(new Set(marks.map(({ kind }) => kind))).toEqual(new Set(['alert', 'resolved', 'message']));
  const [line] = levels;
  expect(Math.max(...(line?.points.map(([, level]) => level) ?? []))).toBeGreaterThan(0.01);
  expect(Math.max(...(line?.points.map(([, , rate]) => rate) ?? []))).toBeGreaterThan(20);
});

it('[REC-11] opens a log of a worker', async () => {
  const { about, system } = await openGolden('worker');
  expect(about).toMatchObject({ agent: 'worker', ending: 'closed', divergence: null });
  expect(system.about).toMatchObject({ kind: 'worker', room: null });
  expect(about.timeline.rows.map(({ path }) => path)).toContain('worker/supervisor');
});

it('[REC-12] goes no further than a replay does the same, and says what each side does', async () => {
  const { about, stimuli } = await openChanged((text) =>
    text.replace('"SPEAKING_THRESHOLD":0.01', '"SPEAKING_THRESHOLD":0.5'),
  );
  const { divergence } = about;
  expect(divergence).toMatchObject({ reason: 'the replay does not do this', replayed: null });
  expect(divergence?.recorded).toContain('speaking');
  expect(stimuli).toHaveLength((divergence?.step ?? 0) - 1);
  expect(about.steps).toBeGreaterThan(stimuli.length);
  expect(about.lastAt).toBe((await openGolden('participant-monitor')).about.lastAt);
});

it('[REC-13] opens a log that breaks off, and says so', async () => {
  const torn = await openChanged((text) => text.slice(0, 40_000));
  expect(torn.about).toMatchObject({ ending: 'torn', divergence: null });
  expect(torn.stimuli.length).toBeGreaterThan(50);
  const open = await openChanged((text) => text.split('\n').slice(0, 400).join('\n') + '\n');
  expect(open.about).toMatchObject({ ending: 'open', divergence: null });
});

it('[REC-13] opens a packed log', async () => {
  const { about } = await openChanged((text) => brotliCompressSync(text), 'c.1.jsonl.br');
  expect(about).toMatchObject({ file: 'c.1.jsonl.br', ending: 'closed', divergence: null });
});

it('[REC-14] says what is wrong where there is not just one log that is known here', async () => {
  const folder = await temporaryFolder();
  await expect(findRecording(folder, goldenAgents)).rejects.toMatchObject({ code: 'E_LOG_FORMAT' });
  await writeFile(join(folder, 'a.1.jsonl'), 'no log at all\n');
  await expect(findRecording(join(folder, 'a.1.jsonl'), goldenAgents)).rejects.toMatchObject({
    code: 'E_LOG_FORMAT',
  });
  await copyFile(goldenLog('basic'), join(folder, 'b.1.jsonl'));
  await expect(findRecording(folder, goldenAgents)).rejects.toMatchObject({ code: 'E_USAGE' });
  await expect(findRecording(goldenLog('greeter'), [participantMonitor])).rejects.toMatchObject({
    code: 'E_REPLAY_AGENT',
  });
  await expect(findRecording(join(folder, 'z.1.jsonl'), goldenAgents)).rejects.toThrow('z.1.jsonl');
});

it('[REC-14] reads no further when it is asked to stop', async () => {
  const stopped = new AbortController();
  stopped.abort();
  const found = await findRecording(goldenLog('basic'), goldenAgents);
  await expect(openRecording(found, { signal: stopped.signal })).rejects.toThrow('aborted');
});
