import { expect, it } from 'vitest';
import { formatProblems, parseScript } from '../../../src/io/simulated/script-parser.ts';
import { scriptWords } from '../../../src/io/simulated/script-words.ts';
import type { Happening } from '../../../src/io/simulated/script.ts';

const everyType: Readonly<Record<Happening['type'], true>> = {
  join: true,
  return: true,
  leave: true,
  drop: true,
  hush: true,
  freeze: true,
  speak: true,
  publish: true,
  unpublish: true,
  mute: true,
  unmute: true,
  stall: true,
  turnCamera: true,
  changeQuality: true,
  sendData: true,
  sendText: true,
  sendBytes: true,
  setMetadata: true,
  setAttribute: true,
  setRoomMetadata: true,
  endRoom: true,
  endAgents: true,
  ownConnection: true,
  refuse: true,
  stopServer: true,
};

it('[SIM-29] lists every kind of line of a script, as a script that is right', () => {
  const timed = scriptWords.map(([line], index) => `${index}:00 ${line}`);
  const result = parseScript(timed.join('\n'));
  expect(result.ok ? '' : formatProblems(result.problems)).toBe('');
  const types = result.ok ? result.script.map(({ happening }) => happening.type) : [];
  expect([...new Set(types)].toSorted()).toEqual(Object.keys(everyType).toSorted());
});
