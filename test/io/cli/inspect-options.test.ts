import { expect, it } from 'vitest';
import { buildWorld, keys } from '../../support/command-world.ts';

const address = { host: '127.0.0.1', port: 7788, isStately: false };

it('[RLY-40] inspects a worker where the flag or the environment says so', async () => {
  const { run, done } = buildWorld();
  await run('start');
  await run('start', '--inspect');
  await run('start', '--inspect=9000');
  expect(done.workers.map(({ config }) => config.worker.INSPECT)).toEqual([
    'off',
    address,
    { ...address, port: 9000 },
  ]);
  const other = buildWorld({
    readSources: (flags) => ({ flags, environment: { ...keys, INSPECT: '9000' }, dotenv: {} }),
  });
  await other.run('start');
  expect(other.done.workers[0]?.config.worker.INSPECT).toEqual({ ...address, port: 9000 });
});

it('[RLY-41] inspects what runs beside a worker only where its own flag says so', async () => {
  const { run, done } = buildWorld({
    readSources: (flags) => ({
      flags,
      environment: { ...keys, INSPECT: '0.0.0.0:9000', INSPECT_TOKEN: 'the-token' },
      dotenv: {},
    }),
  });
  for (const flags of [[], ['--inspect']]) {
    await run('demo', ...flags);
    await run('simulate', ...flags);
    await run('connect', '--room', 'r', '--participant', 'alice', ...flags);
  }
  const settings = [
    ...done.demos.map(({ inspect }) => inspect),
    ...done.simulations.map(({ config }) => config.worker),
    ...done.connections.map(({ config }) => config.worker),
  ];
  expect(settings.map(({ INSPECT }) => INSPECT)).toEqual(
    Array.from({ length: 3 }, () => ['off', address]).flat(),
  );
  expect(settings.map(({ INSPECT_TOKEN }) => INSPECT_TOKEN)).toEqual(
    Array.from({ length: 6 }, () => 'the-token'),
  );
});

it('[RLY-42] hands several filters on as one setting, and plays at a pace that can be watched', async () => {
  const { run, done } = buildWorld();
  const filters = ['--inspect-filter', 'room=r', '--inspect-filter', 'agent=a'];
  await run('simulate', '--inspect=stately', ...filters);
  await run('simulate');
  expect(done.simulations[0]?.config.worker).toMatchObject({
    INSPECT: { ...address, isStately: true },
    INSPECT_FILTER: 'room=r,agent=a',
  });
  expect(done.simulations.map(({ speed }) => speed)).toEqual([1, null]);
});

it('[RLY-43] shows a compared log where the flag says so, and only one that is compared', async () => {
  const { run, done, stderr } = buildWorld();
  expect(await run('replay', 'logs', '--inspect')).toBe(0);
  expect(done.replays[0]?.task).toEqual({
    type: 'compare',
    page: { address: { host: '127.0.0.1', port: 7788 }, token: undefined },
  });
  expect(await run('replay', 'logs', '--accept', '--inspect')).toBe(2);
  expect(stderr.text).toContain('--accept and --inspect ask for different things');
  expect(await run('replay', 'logs', '--inspect=stately')).toBe(2);
  expect(stderr.text).toContain('--inspect stately is no address for the page');
});

it('[RLY-44] says how to write an address that is none', async () => {
  const { run, stderr } = buildWorld();
  expect(await run('start', '--inspect=here')).toBe(2);
  expect(stderr.text).toContain('INSPECT is "here" in --inspect: expected off, host:port, a port');
  expect(await run('start', '--inspect=0.0.0.0:1')).toBe(2);
  expect(stderr.text).toContain('INSPECT_TOKEN to be set');
});
