import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { readWholeLog, temporaryFolder } from '../../support/event-log/log-folder.ts';

const program = fileURLToPath(
  new URL('../../support/event-log/writing-process.ts', import.meta.url),
);

function startWriting(directory: string, mode: 'steady' | 'exit') {
  const child = spawn(process.execPath, ['--import', 'tsx', program, directory, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function onlyLog(directory: string) {
  const [day = ''] = await readdir(directory);
  return readWholeLog(join(directory, day, 'AJ_1.1.jsonl'));
}

it('[LOG-16] loses at most a second to a SIGKILL, and leaves a log that can be read', async () => {
  const directory = await temporaryFolder();
  const child = startWriting(directory, 'steady');
  let lastTold = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    lastTold = Number(line);
    if (lastTold > 1_700) child.kill('SIGKILL');
  }
  const lines = await onlyLog(directory);
  const last = lines.findLast((line) => line.kind === 'sent');
  expect(lines[0]?.kind).toBe('head');
  expect(lastTold - (last?.t ?? 0)).toBeLessThanOrEqual(1_000);
  expect(last?.seq).toBeGreaterThan(10);
}, 30_000);

it('[LOG-17] loses no line to an exit, and leaves none at a wrong place', async () => {
  const directory = await temporaryFolder();
  const child = startWriting(directory, 'exit');
  expect(await once(child, 'exit')).toEqual([0, null]);
  const numbers = (await onlyLog(directory)).map((line) => ('seq' in line ? line.seq : line.kind));
  expect(numbers).toEqual(['head', ...Array.from({ length: 30_000 }, (_, index) => index + 1)]);
}, 30_000);
