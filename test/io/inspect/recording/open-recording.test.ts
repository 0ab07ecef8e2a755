import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { expect, it } from 'vitest';
import { participantMonitor } from '../../../../src/agents/participant-monitor.agent.ts';
import { LineEncoder } from '../../../../src/io/event-log/log-line.codec.ts';
import {
  findRecording,
  openRecording,
} from '../../../../src/io/inspect/recording/open-recording.ts';
import { readHead, readWholeLog, temporaryFolder } from '../../../support/event-log/log-folder.ts';
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

it('[REC-17] has no levels of an agent of a whole room, which measures nobody', async () => {
  const { about } = await openGolden('room-analytics');
  expect(about.timeline.levels).toEqual([]);
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

it('[REC-13] opens a log of several parts, whichever of them is named', async () => {
  const golden = goldenLog('participant-monitor');
  const head = await readHead(golden);
  const lines = (await readWholeLog(golden)).filter(
    (line) => line.kind !== 'torn' && line.kind !== 'head',
  );
  const folder = await temporaryFolder();
  for (const part of [1, 2, 3]) {
    const encoder = new LineEncoder();
    const own = lines.slice((part - 1) * 900, part === 3 ? undefined : part * 900);
    const text = [{ ...head, part }, ...own].map((line) => `${encoder.encode(line)}\n`).join('');
    // Parts are packed as soon as they are closed.
    const name = join(folder, `AJ_x.${part}.jsonl`);
    await (part === 3 ? writeFile(name, text) : writeFile(`${name}.br`, brotliCompressSync(text)));
  }
  const { about } = await openRecording(
    await findRecording(join(folder, 'AJ_x.2.jsonl.br'), goldenAgents),
  );
  const whole = (await openGolden('participant-monitor')).about;
  expect(about).toEqual({ ...whole, file: 'AJ_x.1.jsonl.br' });
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

it.each([
  [{ maxSteps: 867 }, 'the log has more than 867 steps'],
  [{ maxTextBytes: 131_000 }, 'the log has more than 131000 bytes of text'],
])('[REC-15] reads no further than %j, and says how to cut the log', async (limits, message) => {
  const found = await findRecording(goldenLog('participant-monitor'), goldenAgents);
  await expect(openRecording(found, limits)).rejects.toMatchObject({
    code: 'E_USAGE',
    message,
    remedy: expect.stringContaining('greenroom replay FILE --find') as unknown,
  });
});

it('[REC-15] unpacks no more than that of a file that is small', async () => {
  const golden = await readFile(goldenLog('basic'), 'utf8');
  const text = golden + '[3,100,0]\n'.repeat(2_000_000);
  const path = join(await temporaryFolder(), 'a.1.jsonl.br');
  const packed = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
  expect(packed.length).toBeLessThan(text.length / 1_000);
  await writeFile(path, packed);
  const found = await findRecording(path, goldenAgents);
  let readBytes = 0;
  const onRead = (bytes: number): void => void (readBytes += bytes);
  const opened = openRecording(found, { maxTextBytes: 18_000, onRead });
  await expect(opened).rejects.toThrow('more than 18000 bytes');
  expect(readBytes).toBeLessThanOrEqual(18_000);
});

it('[REC-14] reads no further when it is asked to stop', async () => {
  const stopped = new AbortController();
  stopped.abort();
  const found = await findRecording(goldenLog('basic'), goldenAgents);
  await expect(openRecording(found, { signal: stopped.signal })).rejects.toThrow('aborted');
});
