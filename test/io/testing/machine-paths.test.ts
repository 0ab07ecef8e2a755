import {
  assign,
  createMachine,
  emit,
  raise,
  sendParent,
  sendTo,
  setup,
  type AnyMachineSnapshot,
  type AnyStateMachine,
} from 'xstate';
import { createTestModel } from 'xstate/graph';
import { describe, expect, it } from 'vitest';
import { explore, stepNames, type Exploration } from '../../../src/io/testing/machine-paths.ts';
import { walkPath } from '../../../src/io/testing/machine-walk.ts';
import { coverageProblems } from '../../../src/io/testing/path-coverage.ts';
import { port } from '../../../src/machines/slots.ts';

const explorationOf = (changes: Partial<Exploration>): Exploration => ({
  input: undefined,
  events: [],
  childEvents: {},
  canHappen: () => true,
  keyOf: ({ context }: AnyMachineSnapshot): unknown => context,
  maxStates: 100,
  ...changes,
});

/** Walks all paths of a machine, and tells them as its tests would be called. */
function pathsOf(machine: AnyStateMachine, changes: Partial<Exploration> = {}): string[] {
  const exploration = explorationOf(changes);
  const { paths } = explore(machine, exploration);
  for (const path of paths) walkPath(machine, path, { ...exploration, invariants: () => {} });
  return paths.map(
    ({ reaches, takes, steps }) =>
      `${reaches.join(', ') || takes.join('; ')} by ${stepNames(steps.map(({ step }) => step))}`,
  );
}

const problemsOf = (
  machine: AnyStateMachine,
  changes: Partial<Exploration> = {},
  unreachable: Readonly<Record<string, string>> = {},
): string[] =>
  coverageProblems(machine, {
    graphs: [explore(machine, explorationOf(changes))],
    unreachable,
    eventTypes: (changes.events ?? []).map(({ type }) => type),
  });

const silentPort = port(() => () => {});
const push = { type: 'push' };

describe('the paths', () => {
  it('[MPT-1] go to every state of parallel regions, and over each of their transitions', () => {
    const machine = createMachine({
      type: 'parallel',
      states: {
        door: {
          initial: 'shut',
          states: { shut: { on: { push: 'open' } }, open: { on: { push: 'shut' } } },
        },
        lamp: { initial: 'off', states: { off: { on: { press: 'on' } }, on: {} } },
      },
    });
    expect(pathsOf(machine, { events: [push, { type: 'press' }] })).toEqual([
      'door.shut, lamp.off by nothing',
      'door.open by push',
      'lamp.on by press',
      'door.open: push -> door.shut by push, push',
    ]);
  });

  it('[MPT-1] remember where a history state leads', () => {
    const machine = createMachine({
      initial: 'on',
      states: {
        on: {
          initial: 'low',
          states: { low: { on: { push: 'high' } }, high: {}, last: { type: 'history' } },
          on: { cut: 'off' },
        },
        off: { on: { back: 'on.last' } },
      },
    });
    const events = [push, { type: 'cut' }, { type: 'back' }];
    expect(pathsOf(machine, { events })).toContain('on.high by push');
    const { stateCount } = explore(machine, explorationOf({ events }));
    // Each state, with each memory of the one that was left.
    expect(stateCount).toBe(7);
  });

  it('[MPT-2] wait for timers, whatever way they are set, in the order in which they are due', () => {
    const machine = setup({ delays: { soon: 100, late: 1_000 } }).createMachine({
      entry: raise({ type: 'time.isUp' }, { delay: 'late' }),
      on: { 'time.isUp': '.over' },
      initial: 'red',
      states: {
        red: { after: { soon: 'green' } },
        green: { on: { push: 'red' } },
        over: { type: 'final' },
      },
    });
    expect(pathsOf(machine, { events: [push] })).toEqual([
      'red by nothing',
      'green by after soon',
      'green: push -> red by after soon, push',
      'over by after soon, time.isUp',
    ]);
  });

  it('[MPT-2] know a timer that was cancelled', () => {
    const machine = createMachine({
      initial: 'waiting',
      states: { waiting: { after: { 50: 'over' }, on: { push: 'calm' } }, calm: {}, over: {} },
    });
    expect(pathsOf(machine, { events: [push] })).toEqual([
      'waiting by nothing',
      'calm by push',
      'over by after 50',
    ]);
  });

  it('[MPT-3] let children end, break and speak, as long as they live', () => {
    const machine = setup({
      actors: { work: createMachine({}), levels: silentPort },
    }).createMachine({
      initial: 'working',
      states: {
        working: {
          invoke: [
            { id: 'work', src: 'work', onDone: 'done', onError: 'broken' },
            { id: 'levels', src: 'levels' },
          ],
          on: { loud: 'heard' },
        },
        done: {},
        broken: {},
        heard: {},
      },
    });
    expect(pathsOf(machine, { childEvents: { levels: [{ type: 'loud' }] } })).toEqual([
      'working by nothing',
      'heard by loud',
      'done by end of work',
      'broken by error of work',
    ]);
  });

  it('[MPT-3] give a child the output that is listed, and ask for one that is not', () => {
    const work = createMachine({ initial: 'at', states: { at: { type: 'final' } }, output: 5 });
    const machine = setup({ actors: { work } }).createMachine({
      context: { sum: 0 },
      initial: 'working',
      states: {
        working: {
          invoke: {
            id: 'work',
            src: 'work',
            onDone: {
              target: 'done',
              actions: assign({ sum: ({ event }) => event.output }),
            },
          },
        },
        done: {},
      },
    });
    const end = { type: 'xstate.done.actor.work', output: 7, actorId: 'work' };
    expect(pathsOf(machine, { events: [end] })).toContain('done by end of work');
    expect(problemsOf(machine)).toContain(
      'No path takes "working: done work -> done": the end of "work" carries what only its author knows: ' +
        "list { type: 'xstate.done.actor.work', output: ... } among the events; nearest path: nothing.",
    );
  });

  it('[MPT-4] know what is told the parent, the children and the listeners, at once and later', () => {
    const machine = setup({ actors: { levels: silentPort } }).createMachine({
      invoke: { id: 'levels', src: 'levels' },
      initial: 'idle',
      states: {
        idle: { on: { push: 'busy' } },
        busy: {
          entry: [
            sendParent({ type: 'pushed' }),
            sendTo('levels', { type: 'measure' }),
            emit({ type: 'shown' }),
            sendTo(({ self }) => self, { type: 'again' }),
          ],
          on: { again: { actions: sendTo('levels', { type: 'later' }, { delay: 10 }) } },
        },
      },
    });
    expect(pathsOf(machine, { events: [push] })).toEqual(['idle by nothing', 'busy by push']);
    const { paths, stateCount } = explore(machine, explorationOf({ events: [push] }));
    const said = paths[1]?.steps[0]?.outcome.said.map(({ to, event }) => [to.is, event.type]);
    expect(said).toEqual([
      ['parent', 'pushed'],
      ['child', 'measure'],
      ['listeners', 'shown'],
    ]);
    expect(stateCount).toBe(3);
  });

  it('[MPT-5] are the same each time', () => {
    const machine = createMachine({
      initial: 'a',
      states: { a: { on: { x: 'b', y: 'c' } }, b: { on: { y: 'c' } }, c: {} },
    });
    const events = [{ type: 'x' }, { type: 'y' }];
    expect(pathsOf(machine, { events })).toEqual(pathsOf(machine, { events }));
  });
});

describe('what is said', () => {
  it('[MPT-6] of a graph without end names what grows, and what to do', () => {
    const counter = setup({
      types: {} as { context: { count: number; name: string } },
    }).createMachine({
      id: 'counter',
      context: { count: 0, name: 'x' },
      on: { push: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
    });
    expect(() => explore(counter, explorationOf({ events: [push] }))).toThrow(
      'The machine "counter" has more than 100 states. What tells them apart: ' +
        'count (100 values: 0, 1, 2, ...). Keep only what matters with keyOf: (snapshot) => ..., ' +
        'list fewer events, or raise maxStates.',
    );
    const { stateCount } = explore(counter, explorationOf({ events: [push], keyOf: () => 0 }));
    expect(stateCount).toBe(1);
  });

  it('[MPT-6] of a machine that throws names the way', () => {
    const machine = createMachine({
      id: 'broken',
      context: {},
      on: {
        push: {
          actions: assign(() => {
            throw new Error('no way');
          }),
        },
      },
    });
    expect(() => explore(machine, explorationOf({ events: [push] }))).toThrow(
      'The machine "broken" throws "no way" after: push.',
    );
  });

  const gate = setup({ guards: { isNever: () => false } }).createMachine({
    initial: 'shut',
    states: {
      shut: { on: { push: [{ guard: 'isNever', target: 'open' }, {}], pull: 'open' } },
      open: {},
      lost: {},
    },
  });

  it('[MPT-7] of what no path meets names the reason and the nearest path', () => {
    expect(problemsOf(gate, { events: [push] })).toEqual([
      'No path enters the state "open".',
      'No path enters the state "lost".',
      'No path takes "shut: push [isNever] -> open": its guard never held, or others are taken in front of it; nearest path: nothing.',
      'No path takes "shut: pull -> open": "pull" is not among the events; nearest path: nothing.',
    ]);
  });

  it('[MPT-7] of a list of the unreachable names what is not so', () => {
    const listed = {
      'shut: push [isNever] -> open': 'for later',
      lost: 'for later',
      'shut: pull -> open': 'taken',
      'shut: kick': 'no such',
    };
    expect(problemsOf(gate, { events: [push, { type: 'pull' }] }, listed)).toEqual([
      '"shut: pull -> open" is listed as unreachable, and a path takes it.',
      '"shut: kick" is listed as unreachable, and the machine has nothing of that name.',
    ]);
  });

  it('[MPT-7] of a timer whose delay nobody knows names it', () => {
    const machine = createMachine({
      initial: 'red',
      states: { red: { after: { nope: 'green' } }, green: {} },
    });
    expect(() => pathsOf(machine)).toThrow(
      'The delay of "xstate.after.nope.(machine).red" has no value',
    );
  });
});

describe('a walk', () => {
  const walkAll = (machine: AnyStateMachine, invariants: (state: AnyMachineSnapshot) => void) => {
    const exploration = explorationOf({ events: [push] });
    for (const path of explore(machine, exploration).paths) {
      walkPath(machine, path, { ...exploration, invariants });
    }
  };

  it('[MPT-8] shows the steps and what differs where the actor is not what its machine says', () => {
    let pushes = 0;
    const machine = createMachine({
      initial: 'shut',
      states: {
        shut: { on: { push: { target: 'open', guard: () => (pushes += 1) < 2 } } },
        open: {},
      },
    });
    expect(() => walkAll(machine, () => {})).toThrow(
      [
        'The running actor is not where its machine says:',
        '  state: "shut"',
        '    by the machine alone: "open"',
        '  transitions taken: ',
        '    by the machine alone: shut: push [guard] -> open',
        'The steps, with the states after each:',
        '  at the start: shut',
        '  push: open',
      ].join('\n'),
    );
  });

  it('[MPT-8] keeps the invariants, and says on which way they break', () => {
    const machine = createMachine({
      initial: 'shut',
      states: { shut: { on: { push: 'open' } }, open: {} },
    });
    const isShut = ({ value }: AnyMachineSnapshot) => expect(value).toBe('shut');
    expect(() => walkAll(machine, isShut)).toThrow(/at the start: shut\n {2}push: open$/);
  });
});

it('[MPT-9] stands beside XState’s own test model, which knows neither actors nor delays', () => {
  const invoking = createMachine({ invoke: { src: silentPort } });
  const delayed = createMachine({ initial: 'a', states: { a: { after: { 10: 'b' } }, b: {} } });
  expect(() => createTestModel(invoking)).toThrow('Invocations on test machines are not supported');
  expect(() => createTestModel(delayed)).toThrow('After events on test machines are not supported');
});
