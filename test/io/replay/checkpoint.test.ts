import { assign, cancel, raise, sendTo, setup, stopChild, type AnyStateMachine } from 'xstate';
import { expect, it, vi } from 'vitest';
import { LineCheck } from '../../../src/io/event-log/line-check.ts';
import { LineDecoder, LineEncoder } from '../../../src/io/event-log/log-line.codec.ts';
import {
  isStimulus,
  logVersion,
  type CheckpointLine,
  type FileLine,
  type LogLine,
  type ProblemLine,
} from '../../../src/io/event-log/log-line.ts';
import { persist } from '../../../src/io/event-log/persist.ts';
import { replay } from '../../../src/io/replay/replayer.ts';
import { Stage } from '../../../src/io/replay/stage.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { guestMachine } from '../../support/event-log/guest.machine.ts';
import { houseMachine } from '../../support/event-log/house.machine.ts';
import { houseHead, startRecorded } from '../../support/event-log/record-house.ts';
import { houseStartedAt, recordedHouse } from '../../support/event-log/recorded-house.ts';

const exact = { overdueToleranceMs: 0 };
const checkpointEveryMs = 1_500;
const seeds = Array.from({ length: 8 }, (_, seed) => seed);

const isCheckpoint = (line: FileLine): line is CheckpointLine => line.kind === 'checkpoint';

/** As they come back from a file, to which they were written from the first on. */
function throughFile(lines: readonly FileLine[]): FileLine[] {
  const encoder = new LineEncoder();
  const decoder = new LineDecoder();
  return lines.map((line) => decoder.decode(encoder.encode(line)));
}

/** Goes on from a checkpoint with the lines behind it. */
function playTail(lines: readonly FileLine[], from: CheckpointLine, machine: AnyStateMachine) {
  const written: (LogLine | ProblemLine)[] = [];
  const [head] = lines;
  if (head?.kind !== 'head') throw new Error('no head');
  const stage = new Stage({
    head,
    machine,
    write: (line) => written.push(line),
    checkpoint: from,
  });
  stage.start();
  const tail = lines.slice(lines.indexOf(from) + 1);
  for (const line of tail) {
    if (isCheckpoint(line)) stage.recorder.checkpoint();
    if (isStimulus(line)) expect(stage.perform(line, 0)).toBeUndefined();
  }
  return { stage, tail, written };
}

it.each(seeds)(
  '[CHK-1] replays a log with its checkpoints without a difference, seed %i',
  async (seed) => {
    const lines = throughFile(recordedHouse(seed, checkpointEveryMs));
    expect(lines.filter(isCheckpoint).length).toBeGreaterThan(10);
    expect((await replay(lines, houseMachine, exact)).divergence).toBeUndefined();
  },
);

it('[CHK-1] takes a checkpoint before the first step of each interval, and none before one is over', () => {
  const lines = recordedHouse(1, checkpointEveryMs);
  const stimuli = lines.filter(isStimulus);
  let from = 0;
  for (const { seq, t } of lines.filter(isCheckpoint)) {
    const before = stimuli.find((line) => line.seq === seq);
    const next = stimuli.find((line) => line.seq === seq + 1);
    expect(t).toBe(before?.t);
    expect(t - from).toBeLessThan(checkpointEveryMs);
    expect(next?.t).toBeGreaterThanOrEqual(from + checkpointEveryMs);
    from = next?.t ?? NaN;
  }
});

it.each(seeds)(
  '[CHK-2] goes on from each checkpoint of a file as the recorded actors did, seed %i',
  async (seed) => {
    const lines = recordedHouse(seed, checkpointEveryMs);
    const texts = lines.map(
      (
        (encoder) => (line: FileLine) =>
          encoder.encode(line)
      )(new LineEncoder()),
    );
    const whole = await replay(lines, houseMachine, exact);
    for (const [index, line] of lines.entries()) {
      if (!isCheckpoint(line)) continue;
      const decoder = new LineDecoder();
      // A reader begins at the checkpoint, and knows nothing of what stands before it.
      const tail = texts.slice(index).map((text) => decoder.decode(text));
      const [head] = lines;
      const [from] = tail;
      if (!head || !from || !isCheckpoint(from)) throw new Error('no checkpoint');
      const played = playTail([head, ...tail], from, houseMachine);
      expect(played.written).toEqual(lines.slice(index + 1));
      expect(persist(played.stage.root)).toEqual(persist(whole.root));
    }
  },
);

it('[CHK-3] notices by a checkpoint what no other line shows', async () => {
  const loudOnce = houseMachine.provide({
    actors: {
      guest: guestMachine.provide({ actions: { keepPeak: assign({ loudCount: 1, peak: 0 }) } }),
    },
  });
  const { divergence } = await replay(recordedHouse(1, 50), loudOnce, exact);
  expect(divergence).toMatchObject({ recorded: { kind: 'checkpoint' } });
});

it('[CHK-4] takes up timers of one id, timers for actors that have gone, and actors kept after their end', () => {
  const child = setup({}).createMachine({
    id: 'child',
    initial: 'here',
    states: { here: { on: { leave: 'gone' } }, gone: { type: 'final' } },
  });
  const machine = setup({
    types: { context: {} as { readonly rung: number }, events: {} as { readonly type: string } },
    actors: { child },
    actions: {
      ring: assign({ rung: ({ context }) => context.rung + 1 }),
      ringLater: raise({ type: 'ring' }, { delay: 4_000, id: 'bell' }),
      askLater: sendTo('second', { type: 'leave' }, { delay: 5_000 }),
      sendAway: sendTo('first', { type: 'leave' }),
      forget: stopChild('second'),
      silence: cancel('bell'),
    },
  }).createMachine({
    id: 'keeper',
    context: { rung: 0 },
    invoke: [
      { src: 'child', id: 'first' },
      { src: 'child', id: 'second' },
    ],
    on: {
      ring: { actions: 'ring' },
      begin: { actions: ['ringLater', 'ringLater', 'askLater', 'sendAway', 'forget'] },
      silence: { actions: 'silence' },
    },
    after: { 3_000: { actions: 'ring' } },
  });
  const lines: FileLine[] = [
    { kind: 'head', version: logVersion, part: 1, ...houseHead(machine, houseStartedAt) },
  ];
  const clock = new VirtualClock(houseStartedAt);
  const write = (line: LogLine) => void lines.push(line);
  const { root } = startRecorded(machine, { clock, write, checkpointEveryMs: 2_500 });
  root.send({ type: 'begin' });
  clock.advanceBy(10_000);
  root.stop();

  const [from] = lines.filter(isCheckpoint);
  if (!from) throw new Error('no checkpoint');
  expect(from.timers).toHaveLength(4);
  expect(from.actors.filter(({ hasEnded }) => hasEnded)).toEqual([
    { actor: 2, path: 'house/first', hasEnded: true },
    { actor: 3, path: 'house/second', hasEnded: true },
  ]);
  const { written, tail } = playTail(lines, from, machine);
  expect(written).toEqual(tail.slice(0, written.length));
  expect(written.filter(({ kind }) => kind === 'timer')).toHaveLength(4);
  // XState says that nobody heard a timer, which is the point here.
  vi.mocked(console.warn).mockClear();
});

it('[CHK-5] leaves a problem in the place of a snapshot that JSON cannot hold, and goes on', async () => {
  const machine = setup({
    types: { context: {} as { readonly names: ReadonlySet<string> } },
  }).createMachine({ context: { names: new Set(['ann']) }, after: { 3_000: { actions: [] } } });
  const check = new LineCheck();
  const lines: FileLine[] = [
    { kind: 'head', version: logVersion, part: 1, ...houseHead(machine, houseStartedAt) },
  ];
  const clock = new VirtualClock(houseStartedAt);
  const write = (line: LogLine) => void lines.push(check.check(line));
  startRecorded(machine, { clock, write, checkpointEveryMs: 2_500 });
  clock.advanceBy(10_000);
  expect(lines.slice(-2)).toMatchObject([
    {
      kind: 'problem',
      of: 'checkpoint',
      message:
        'house: the snapshot holds Set at snapshot.context.names; only plain finite JSON can be restored',
    },
    { kind: 'timer' },
  ]);
  expect((await replay(lines, machine, exact)).divergence).toBeUndefined();
});

it('[CHK-5] leaves a problem in the place of a snapshot that is too long', () => {
  const line: CheckpointLine = {
    kind: 'checkpoint',
    seq: 1,
    t: 1,
    actor: 1,
    snapshot: { status: 'active', context: { text: 'x'.repeat(1024 * 1024) } },
    timers: [],
    timerCount: 0,
    actors: [{ actor: 1, path: 'job', hasEnded: false }],
    actorCount: 1,
  };
  expect(new LineCheck().check(line)).toMatchObject({
    kind: 'problem',
    of: 'checkpoint',
    message: 'job: the snapshot has 1048617 characters; at most 1048576 are kept',
  });
});

it('[CHK-6] restores what XState keeps undefined, and errors as text', () => {
  const machine = setup({
    types: { context: {} as { readonly name: string | undefined; readonly error: unknown } },
  }).createMachine({ context: { name: undefined, error: new Error('no paper') } });
  const lines: LogLine[] = [];
  const clock = new VirtualClock(houseStartedAt);
  const { recorder } = startRecorded(machine, { clock, write: (line) => lines.push(line) });
  recorder.checkpoint();
  expect(lines.at(-1)).toMatchObject({
    kind: 'checkpoint',
    snapshot: { status: 'active', context: { error: 'Error: no paper' } },
  });
  expect(JSON.stringify(lines.at(-1))).not.toContain('name');
});
