import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { greenroomVersion } from '../../../src/io/version.ts';

/** The real entry, in a process of its own, in a folder without `.env`. */
function greenroom(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), resolve('src/io/cli/main.ts'), ...args],
    {
      cwd: tmpdir(),
      encoding: 'utf8',
      timeout: 30_000,
      env: { PATH: process.env['PATH'] ?? '', ...env },
    },
  );
  return { status, stdout, stderr };
}

it('[CLI-23] prints its version', () => {
  const { status, stdout, stderr } = greenroom(['--version']);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`${greenroomVersion}\n`);
});

it('[CLI-24] ends with 2 for an unknown command', () => {
  expect(greenroom(['frobnicate']).status).toBe(2);
});

it('[CLI-25] ends with 2 where settings are missing, and lists them', () => {
  const { status, stderr } = greenroom(['start', '--agent', 'participant-monitor']);
  expect(status).toBe(2);
  expect(stderr).toContain('LIVEKIT_API_KEY is not set');
  expect(stderr).toContain('LIVEKIT_API_SECRET is not set');
});

it('[CLI-26] ends with 1 where no server answers a dispatch, and says nothing of the secret', () => {
  const secret = 'secret-nobody-may-see';
  const { status, stdout, stderr } = greenroom(
    // Port 9 of loopback: nobody listens there.
    ['dispatch', 'r', '--agent', 'x', '--url', 'ws://127.0.0.1:9', '--log-level', 'debug'],
    { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: secret },
  );
  expect(status).toBe(1);
  expect(stderr).toContain('ws://127.0.0.1:9 does not answer');
  expect(stdout + stderr).not.toContain(secret);
  expect(stdout + stderr).not.toMatch(/eyJ/);
});
