import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { runInspect } from '../../../src/io/inspect/recording/run-inspect.ts';
import { builtInAgents } from '../../../src/agents/built-in-agents.ts';
import { Shutdown } from '../../../src/io/shutdown.ts';
import { buildWorld, inFile } from '../../support/command-world.ts';
import { goldenAgents } from '../../support/golden-cases.ts';
import { goldenLog } from '../../support/recorded-view.ts';
import { TextSink } from '../../support/text-sink.ts';

it('[REC-70] serves the page with a log, or without one, on loopback unless told otherwise', async () => {
  const { run, done } = buildWorld();
  expect(await run('inspect', 'AJ_x.1.jsonl', '--agent', './examples/greeter.agent.js')).toBe(0);
  const [first] = done.inspections;
  expect(first).toMatchObject({
    path: 'AJ_x.1.jsonl',
    address: { host: '127.0.0.1', port: 7788 },
    token: undefined,
  });
  expect(first?.agents.map(({ name }) => name)).toEqual([
    'greeter',
    ...builtInAgents.map(({ name }) => name),
  ]);
  expect(await run('inspect', '--inspect', '0.0.0.0:9000')).toBe(0);
  expect(done.inspections[1]).toMatchObject({
    path: null,
    address: { host: '0.0.0.0', port: 9000 },
  });
});

it.each(['off', 'stately', 'nowhere:at-all'])(
  '[REC-70] refuses an address where there can be no page: %s',
  async (address) => {
    const { run, done } = buildWorld();
    expect(await run('inspect', '--inspect', address)).toBe(2);
    expect(done.inspections).toEqual([]);
  },
);

async function inspect(path: string, signals = new EventEmitter()) {
  const [output, notices] = [new TextSink(), new TextSink()];
  const shutdown = new Shutdown(signals);
  const { exitCode } = await runInspect({
    ...{ path, agents: goldenAgents, output, notices, shutdown, token: undefined },
    address: { host: '127.0.0.1', port: 0 },
  });
  shutdown.close();
  return { exitCode, output: output.text, notices: notices.text };
}

it('[REC-71] ends with 2 where a log cannot be read, and serves nothing', async () => {
  const { exitCode, output, notices } = await inspect(inFile('a.1.jsonl', 'no log at all\n'));
  expect(exitCode).toBe(2);
  expect(output).toBe('');
  expect(notices).toMatch(/a\.1\.jsonl.*E_LOG_FORMAT/);
});

it('[REC-71] ends with the status of the signal, also while it reads', async () => {
  const signals = new EventEmitter();
  const ended = inspect(goldenLog('participant-monitor'), signals);
  signals.emit('SIGTERM');
  const { exitCode, output } = await ended;
  expect(exitCode).toBe(143);
  expect(output).toMatch(/^Inspect at http:\/\/127\.0\.0\.1:\d+\/\n$/);
});
