import {
  assign,
  createActor,
  emit,
  fromPromise,
  sendTo,
  setup,
  type AnyStateMachine,
} from 'xstate';
import { expect, it, onTestFinished, vi } from 'vitest';
import { LineCheck } from '../../../src/io/event-log/line-check.ts';
import type { LogLine, LogProblem } from '../../../src/io/event-log/log-line.ts';
import { Recorder } from '../../../src/io/event-log/recorder.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { notProvided, port, type PortScope } from '../../../src/machines/slots.ts';

type Word = { readonly type: string; readonly value?: unknown };
type Scope = PortScope<undefined, Word, Word>;

/** A port that the test speaks through. */
function openPort() {
  let scope: Scope | undefined;
  const logic = port<undefined, Word, Word>((given) => {
    scope = given;
    return () => {};
  });
  return { logic, send: (word: Word) => scope?.send(word) };
}

function record(machine: AnyStateMachine, write?: (line: LogLine) => void) {
  const clock = new VirtualClock(5_000);
  const lines: LogLine[] = [];
  const problems: LogProblem[] = [];
  const recorder = new Recorder({
    clock,
    write: write ?? ((line) => lines.push(line)),
    onProblem: (problem) => problems.push(problem),
  });
  const root = createActor(machine, {
    id: 'root',
    clock: recorder.clock,
  });
  recorder.watch(root);
  root.subscribe({ error: () => {} });
  root.start();
  onTestFinished(() => void root.stop());
  return { clock, lines, problems, recorder, root };
}

const child = setup({}).createMachine({
  id: 'child',
  initial: 'here',
  states: { here: { on: { leave: 'gone' } }, gone: { type: 'final' } },
});

const parent = setup({
  types: { events: {} as Word, context: {} as { readonly seen: number } },
  actors: { line: notProvided<undefined, Word>('line'), child },
  actions: {
    see: assign({ seen: ({ context }) => context.seen + 1 }),
    say: sendTo('line', ({ event }) => ({ type: 'said', value: event.value })),
    show: emit(({ context }) => ({ type: 'shown', seen: context.seen })),
    sendAway: sendTo('child', { type: 'leave' }),
    sendAwayLate: sendTo('child', { type: 'leave' }, { delay: 300 }),
  },
}).createMachine({
  id: 'parent',
  context: { seen: 0 },
  invoke: [
    { src: 'line', id: 'a/b' },
    { src: 'child', id: 'child' },
  ],
  initial: 'idle',
  states: { idle: { on: { wake: 'awake' } }, awake: { after: { 250: 'idle' } } },
  on: {
    ask: { actions: ['see', 'show'] },
    part: { actions: 'sendAway' },
    partLate: { actions: 'sendAwayLate' },
  },
});

it('[LOG-5] numbers stimuli, and gives each consequence the number of its stimulus', () => {
  const line = openPort();
  const { clock, lines, root } = record(parent.provide({ actors: { line: line.logic } }));
  clock.advanceBy(40);
  line.send({ type: 'ask', value: 1 });
  root.send({ type: 'wake' });
  clock.advanceBy(250);
  root.send({ type: 'part' });

  expect(lines).toEqual([
    { kind: 'actor', seq: 0, actor: 1, path: 'root' },
    { kind: 'state', seq: 0, actor: 1, value: 'idle' },
    { kind: 'actor', seq: 0, actor: 2, path: 'root/a%2Fb' },
    { kind: 'actor', seq: 0, actor: 3, path: 'root/child' },
    { kind: 'state', seq: 0, actor: 3, value: 'here' },
    { kind: 'input', seq: 1, t: 40, actor: 2, event: { type: 'ask', value: 1 } },
    { kind: 'emitted', seq: 1, actor: 1, event: { type: 'shown', seen: 1 } },
    { kind: 'sent', seq: 2, t: 40, actor: 1, event: { type: 'wake' } },
    { kind: 'state', seq: 2, actor: 1, value: 'awake' },
    {
      kind: 'timer',
      seq: 3,
      t: 290,
      actor: 1,
      timer: 1,
      dueAt: 290,
      event: 'xstate.after.250.parent.awake',
    },
    { kind: 'state', seq: 3, actor: 1, value: 'idle' },
    { kind: 'sent', seq: 4, t: 290, actor: 1, event: { type: 'part' } },
    { kind: 'message', seq: 4, actor: 3, event: { type: 'leave' } },
    { kind: 'state', seq: 4, actor: 3, value: 'gone' },
    {
      kind: 'message',
      seq: 4,
      actor: 1,
      event: { type: 'xstate.done.actor.child', actorId: 'child' },
    },
    { kind: 'ended', seq: 4, actor: 3, status: 'done', context: {} },
  ]);
});

it('[LOG-5] records a timer whose target has ended, as a replay has that timer, too', () => {
  const line = openPort();
  const { clock, lines, root } = record(parent.provide({ actors: { line: line.logic } }));
  root.send({ type: 'partLate' });
  root.send({ type: 'part' });
  clock.advanceBy(300);
  expect(lines.at(-1)).toMatchObject({ kind: 'timer', t: 300, event: 'leave' });
  // XState says that nobody heard it, which is the point here.
  vi.mocked(console.warn).mockClear();
});

it('[LOG-5] records the end of a root that has its strays stopped as soon as it completes', () => {
  const { lines, recorder, root } = record(child);
  root.subscribe({ complete: () => recorder.stopStrays() });
  root.send({ type: 'leave' });
  expect(lines.at(-1)).toMatchObject({ kind: 'ended', actor: 1, status: 'done' });
  expect(recorder.liveActorCount).toBe(0);
});

it('[LOG-6] never lets a fault of the log reach an actor, and reports it once', () => {
  const line = openPort();
  const { problems, root } = record(parent.provide({ actors: { line: line.logic } }), () => {
    throw new Error('no paper');
  });
  root.send({ type: 'wake' });
  line.send({ type: 'ask' });
  expect(root.getSnapshot()).toMatchObject({
    status: 'active',
    value: 'awake',
    context: { seen: 1 },
  });
  expect(problems).toEqual([
    { code: 'E_LOG_RECORDER', message: 'the recorder failed: Error: no paper', retryable: false },
  ]);
});

it('[LOG-7] reports an actor that is neither machine nor port', () => {
  const machine = setup({
    actors: { fetchAll: fromPromise(() => new Promise(() => {})) },
  }).createMachine({
    invoke: { src: 'fetchAll', id: 'fetch' },
  });
  expect(record(machine).problems).toMatchObject([
    { code: 'E_LOG_FOREIGN_ACTOR', where: 'root/fetch' },
  ]);
});

it('[LOG-8] puts a problem in the place of a payload that JSON cannot hold', () => {
  const check = new LineCheck();
  check.check({ kind: 'actor', seq: 0, actor: 2, path: 'root/line' });
  const event = { type: 'level', values: [0, Number.NaN] };
  expect(check.check({ kind: 'input', seq: 7, t: 10, actor: 2, event })).toEqual({
    kind: 'problem',
    seq: 7,
    actor: 2,
    code: 'E_LOG_PAYLOAD',
    of: 'input',
    message:
      'root/line: the input level holds NaN at event.values[1]; only plain finite JSON can be replayed',
  });
});

it('[LOG-8] leaves out a last context that is not JSON', () => {
  const ended = { kind: 'ended', seq: 1, actor: 1, status: 'done' } as const;
  expect(new LineCheck().check({ ...ended, context: { ref: () => {} } })).toEqual(ended);
});
