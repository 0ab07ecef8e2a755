import { expect, it } from 'vitest';
import { z } from 'zod';
import { scriptWords } from '../../../src/io/simulated/script-words.ts';
import { runSimulation } from '../../../src/io/demo/run-simulation.ts';
import { buildWorld, inFile, newFolder } from '../../support/command-world.ts';

/** A world with the real simulation, and settings of its own. */
const buildSimulation = (settings: Readonly<Record<string, string>> = {}) => {
  const environment = { EVENT_LOG_DIR: newFolder(), ...settings };
  return buildWorld({
    runSimulation,
    readSources: (flags) => ({ flags, environment, dotenv: {} }),
  });
};

async function simulate(...args: string[]): Promise<string[]> {
  const { run, stdout, stderr } = buildSimulation();
  expect(await run('simulate', ...args)).toBe(0);
  expect(stderr.text).toBe('');
  // The folder of the event logs is another one each time.
  return stdout.lines.slice(0, -1);
}

const document = z.strictObject({
  seed: z.number(),
  simulatedMs: z.number(),
  sessions: z.array(z.looseObject({ identity: z.string(), endReason: z.string() })),
  alerts: z.array(
    z.looseObject({ identity: z.string(), key: z.string(), resolvedAt: z.number().optional() }),
  ),
});

const meeting = `
0:01 alice joins with microphone and camera
0:03 alice speaks for 2.5s
0:06 bob joins
0:08 alice stalls camera for 4s
0:20 bob leaves
`;

it('[SIMUL-1] explains simulate with an example that is a script', async () => {
  const { run, stdout } = buildWorld();
  expect(await run('simulate', '--help')).toBe(0);
  expect(stdout.text).toContain('Usage: greenroom simulate');
  expect(stdout.text).toContain('$ greenroom simulate');
  const shown = stdout.lines.filter((line) => /^ {2}\d:\d\d /.test(line)).join('\n');
  const world = buildWorld();
  expect(await world.run('simulate', '--script', inFile('shown.script', shown))).toBe(0);
  expect(world.done.simulations[0]?.script).toHaveLength(5);
});

it('[SIMUL-14] shows in its help all that a script may say', async () => {
  const { run, stdout } = buildWorld();
  await run('simulate', '--help');
  const shown = stdout.lines.map((line) => line.trim().split('  ')[0]);
  for (const [line] of scriptWords) expect(shown).toContain(line);
});

it('[SIMUL-2] takes its options; the speed is that of real time on a terminal alone', async () => {
  const { run, done, stdout } = buildWorld();
  await run('simulate');
  await run('simulate', '--speed', '2.5', '--seed', '7', '--nastiness', '0.5', '--json');
  stdout.isTTY = true;
  await run('simulate');
  await run('simulate', '--speed', 'max');
  await run('simulate', '--json');
  const defaults = { seed: 1, nastiness: 0, isJson: false };
  expect(done.simulations).toMatchObject([
    { ...defaults, speed: null, isTty: false },
    { seed: 7, nastiness: 0.5, speed: 2.5, isJson: true, isTty: false },
    { ...defaults, speed: 1, isTty: true },
    { ...defaults, speed: null, isTty: true },
    { speed: null, isJson: true, isTty: false },
  ]);
});

it.each([
  ['--speed', '0', 'Expected max, or a number up to 1000'],
  ['--speed', 'fast', 'Expected max'],
  ['--seed', '1.5', 'Expected a whole number'],
  ['--seed', '-1', 'Expected a whole number'],
  ['--nastiness', '2', 'Expected a number from 0 to 1'],
])('[SIMUL-3] ends with 2 for %s %s', async (option, value, message) => {
  const { run, done, stderr } = buildWorld();
  expect(await run('simulate', option, value)).toBe(2);
  expect(stderr.text).toContain(message);
  expect(done.simulations).toEqual([]);
});

it('[SIMUL-4] tells everything that is wrong with a script, with file, line and column', async () => {
  const { run, done, stderr } = buildWorld();
  const file = inFile('bad.script', '0:01 alice joinz\n\n0:02 bob leaves\n  later bob joins\n');
  expect(await run('simulate', '--script', file)).toBe(2);
  expect(stderr.lines).toEqual([
    `error: ${file} is no script: 2 lines are wrong (E_USAGE)`,
    expect.stringContaining(`  - ${file}:1:12: found "joinz", expected one of joins, `),
    expect.stringContaining(`  - ${file}:4:3: found "later", expected a time`),
    expect.stringMatching(/^what to do: /),
  ]);
  expect(await run('simulate', '--script', inFile('bad.script', '0:01 bob speaks'))).toBe(2);
  expect(stderr.text).toContain(':1:1: found bob never joined');
  expect(done.simulations).toEqual([]);
});

it.each([
  ['# nobody\n', 'nobody appears in'],
  [null, 'the script cannot be read: ENOENT'],
])('[SIMUL-5] refuses a script of %j', async (content, message) => {
  const { run, stderr } = buildWorld();
  const file = content === null ? '/nowhere/at/all.script' : inFile('empty.script', content);
  expect(await run('simulate', '--script', file)).toBe(2);
  expect(stderr.text).toContain(message);
});

it('[SIMUL-6] says at first that the room is simulated, then what happens, at last the summary', async () => {
  const lines = await simulate('--script', inFile('meeting.script', meeting));
  expect(lines[0]).toMatch(
    /^This room is SIMULATED: no server, no media\. 20 s with 2 participants/,
  );
  const at = (text: string): number => lines.indexOf(text);
  expect(at('00:01  alice: awaitingParticipant -> connected')).toBeGreaterThan(0);
  expect(at('00:03  alice: speech speaking')).toBeGreaterThan(0);
  expect(at('00:09  alice: video frozen')).toBeGreaterThan(0);
  expect(at('00:12  alice: alert video_frozen resolved')).toBeGreaterThan(0);
  expect(at('00:22  bob: connected -> disconnected')).toBeGreaterThan(0);
  expect(lines.slice(-3)).toEqual([
    expect.stringMatching(/^participant +duration +speaking/),
    expect.stringMatching(/^alice .* 1 +2 +0 +excellent +1 +drained$/),
    expect.stringMatching(/^bob .* 0 +1 +0 +excellent +0 +drained$/),
  ]);
});

it('[SIMUL-7] plays the scene of the demo where no script is named', async () => {
  const lines = await simulate();
  expect(lines[0]).toContain('37 s with 3 participants');
  expect(lines).toContain('00:21  carol: presence suspect');
  expect(lines.at(-1)).toMatch(/^carol .* drained$/);
}, 20_000);

it('[SIMUL-8] prints one JSON document with --json, and nothing else', async () => {
  const { run, stdout, stderr } = buildSimulation();
  const script = inFile('meeting.script', meeting);
  expect(await run('simulate', '--script', script, '--json', '--seed', '5')).toBe(0);
  const { sessions, alerts, ...about } = document.parse(JSON.parse(stdout.text));
  expect(stderr.lines).toEqual([expect.stringContaining('SIMULATED')]);
  expect(about.seed).toBe(5);
  expect(about.simulatedMs).toBeGreaterThan(23_000);
  expect(about.simulatedMs).toBeLessThan(24_000);
  expect(sessions).toMatchObject([
    { identity: 'alice', turns: 1, freezes: 1, endReason: 'drained' },
    { identity: 'bob', turns: 0, endReason: 'drained' },
  ]);
  expect(alerts).toMatchObject([{ identity: 'alice', key: 'video_frozen' }]);
  expect(alerts[0]?.resolvedAt).toBeGreaterThan(0);
});

it('[SIMUL-9] gives the same output for the same seed at any speed, and another for another', async () => {
  const script = inFile(
    'short.script',
    '0:01 alice joins with microphone and camera\n0:02 alice speaks for 1s\n',
  );
  const play = async (seed: string, speed: string) =>
    (
      await simulate('--script', script, '--nastiness', '1', '--seed', seed, '--speed', speed)
    ).slice(1);
  const first = await play('3', 'max');
  expect(first.length).toBeGreaterThan(5);
  expect(await play('3', 'max')).toEqual(first);
  expect(await play('3', '40')).toEqual(first);
  const sessionOf = (lines: readonly string[]) => lines.at(-1);
  const others = [await play('4', 'max'), await play('5', 'max'), await play('6', 'max')];
  expect(new Set([first, ...others].map(sessionOf)).size).toBeGreaterThan(1);
}, 20_000);

it('[SIMUL-10] waits for a room that all have left to close, and follows who comes back to a new one', async () => {
  const script = inFile(
    'gone.script',
    '0:01 alice joins\n0:02 bob joins\n0:03 alice leaves\n0:04 bob leaves\n1:00 bob returns\n1:05 bob leaves\n',
  );
  const lines = await simulate('--script', script);
  expect(lines.slice(-3)).toEqual([
    expect.stringMatching(/^alice .* room_closed$/),
    expect.stringMatching(/^bob .* room_closed$/),
    expect.stringMatching(/^bob .* room_closed$/),
  ]);
});

it('[SIMUL-11] takes the settings of participant-monitor, and refuses wrong ones', async () => {
  const { run, stdout } = buildSimulation({ SPEAKING_THRESHOLD: '0.3' });
  expect(await run('simulate', '--script', inFile('meeting.script', meeting), '--json')).toBe(0);
  expect(document.parse(JSON.parse(stdout.text)).sessions).toMatchObject([{ turns: 0 }, {}]);
  const wrong = buildSimulation({ SPEAKING_THRESHOLD: 'loud' });
  expect(await wrong.run('simulate')).toBe(2);
  expect(wrong.stderr.text).toContain('SPEAKING_THRESHOLD is "loud"');
});

it('[SIMUL-12] ends on a signal with its status, and still prints the summary', async () => {
  const { run, stdout, signals } = buildSimulation();
  const running = run('simulate', '--speed', '1', '--script', inFile('meeting.script', meeting));
  await expect
    .poll(() => stdout.text, { timeout: 10_000 })
    .toContain('alice: awaitingParticipant -> connected');
  signals.emit('SIGINT');
  expect(await running).toBe(130);
  expect(stdout.text).toMatch(/^alice .* drained$/m);
  expect(signals.eventNames()).toEqual([]);
});

it('[SIMUL-13] redraws the view on a terminal, and gives it back', async () => {
  const { run, stdout } = buildSimulation();
  stdout.isTTY = true;
  const script = inFile('short.script', '0:00 alice joins\n');
  expect(await run('simulate', '--speed', '20', '--script', script)).toBe(0);
  expect(stdout.lines[0]).toMatch(/^This room is SIMULATED/);
  expect(stdout.text).toContain('worker running');
  expect(stdout.text).toContain('\x1b[?25h');
});
