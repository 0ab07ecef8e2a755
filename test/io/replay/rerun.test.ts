import { assign, createMachine, raise, setup, type AnyStateMachine } from 'xstate';
import { describe, expect, it, onTestFinished } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { jobMachineOf } from '../../../src/io/compose/log-machines.ts';
import { createHead } from '../../../src/io/event-log/head.ts';
import { logVersion, type FileLine, type LogHead } from '../../../src/io/event-log/log-line.ts';
import type { TornLine } from '../../../src/io/event-log/reader.ts';
import { Rerun, type RerunOptions } from '../../../src/io/replay/rerun.ts';
import { port } from '../../../src/machines/slots.ts';
import { readWholeLog } from '../../support/event-log/log-folder.ts';
import { houseMachine } from '../../support/event-log/house.machine.ts';
import { houseConfig } from '../../support/event-log/house-simulation.ts';
import { recordedHouse } from '../../support/event-log/recorded-house.ts';
import { goldenLog } from '../../support/play-job.ts';

type Log = readonly (FileLine | TornLine)[];

function rerun(log: Log, options: RerunOptions) {
  const run = new Rerun(options);
  const lines = log.flatMap((line) => run.feed(line));
  onTestFinished(() => void run.root?.stop());
  return { run, lines };
}

const statesOf = (lines: readonly FileLine[]): unknown[] =>
  lines.flatMap((line) => (line.kind === 'state' ? [line.value] : []));

describe('of unchanged machines', () => {
  it('[WIF-1] gives the golden log again, line by line', async () => {
    const recorded = await readWholeLog(goldenLog);
    const { run, lines } = rerun(recorded, { machine: jobMachineOf(participantMonitor) });
    expect(lines).toEqual(recorded);
    expect(run).toMatchObject({ lost: 0, missing: 0 });
    expect(run.stimuli).toBeGreaterThan(800);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    '[WIF-1] gives the log of a house again, seed %i',
    (seed) => {
      const recorded = recordedHouse(seed);
      const { run, lines } = rerun(recorded, { machine: houseMachine });
      expect(lines).toEqual(recorded);
      expect(run.lost).toBe(0);
    },
  );
});

/** Waits 100 ms for a knock; hears knocks, and counts them, before and after. */
const porter: AnyStateMachine = setup({
  types: {} as { context: { readonly knocks: number } },
  actors: { door: port(() => () => {}) },
  actions: {
    count: assign({
      knocks: ({ context }: { context: { readonly knocks: number } }) => context.knocks + 1,
    }),
    giveUp: raise({ type: 'late' }, { delay: 100, id: 'late' }),
  },
}).createMachine({
  id: 'porter',
  context: { knocks: 0 },
  invoke: { src: 'door', id: 'door' },
  entry: 'giveUp',
  initial: 'waiting',
  states: {
    waiting: { on: { knock: 'awake', late: 'asleep' } },
    awake: { on: { late: 'done' } },
    asleep: { on: { knock: 'woken' } },
    woken: {},
    done: {},
  },
});

const head: FileLine = {
  kind: 'head',
  version: logVersion,
  part: 1,
  ...createHead({
    rootId: 'porter',
    startedAt: 1_000,
    agent: 'porter',
    machine: porter,
    input: {},
    inputKeys: [],
    settings: {},
    settingKeys: [],
    versions: {},
  }),
};
const actors: FileLine[] = [
  { kind: 'actor', seq: 0, actor: 1, path: 'porter' },
  { kind: 'actor', seq: 0, actor: 7, path: 'porter/door' },
];
const knock = (t: number): FileLine => ({
  kind: 'input',
  seq: 1,
  t,
  actor: 7,
  event: { type: 'knock' },
});
const late = (t: number): FileLine => ({
  kind: 'timer',
  seq: 1,
  t,
  actor: 1,
  timer: 1,
  dueAt: 100,
  event: 'late',
});
const next = (t: number): FileLine => ({
  kind: 'sent',
  seq: 3,
  t,
  actor: 1,
  event: { type: 'nothing' },
});

describe('an input and a timer', () => {
  const run = (...stimuli: FileLine[]) =>
    statesOf(rerun([head, ...actors, ...stimuli], { machine: porter }).lines);

  it('[WIF-2] of one millisecond keep the order of the log', () => {
    expect(run(knock(100), late(100), next(200))).toEqual(['waiting', 'awake', 'done']);
    expect(run(late(100), knock(100), next(200))).toEqual(['waiting', 'asleep', 'woken']);
  });

  it('[WIF-2] of one millisecond come in this order where the log does not know the timer', () => {
    expect(run(knock(100), next(200))).toEqual(['waiting', 'awake', 'done']);
  });

  it('[WIF-3] come each in its own time, whether the recorded timer was late or early', () => {
    expect(run(knock(120), late(130), next(200))).toEqual(['waiting', 'asleep', 'woken']);
    expect(run(late(97), knock(98), next(200))).toEqual(['waiting', 'awake', 'done']);
  });

  it('[WIF-3] have the times at which they came, and those at which timers are due', () => {
    const { lines } = rerun([head, ...actors, knock(98), late(130), next(200)], {
      machine: porter,
    });
    expect(lines.flatMap((line) => ('t' in line ? [[line.kind, line.t]] : []))).toEqual([
      ['input', 98],
      ['timer', 100],
      ['sent', 200],
    ]);
  });

  it('[WIF-3] find time at an end where the log ends', () => {
    expect(run(knock(99))).toEqual(['waiting', 'awake']);
  });
});

describe('with changes', () => {
  it('[WIF-4] gives the root the changed input, and writes it into the head', () => {
    const recorded = recordedHouse(1);
    const change = (given: LogHead): LogHead => ({
      ...given,
      input: { ...given.input, config: { ...houseConfig, loudLevel: 0.99 } },
    });
    const { lines } = rerun(recorded, { machine: houseMachine, changeHead: change });
    expect(lines[0]).toMatchObject({ input: { config: { loudLevel: 0.99 } } });
    const loud = (log: Log) => log.filter(({ kind }) => kind === 'emitted').length;
    expect(loud(recorded)).toBeGreaterThan(5);
    expect(loud(lines)).toBeLessThan(loud(recorded));
  });

  it('[WIF-4] counts what comes to actors that are no longer there, and keeps the order of others', () => {
    const recorded = recordedHouse(1);
    const change = (given: LogHead): LogHead => ({
      ...given,
      input: { ...given.input, config: { ...houseConfig, patienceMs: 2_000 } },
    });
    const { run, lines } = rerun(recorded, { machine: houseMachine, changeHead: change });
    const inputs = (log: Log) => log.filter(({ kind }) => kind === 'input').length;
    expect(run.lost).toBeGreaterThan(0);
    expect(inputs(lines)).toBe(inputs(recorded) - run.lost);
    expect(run.root?.getSnapshot()).toMatchObject({ status: 'done', value: 'closed' });
  });

  it('[WIF-4] goes by the path of an actor, whatever its number is now', () => {
    // In the log the door is actor 7; here it is 2.
    const { lines } = rerun([head, ...actors, knock(50)], { machine: porter });
    expect(lines).toContainEqual({ ...knock(50), actor: 2 });
  });

  it('[WIF-4] says with which machines it was run', () => {
    const other = setup({}).createMachine({ id: 'porter', initial: 'a', states: { a: {} } });
    const { lines } = rerun([head], { machine: other });
    const fingerprintOf = ([first]: Log) =>
      first?.kind === 'head' ? first.fingerprints['porter'] : undefined;
    expect(fingerprintOf(lines)).toMatch(/^[0-9a-f]{12}$/);
    expect(fingerprintOf(lines)).not.toBe(fingerprintOf([head]));
  });
});

describe('what a log may lack', () => {
  it('[WIF-5] is counted: lines that were dropped, and such that JSON cannot hold', () => {
    const { run } = rerun(
      [
        head,
        ...actors,
        { kind: 'dropped', count: 3 },
        { kind: 'problem', seq: 4, actor: 7, code: 'E_LOG_PAYLOAD', of: 'input', message: 'NaN' },
        { kind: 'problem', seq: 4, actor: 7, code: 'E_LOG_PAYLOAD', of: 'command', message: 'NaN' },
        { kind: 'torn' },
      ],
      { machine: porter },
    );
    expect(run.missing).toBe(4);
  });

  it('[WIF-5] is an error where it is the head', () => {
    expect(() => rerun([knock(1)], { machine: porter })).toThrow(
      expect.objectContaining({ code: 'E_LOG_FORMAT', message: 'the log has no head' }),
    );
  });

  it('[WIF-5] hears nothing more once the root has ended or broken', () => {
    const fragile = setup({
      actors: { door: port(() => () => {}) },
      actions: {
        fall: () => {
          throw new Error('fell');
        },
      },
    }).createMachine({ invoke: { src: 'door', id: 'door' }, on: { knock: { actions: 'fall' } } });
    const { run } = rerun([head, ...actors, knock(1), knock(2), next(3)], { machine: fragile });
    expect(run.lost).toBe(2);
    expect(run.root?.getSnapshot()).toMatchObject({ status: 'error' });
  });

  it('[WIF-6] refuses a machine that starts what is no port', () => {
    const worldly = createMachine({
      context: ({ spawn }) => ({
        hidden: spawn(
          port(() => () => {}),
          { id: 'hidden' },
        ),
      }),
    });
    expect(() => rerun([head], { machine: worldly })).toThrow(
      expect.objectContaining({ code: 'E_LOG_FOREIGN_ACTOR' }),
    );
  });
});
