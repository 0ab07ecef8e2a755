import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { unpluggedPorts } from '../../../src/agents/define-agent.ts';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';
import { isStimulus } from '../../../src/io/event-log/log-line.ts';
import { greenroomMatchers } from '../../../src/io/testing/matchers.ts';
import { recordedRun } from '../../../src/io/testing/recorded-run.ts';
import { runAgent } from '../../../src/io/testing/run-agent.ts';
import { host } from '../../support/host.agent.ts';

expect.extend(greenroomMatchers);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-recorded-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const monitored = (speakingThreshold = '0.01') =>
  runAgent(participantMonitor, {
    metadata: { participant_identity: 'alice' },
    settings: { SPEAKING_THRESHOLD: speakingThreshold },
    script: `
      0:01 alice joins with microphone and camera
      0:02 bob joins
      0:03 alice speaks for 2s at 0.2
      0:09 alice drops
      0:40 alice returns
      0:50 room deleted`,
  });

it('[TKT-30] replays a run, from memory and from a file', async () => {
  const run = await monitored();
  expect(run.log.filter(isStimulus).length).toBeGreaterThan(100);
  await expect(run).toReplay();

  const file = join(await newFolder(), 'session.jsonl');
  await run.saveLog(file);
  await expect(recordedRun(participantMonitor, file)).toReplay();
  await expect(run.saveLog(file)).rejects.toThrow('EEXIST');
});

it('[TKT-31] shows where the agent of now goes another way', async () => {
  const run = await runAgent(host, {
    script: '0:01 alice joins\n0:02 alice sends data on topic word: cheer\n0:03 room deleted',
  });
  const changed = {
    ...host,
    machine: () => host.machine(unpluggedPorts).provide({ actions: { showMood: () => undefined } }),
  };
  const { pass, message } = await greenroomMatchers.toReplay({
    agent: changed,
    source: run.source,
    log: run.log,
  });
  expect(pass).toBe(false);
  expect(message()).toMatch(/differs/);
  expect(message()).toContain('participant.setAttributes');
});

it('[TKT-32] says that a log is of another agent, or that there is none', async () => {
  const { toReplay } = greenroomMatchers;
  const file = join(await newFolder(), 'session.jsonl');
  await expect(toReplay(recordedRun(host, file))).rejects.toThrow('ENOENT');
  await (await monitored()).saveLog(file);
  await expect(toReplay(recordedRun(host, file))).rejects.toThrow(
    'the log is of the agent "participant-monitor"',
  );
});

it('[TKT-33] keeps the lines that a worker would write', async () => {
  const run = await monitored();
  const folder = await newFolder();
  const problems: unknown[] = [];
  const logs = new EventLogs({
    directory: folder,
    clock: systemClock,
    maxBytes: 1e9,
    maxAgeMs: 1e12,
    onProblem: (problem) => problems.push(problem),
  });
  const [head, ...lines] = run.log;
  if (head?.kind !== 'head') throw new Error('the log has no head');
  const writer = logs.open('AJ_test', head);
  for (const line of lines) {
    if (
      line.kind !== 'end' &&
      line.kind !== 'dropped' &&
      line.kind !== 'head' &&
      line.kind !== 'problem'
    )
      writer.write(line);
  }
  await logs.close();
  const [written] = (await readdir(folder, { recursive: true })).filter((name) =>
    /jsonl/.test(name),
  );
  await run.saveLog(join(folder, 'saved.jsonl'));
  expect(problems).toEqual([]);
  expect(await readFile(join(folder, 'saved.jsonl'), 'utf8')).toBe(
    await readFile(join(folder, written ?? ''), 'utf8'),
  );
});
