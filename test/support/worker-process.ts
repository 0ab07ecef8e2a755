import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { builtInAgents } from '../../src/agents/built-in-agents.ts';
import type { SessionsView, SessionView } from '../../src/io/http/sessions-view.ts';
import { killWithParent } from '../../src/io/livekit/parent-guard.ts';
import type { TestServer } from './clients/test-client.ts';
import { replayAll } from './event-log/replay-logs.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MAIN = fileURLToPath(new URL('../../src/io/cli/main.ts', import.meta.url));
const startDeadline = { timeout: 20_000, interval: 50 };

type LogLine = { readonly msg: string; readonly state?: unknown } & Readonly<
  Record<string, unknown>
>;

export type WorkerProcess = {
  readonly pid: number;
  /** http://127.0.0.1:port */
  readonly httpUrl: string;
  /** Everything that it logged. */
  readonly logs: readonly LogLine[];
  sessions(): Promise<readonly SessionView[]>;
  /** Ends it at once, its jobs too. Rejects where one of its event logs does not replay as it was recorded. */
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** The exit status, once it has ended. */
  readonly exited: Promise<number | null>;
};

/** What a command of greenroom needs of its environment to work with a server. */
export const environmentOf = ({ url, apiKey, apiSecret }: TestServer) => ({
  PATH: process.env['PATH'],
  LIVEKIT_URL: url,
  LIVEKIT_API_KEY: apiKey,
  LIVEKIT_API_SECRET: apiSecret,
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: '0',
});

/** What another command of greenroom prints; rejects unless it ends with 0. */
export async function runCommand(server: TestServer, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', TSX, MAIN, ...args], {
    cwd: tmpdir(),
    env: environmentOf(server),
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

/**
 * `greenroom start` as a process of its own, registered and taking jobs.
 *
 * @param agents by their names; the one that is meant without `--agent`, where none is given.
 */
export async function startWorkerProcess(
  server: TestServer,
  settings: Readonly<Record<string, string>> = {},
  agents: readonly string[] = [],
): Promise<WorkerProcess> {
  // A folder of its own, because a worker reads .env where it stands.
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-worker-'));
  const start = ['start', ...agents.flatMap((name) => ['--agent', name])];
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...start], {
    cwd: folder,
    env: { ...environmentOf(server), ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const endGuard = killWithParent(child.pid ?? 0);
  const gone = once(child, 'close').then(async () => {
    endGuard();
    const logs = resolve(folder, settings['EVENT_LOG_DIR'] ?? 'greenroom-logs');
    await replayAll(logs, builtInAgents).finally(() => rm(folder, { recursive: true }));
  });
  const logs: LogLine[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    logs.push(JSON.parse(line) as LogLine);
  });

  const isAvailable = ({ msg, state }: LogLine): boolean =>
    msg === 'connection state changed' && state === 'available';
  const connections = Math.max(agents.length, 1);
  await vi.waitUntil(
    () => logs.filter(isAvailable).length >= connections || child.exitCode !== null,
    startDeadline,
  );
  const serving = logs.find(({ msg }) => msg === 'serving health, metrics and sessions');
  const httpUrl = `http://127.0.0.1:${String(serving?.['port'])}`;
  return {
    pid: child.pid ?? 0,
    httpUrl,
    logs,
    sessions: async () => {
      const response = await fetch(`${httpUrl}/sessions`);
      return ((await response.json()) as SessionsView).sessions;
    },
    signal: (signal) => void child.kill(signal),
    exited: gone.then(() => child.exitCode),
    stop: async () => {
      // The first signal asks it to drain, the second to end.
      child.kill('SIGTERM');
      child.kill('SIGINT');
      await gone;
    },
  };
}
