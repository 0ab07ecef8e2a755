import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { renderDivergence } from '../../../src/io/cli/divergence-view.ts';
import type { ComparedLog } from '../../../src/io/replay/compare-log.ts';
import type { Divergence } from '../../../src/io/replay/divergence.ts';

const screen = { columns: 80, hasColour: false };
const levels = { kind: 'input', actor: 3, event: { type: 'levels.heard', rms: 0.5 } } as const;

const divergence: Divergence = {
  seq: 12,
  t: 61_250,
  reason: 'different',
  position: { file: 'logs/AJ_1.1.jsonl', line: 40 },
  path: 'job/agent',
  stimulus: { ...levels, seq: 12, t: 61_250 },
  recorded: { kind: 'state', seq: 12, actor: 2, value: { here: { speech: 'loud', video: 'off' } } },
  replayed: {
    kind: 'state',
    seq: 12,
    actor: 2,
    value: { here: { speech: 'quiet', video: 'off' } },
  },
  states: [{ t: 5, value: { here: { speech: 'quiet', video: 'off' } } }],
  before: [
    {
      stimulus: { ...levels, seq: 11, t: 61_000 },
      path: 'job/agent/levels',
      consequences: [{ kind: 'state', seq: 11, actor: 2, value: 'x' }],
    },
  ],
};

const log = (changes: Partial<ComparedLog & { divergence: Divergence }> = {}) => ({
  agent: 'tester',
  startedAt: Date.UTC(2026, 0, 1, 10),
  ending: null,
  stimuli: 12,
  changes: [],
  divergence,
  ...changes,
});

it('[RPC-30] tells where, who, how it came there, what differs, and what to look at', () => {
  expect(renderDivergence('AJ_1.1.jsonl', log(), screen)).toBe(
    [
      'logs/AJ_1.1.jsonl:40 differs',
      'step 12 at 1:01.250 (2026-01-01 10:01:01.250 UTC)',
      '',
      'actor',
      '  job/agent',
      '',
      'its way',
      '    0:00.005  here.speech.quiet here.video.off',
      '',
      'stimulus',
      '  input: levels.heard rms 0.5',
      '',
      'difference, - recorded, + now',
      '    state',
      '  - value.here.speech: "loud"',
      '  + value.here.speech: "quiet"',
      '    value.here.video: "off"',
      '',
      'steps before',
      '    1:01.000  …/agent/levels: levels.heard rms 0.5 -> x',
      '',
      'where to look',
      '  The machines have the states and transitions that were recorded: look at what',
      '  their guards, actions and delays do, at settings with another meaning, and for',
      '  what is impure.',
      '',
    ].join('\n'),
  );
});

it('[RPC-31] names machines that have changed since, and their transitions where they were noted', () => {
  const changes = [
    {
      machine: 'speech',
      transitions: { gone: ['quiet: heard [isLoud] -> loud'], new: ['quiet: heard -> loud'] },
    },
    { machine: 'video', transitions: null },
  ];
  const text = renderDivergence('x', log({ changes }), screen);
  expect(text).toContain(
    [
      '  speech has changed since',
      '  - quiet: heard [isLoud] -> loud',
      '  + quiet: heard -> loud',
      '  video has changed since; its transitions were not noted beside the log',
    ].join('\n'),
  );
});

it('[RPC-32] shows what the replay does more, and not what the log goes on with', () => {
  const recorded = { ...levels, seq: 13, t: 61_300 } as const;
  const text = renderDivergence('x', log({ divergence: { ...divergence, recorded } }), screen);
  expect(text).toContain('  - nothing\n  + state\n  + value.here.speech: "quiet"\n');
});

it('[RPC-33] fits the screen, colours only a terminal, and lets nobody move its cursor', () => {
  const evil = { ...divergence, path: 'job/agent/participant:\u001b[2Jeve' };
  const plain = renderDivergence('x', log({ divergence: evil }), { ...screen, columns: 40 });
  for (const line of plain.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  expect(plain).not.toContain('\u001b');
  const coloured = renderDivergence('x', log(), { ...screen, hasColour: true });
  expect(coloured).toContain('\u001b[31m');
  expect(stripVTControlCharacters(coloured)).toBe(renderDivergence('x', log(), screen));
});
