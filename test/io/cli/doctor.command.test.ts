import { Command } from 'commander';
import { expect, it } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { addDoctorCommand } from '../../../src/io/cli/doctor.command.ts';
import { runDoctor } from '../../../src/io/doctor/run-doctor.ts';
import type {
  DoctorOptions,
  DoctorReport,
  DoctorWorld,
} from '../../../src/io/doctor/run-doctor.ts';
import { buildDoctorWorld, systemError } from '../../support/scripted-doctor-world.ts';
import { TextSink } from '../../support/text-sink.ts';

const keys = { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret-nobody-may-see' };

function setUp(changes: Partial<DoctorWorld> = {}, environment: Record<string, string> = keys) {
  const asked: DoctorOptions[] = [];
  const [stdout, stderr] = [new TextSink(), new TextSink()];
  const world: Parameters<typeof addDoctorCommand>[1] = {
    stdout,
    stderr,
    readSources: (flags) => ({ flags, environment, dotenv: {} }),
    builtInAgents: [participantMonitor],
    runDoctor: (options) => {
      asked.push(options);
      return runDoctor(options, buildDoctorWorld(changes).world);
    },
  };
  const run = async (...args: string[]) => {
    let exitCode: number | null = null;
    const program = new Command();
    addDoctorCommand(program, world, (code) => (exitCode = code));
    await program.parseAsync(['doctor', ...args], { from: 'user' });
    return exitCode;
  };
  return { run, asked, stdout, stderr };
}

const refused: Partial<DoctorWorld> = {
  connect: () => Promise.reject(systemError('ECONNREFUSED')),
};

it('[CLI-50] prints a line for each check, and ends with 0 where nothing failed', async () => {
  const { run, stdout, stderr } = setUp();
  expect(await run()).toBe(0);
  expect(stdout.lines).toContain('17 checks: 17 ok');
  expect(stdout.text).toContain('not caught up with');
  expect(stderr.text).toBe('');
});

it('[CLI-51] ends with 1 where a check failed, and says what to do', async () => {
  const { run, stdout } = setUp(refused);
  expect(await run()).toBe(1);
  expect(stdout.text).toMatch(
    /failed +LiveKit server +nothing listens on localhost:7880\n +-> Check/,
  );
});

it('[CLI-52] ends with 2 where the configuration is wrong', async () => {
  const { run, stdout } = setUp({}, {});
  expect(await run('--http-port', 'x')).toBe(2);
  expect(stdout.text).toContain('LIVEKIT_API_KEY is not set');
  expect(stdout.text).toContain('HTTP_PORT is "x" in --http-port');
});

it('[CLI-53] prints JSON alone with --json, also when something failed', async () => {
  const { run, stdout } = setUp(refused);
  expect(await run('--json')).toBe(1);
  const report = JSON.parse(stdout.text) as DoctorReport;
  expect(report).toMatchObject({ version: 1, exitCode: 1, notes: [expect.any(String)] });
  expect(report.checks.find(({ id }) => id === 'server')).toMatchObject({
    status: 'failed',
    found: 'nothing listens on localhost:7880',
  });
  expect(stdout.text).not.toContain('secret-nobody-may-see');
});

it('[CLI-54] takes the flags of start', async () => {
  const { run, asked } = setUp();
  const args = ['--url', 'ws://host', '--http-host', '127.0.0.1', '--http-port', '0'];
  expect(await run(...args, '--agent', 'participant-monitor')).toBe(0);
  expect(asked[0]?.agents).toEqual([participantMonitor]);
  expect(asked[0]?.sources.flags).toMatchObject({
    LIVEKIT_URL: 'ws://host',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
  });
});

it('[CLI-55] shows on a terminal what it waits for, and nothing of it in the end', async () => {
  const { run, stderr } = setUp();
  stderr.isTTY = true;
  expect(await run('--json')).toBe(0);
  expect(stderr.text).toContain('checking: configuration');
  expect(stderr.text.endsWith('\r\u001b[K')).toBe(true);
  for (const line of stderr.text.split('\r')) expect(line.length).toBeLessThanOrEqual(83);
});
