import { EventEmitter } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { runReplay } from '../../../src/io/replay/run-replay.ts';
import { Shutdown } from '../../../src/io/shutdown.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';
import { TextSink } from '../../support/text-sink.ts';

const golden = join(import.meta.dirname, '../../golden/participant-monitor.1.jsonl');

async function cover(
  paths: readonly string[],
  { isJson = false, diagrams = null }: { isJson?: boolean; diagrams?: string | null } = {},
) {
  const [output, notices] = [new TextSink(), new TextSink()];
  const shutdown = new Shutdown(new EventEmitter());
  onTestFinished(() => shutdown.close());
  const task = { type: 'coverage', diagrams } as const;
  const agents = [participantMonitor];
  const { exitCode } = await runReplay({ paths, agents, task, isJson, output, notices, shutdown });
  return { exitCode, text: output.text, notices: notices.text };
}

it('[COV-4] shows which transitions a log took, and names the others', async () => {
  const { exitCode, text } = await cover([golden]);
  expect(exitCode).toBe(0);
  expect(text).toMatch(/^job +\d+ of \d+ +█+░+$/m);
  expect(text).toContain('job: not taken\n');
  expect(text).toContain('  joining: control.draining -> reporting\n');
  expect(text).not.toContain('  joining.connecting: room.connected');
  expect(text).toMatch(/1 log looked at\n$/);
});

it('[COV-4] gives the counts as JSON', async () => {
  const { text } = await cover([golden], { isJson: true });
  const report: unknown = JSON.parse(text);
  expect(report).toMatchObject({ version: 1, exitCode: 0, logs: 1, different: [], unreadable: [] });
  expect(text).toMatch(/"key":"disconnected: participant.connected -> connected",[^}]*"count":1}/);
});

it('[COV-5] draws the machines with what was taken', async () => {
  const diagrams = join(await temporaryFolder(), 'drawn');
  const { exitCode, notices } = await cover([golden], { diagrams });
  expect(exitCode).toBe(0);
  expect(readdirSync(diagrams)).toContain('participant-session.svg');
  const svg = readFileSync(join(diagrams, 'participant-session.svg'), 'utf8');
  expect(svg).toMatch(/class="taken"[^>]*>participant\.connected ×1</);
  expect(svg).toMatch(/class="untaken"[^>]*>after longSession \/ openAlert</);
  expect(notices).toContain(join(diagrams, 'job.svg'));
}, 60_000);

it('[COV-6] counts a log that differs up to there, and says so', async () => {
  const file = join(await temporaryFolder(), 'changed.1.jsonl');
  const lines = readFileSync(golden, 'utf8').split('\n');
  const stated = lines.findLastIndex(
    (line) => line.includes('"speaking"') && line.startsWith('{"kind":"state"'),
  );
  writeFileSync(
    file,
    lines
      .map((line, index) => (index === stated ? line.replace('"speaking"', '"silent"') : line))
      .join('\n'),
  );
  const { exitCode, text } = await cover([file, join(file, 'nothing')]);
  expect(exitCode).toBe(2);
  expect(text).toMatch(/^different +.*step \d+/m);
  expect(text).toMatch(/^unreadable/m);
});
