import { expect, it } from 'vitest';
import { failed, ok, warning, type Check } from '../../../src/io/doctor/check.ts';
import { runChecks } from '../../../src/io/doctor/run-checks.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { neverAnswers } from '../../support/scripted-doctor-world.ts';

const buildCheck = (changes: Partial<Check>): Check => ({
  id: 'node',
  timeoutMs: 1_000,
  timeoutRemedy: 'wait longer',
  run: () => Promise.resolve(ok('fine')),
  ...changes,
});

function run(checks: readonly Check[], secrets: readonly string[] = []) {
  const clock = new VirtualClock();
  const progress: (readonly string[])[] = [];
  const results = runChecks(checks, {
    clock,
    secrets,
    onProgress: (running) => progress.push(running),
  });
  return { clock, progress, results };
}

/** Promises of the runner settle between two turns of the event loop. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('[DOC-1] runs checks at once, and gives their results in order', async () => {
  const order: string[] = [];
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const { results, progress } = run([
    buildCheck({
      id: 'node',
      run: async () => {
        await held;
        order.push('node');
        return ok('late');
      },
    }),
    buildCheck({
      id: 'rtc',
      run: () => {
        order.push('rtc');
        release();
        return Promise.resolve(ok('early'));
      },
    }),
  ]);
  expect(await results).toMatchObject([
    { id: 'node', title: 'Node.js', status: 'ok', found: 'late', remedy: null },
    { id: 'rtc', found: 'early' },
  ]);
  expect(order).toEqual(['rtc', 'node']);
  expect(progress).toContainEqual(['Node.js', 'media stack']);
  expect(progress.at(-1)).toEqual([]);
});

it('[DOC-2] tries nothing whose needs failed, directly or not, and goes on after a warning', async () => {
  const { results } = run([
    buildCheck({ id: 'server', run: () => Promise.resolve(failed('gone', 'start it')) }),
    buildCheck({ id: 'keys', needs: ['server'] }),
    buildCheck({ id: 'rooms', needs: ['keys'] }),
    buildCheck({ id: 'node', run: () => Promise.resolve(warning('old', 'update')) }),
    buildCheck({ id: 'rtc', needs: ['node'] }),
  ]);
  expect(await results).toMatchObject([
    { status: 'failed', remedy: 'start it' },
    { status: 'skipped', found: 'not tried: see "LiveKit server"' },
    { status: 'skipped', found: 'not tried: see "API key"' },
    { status: 'warning' },
    { status: 'ok' },
  ]);
});

it('[DOC-3] ends a check that takes too long, and says what to do', async () => {
  const { results, clock } = run([
    buildCheck({ id: 'server', run: neverAnswers }),
    buildCheck({ id: 'node', run: () => new Promise(() => {}) }),
    buildCheck({
      id: 'rtc',
      run: (signal) => neverAnswers(signal).catch(() => failed('came this far', 'look there')),
    }),
  ]);
  await settled();
  clock.advanceTo(1_000);
  await settled();
  clock.advanceTo(3_000);
  expect(await results).toMatchObject([
    { status: 'failed', found: 'no answer within 1 s', remedy: 'wait longer', durationMs: 1_000 },
    { status: 'failed', found: 'no answer within 1 s', durationMs: 3_000 },
    { status: 'failed', found: 'came this far', remedy: 'look there', durationMs: 1_000 },
  ]);
});

it('[DOC-4] takes an exception of a check for a failure of that check alone', async () => {
  const { results } = run([
    buildCheck({ id: 'node', run: () => Promise.reject(new TypeError('a mistake')) }),
    buildCheck({
      id: 'rtc',
      run: () => {
        throw new TypeError('another');
      },
    }),
    buildCheck({ id: 'memory' }),
  ]);
  expect(await results).toMatchObject([
    { status: 'failed', found: 'the check itself broke: a mistake' },
    { status: 'failed', found: 'the check itself broke: another' },
    { status: 'ok' },
  ]);
});

it('[DOC-5] shows no secret and no token, wherever it stands', async () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJ2aWRlbyI6e319.N1S8tM22oW_myivuAlkuWg';
  const { results } = run(
    [
      buildCheck({
        run: () =>
          Promise.resolve({
            ...failed(`invalid token: ${token}`, 'look'),
            details: ['the secret is swordfish'],
          }),
      }),
    ],
    ['swordfish'],
  );
  expect(await results).toMatchObject([
    { found: 'invalid token: [token]', details: ['the secret is [secret]'] },
  ]);
});
