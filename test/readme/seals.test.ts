import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DataSeal } from '../../src/io/data-seal.ts';

const guide = readFileSync('docs/agents/conversation-monitor.md', 'utf8');
const apiSecret = 'secret-of-at-least-32-characters';
const place = { roomSid: 'RM_abc', topic: 'transcription' };
const payload = { content: 'good morning', participant: 'alice' };

it('[SEAL-9] makes a seal that holds by the example of docs/agents/conversation-monitor.md', () => {
  const [, example = ''] = /```js\n(.*?)```/s.exec(guide) ?? [];
  const [given, where] = [payload, { apiSecret, ...place }].map((value) => JSON.stringify(value));
  const program = `${example}\nprocess.stdout.write(seal(${given}, ${where}));`;
  const message = execFileSync(process.execPath, ['--input-type=module', '--eval', program]);
  expect(new DataSeal(apiSecret).stateOf(message, place)).toBe('valid');
  expect(JSON.parse(message.toString())).toMatchObject(payload);
});
