import { expect, it } from 'vitest';
import { builtInAgents } from '../../../src/agents/built-in-agents.ts';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { buildWorld } from '../../support/command-world.ts';

const greeter = './examples/greeter.agent.js';

it('[RPC-1] compares logs with the built-in agents, unless told otherwise', async () => {
  const { run, done } = buildWorld();
  expect(await run('replay', 'a.1.jsonl', 'logs')).toBe(0);
  expect(done.replays[0]).toMatchObject({
    paths: ['a.1.jsonl', 'logs'],
    agents: builtInAgents,
    task: { type: 'compare', page: null },
    isJson: false,
  });
});

it.each([
  [['--accept'], { type: 'accept' }],
  [['--coverage'], { type: 'coverage', diagrams: null }],
  [['--coverage', '--diagrams', 'out'], { type: 'coverage', diagrams: 'out' }],
  [['--find', 'alert:poor_quality'], { type: 'find', what: 'alert:poor_quality', fixture: null }],
  [['--find', 'state:frozen', '--to', 'f'], { type: 'find', what: 'state:frozen', fixture: 'f' }],
  [['--set', 'A=1', '--set', 'B=x=y'], { type: 'whatIf', settings: { A: '1', B: 'x=y' } }],
  [['--instead', greeter], { type: 'whatIf', settings: {}, instead: { name: 'greeter' } }],
])('[RPC-2] takes %j for one task', async (flags, task) => {
  const { run, done } = buildWorld();
  expect(await run('replay', 'logs', ...flags, '--json')).toBe(0);
  expect(done.replays[0]).toMatchObject({ task, isJson: true });
});

it('[RPC-3] knows the agents that are named beside the built-in ones, in whose place they may stand', async () => {
  const { run, done } = buildWorld();
  await run('replay', 'logs', '--agent', greeter);
  expect(done.replays[0]?.agents.map(({ name }) => name)).toEqual([
    'greeter',
    ...builtInAgents.map(({ name }) => name),
  ]);
  const own = { ...participantMonitor, name: 'greeter' };
  const other = buildWorld({ builtInAgents: [own] });
  await other.run('replay', 'logs', '--agent', greeter);
  expect(other.done.replays[0]?.agents).toHaveLength(1);
  expect(other.done.replays[0]?.agents).not.toContain(own);
});

it.each([
  [[], `missing required argument 'paths'`],
  [['logs', '--accept', '--find', 'state:x'], '--find and --accept ask for different things'],
  [['logs', '--set', 'A=1', '--coverage'], '--set and --coverage ask for different things'],
  [['logs', '--to', 'x'], '--to goes with --find, which is not there'],
  [['logs', '--diagrams', 'x'], '--diagrams goes with --coverage, which is not there'],
  [['logs', '--set', 'A'], 'Expected NAME=VALUE'],
  [['logs', '--set', 'A=1', '--set', 'A=2'], 'A is set twice'],
  [['logs', '--agent', 'nobody'], 'there is no built-in agent "nobody"'],
])('[RPC-4] refuses %j', async (args, message) => {
  const { run, done, stderr } = buildWorld();
  expect(await run('replay', ...args)).toBe(2);
  expect(stderr.text).toContain(message);
  expect(done.replays).toEqual([]);
});

it('[RPC-5] gives back the exit status, and lets go of signals after it', async () => {
  const { run, signals } = buildWorld({ runReplay: () => Promise.resolve({ exitCode: 1 }) });
  expect(await run('replay', 'logs')).toBe(1);
  expect(signals.eventNames()).toEqual([]);
});
