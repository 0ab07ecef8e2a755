import { expect, it, vi } from 'vitest';
import type { LiveModel } from '../../../src/io/cli/live-model.ts';
import { TopSession } from '../../../src/io/cli/top-session.ts';
import { initialState } from '../../../src/io/cli/top-state.ts';
import type { ActorAddress } from '../../../src/io/inspect/protocol.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { fakeTerminal } from '../../support/fake-terminal.ts';
import { buildActor, modelOf } from '../../support/live-stream.ts';

const keys = {
  down: '\x1b[B',
  up: '\x1b[A',
  left: '\x1b[D',
  right: '\x1b[C',
  end: '\x1b[F',
  enter: '\r',
  escape: '\x1b',
  backspace: '\x7f',
  ctrlC: '\x03',
};

function watch(model: LiveModel = modelOf()) {
  const clock = new VirtualClock();
  const terminal = fakeTerminal();
  const looks = new Array<{ detail: ActorAddress | null; isPaused: boolean }>();
  const ends = new Array<unknown>();
  const session = new TopSession({
    ...terminal,
    clock,
    hasColour: false,
    state: initialState(),
    model,
    link: () => ({ kind: 'open' }),
    onLook: (detail, isPaused) => looks.push({ detail, isPaused }),
    onQuit: () => ends.push('quit'),
    onFault: (cause) => ends.push(cause),
  });
  session.start();
  /** What is written once these keys have been pressed. */
  const press = async (...sequences: string[]): Promise<string> => {
    const before = terminal.output.text.length;
    for (const sequence of sequences) {
      terminal.input.write(sequence);
      // Keys arrive as a terminal sends them: in a later turn.
      await new Promise(setImmediate);
      clock.advanceBy(50);
    }
    return terminal.output.text.slice(before);
  };
  return { ...terminal, clock, session, looks, ends, press };
}

it('[TOP-19] takes the whole terminal, and gives it back as it was', () => {
  const { output, rawModes, session, input } = watch();
  expect(rawModes).toEqual([true]);
  expect(output.text.startsWith('\x1b[?1049h\x1b[?25l\x1b[?7l')).toBe(true);
  session.stop();
  session.stop();
  expect(rawModes).toEqual([true, false]);
  expect(output.text.endsWith('\x1b[?7h\x1b[?25h\x1b[?1049l')).toBe(true);
  expect(input.isPaused()).toBe(true);
  expect(output.listenerCount('resize') + input.listenerCount('data')).toBe(0);
});

it('[TOP-20] gives the terminal back also where a view is broken, and tells of it', () => {
  const model = modelOf();
  const { clock, rawModes, output, ends } = watch(model);
  vi.spyOn(model, 'sessions', 'get').mockImplementation(() => {
    throw new TypeError('a mistake of ours');
  });
  clock.advanceBy(1_000);
  expect(ends).toEqual([new TypeError('a mistake of ours')]);
  expect(rawModes).toEqual([true, false]);
  expect(output.text.endsWith('\x1b[?1049l')).toBe(true);
});

it('[TOP-21] writes only the lines that changed, and all of them after a resize', async () => {
  const model = modelOf();
  const { clock, output, resize, press } = watch(model);
  const begin = output.text.length;
  clock.advanceBy(1_000);
  expect(output.text.slice(begin)).toBe('');
  const moved = await press(keys.down);
  expect(moved.match(/\x1b\[\d+;1H/g)).toHaveLength(2);
  expect(moved).toContain('> bob');
  const before = output.text.length;
  resize(60, 8);
  const redrawn = output.text.slice(before);
  expect(redrawn.startsWith('\x1b[2J')).toBe(true);
  expect(redrawn).toContain('greenroom');
  expect(redrawn).toContain('\x1b[8;1H');
  expect(redrawn).not.toContain('\x1b[9;1H');
});

it('[TOP-22] moves, opens the session that is chosen, and comes back', async () => {
  const model = modelOf();
  const { press, looks } = watch(model);
  expect(looks).toEqual([{ detail: null, isPaused: false }]);
  expect(await press(keys.down, keys.up, keys.up, keys.end)).toContain('> bob');
  expect(await press(keys.enter)).toContain('Waiting for the actor.');
  const agent = { system: 'AJ_2', path: 'job/agent' };
  expect(looks.at(-1)).toEqual({ detail: agent, isPaused: false });
  expect(await press(keys.escape)).toContain('> bob');
  expect(looks.at(-1)).toEqual({ detail: null, isPaused: false });
  const bob = { system: 'AJ_2', path: 'job/agent/participant:bob' };
  const actor = buildActor({ ...bob, id: 22, parent: 21, name: 'participant:bob' });
  model.apply({ type: 'actors', systems: [], actors: [actor] });
  await press(keys.enter);
  expect(looks.at(-1)).toEqual({ detail: bob, isPaused: false });
});

it('[TOP-23] sorts, filters, pauses and helps', async () => {
  const { press, looks } = watch();
  expect(await press('s')).toContain('by level');
  expect(await press('S')).toContain('by level, reversed');
  expect(await press('/', 'b', 'q', keys.backspace)).toContain('filter: b_');
  expect(await press('o', keys.enter)).toContain('sessions 1 of 2');
  expect(await press(keys.escape)).toContain('sessions 2 ');
  expect(await press('p')).toContain('PAUSED');
  expect(looks.at(-1)).toEqual({ detail: null, isPaused: true });
  expect(await press('?')).toContain('PgDn');
  expect(await press('x')).toContain('sessions 2 ');
});

it('[TOP-24] folds the tree, and shows the alerts with their evidence', async () => {
  const { press } = watch();
  expect(await press('t')).toContain('track:TR_1');
  const folded = await press(keys.down, keys.left);
  expect(folded).toContain('actors 2 of 7');
  expect(folded).toContain('+ jobs (2)');
  expect(await press(keys.right)).toContain('actors 7 of 7');
  expect(await press(' ')).toContain('actors 2 of 7');
  expect(await press('a')).toContain('lastFrame.frames: 290');
});

it.each([
  ['q', 'q'],
  ['Ctrl-C', keys.ctrlC],
])('[TOP-25] quits on %s', async (_name, sequence) => {
  const { press, ends } = watch();
  await press(sequence);
  expect(ends).toEqual(['quit']);
});

it('[TOP-26] stays on its row when others come before it', async () => {
  const model = modelOf();
  const { press, clock, output } = watch(model);
  await press(keys.end);
  const [first, ...others] = model.sessions;
  if (!first) throw new Error('expected a session');
  const loud = { ...first, jobId: 'AJ_3', identity: 'aaron' };
  model.apply({ type: 'sessions', at: 62_000, sessions: [first, loud, ...others], total: 3 });
  clock.advanceBy(200);
  expect(output.text.slice(output.text.lastIndexOf('aaron'))).toContain('> bob');
});

it('[TOP-27] knows a key whose bytes come apart from Esc', async () => {
  const { input, press, looks } = watch();
  await press(keys.end, keys.enter);
  input.write('\x1b');
  await new Promise(setImmediate);
  expect(await press('[A')).not.toContain('> bob');
  expect(looks).toHaveLength(2);
  expect(await press(keys.escape)).toContain('> bob');
});

it('[TOP-27] knows a letter whose bytes come apart', async () => {
  const { input, press } = watch();
  await press('/');
  const [first = 0, ...rest] = Buffer.from('é');
  input.write(Buffer.of(first));
  await new Promise(setImmediate);
  input.write(Buffer.from(rest));
  expect(await press('b')).toContain('filter: éb_');
});
