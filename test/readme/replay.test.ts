import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runTask } from '../support/run-replay.ts';

it('[README-21] shows in docs/replay.md lines that the what-if prints', async () => {
  const page = readFileSync('docs/replay.md', 'utf8');
  const shown =
    /--set SPEAKING_THRESHOLD=0\.5\n```\n\n```text\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const lines = shown.split('\n').filter((line) => line !== '' && !/^ {2}and \d+ more$/.test(line));
  expect(lines.length).toBeGreaterThan(5);
  const { text } = await runTask(['test/golden/participant-monitor.1.jsonl'], {
    task: { type: 'whatIf', settings: { SPEAKING_THRESHOLD: '0.5' }, instead: null },
  });
  expect(lines.filter((line) => !text.split('\n').includes(line))).toEqual([]);
});
