import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SessionView, SessionsView } from '../../src/io/http/sessions-view.ts';
import { killWithParent } from '../../src/io/livekit/parent-guard.ts';
import type { TestServer } from '../../test/support/clients/test-client.ts';
import { until } from './until.ts';

const MAIN = fileURLToPath(new URL('../../dist/io/cli/main.js', import.meta.url));
const START_LIMIT_MS = 20_000;

/** A line of the worker's log; `time` is ISO 8601 to the millisecond. */
type LogLine = { readonly msg: string; readonly time: string } & Readonly<Record<string, unknown>>;

export type BenchWorker = {
  readonly pid: number;
  /** Everything that it logged. */
  readonly logs: readonly LogLine[];
  sessions(): Promise<readonly SessionView[]>;
  /** A metric without labels, in its base unit. */
  metric(name: string): Promise<number>;
  /** Ends it at once, its jobs too. */
  stop(): Promise<void>;
};

type BenchWorkerOptions = {
  readonly maxJobs: number;
  /** A folder for a CPU profile of the worker's main thread; undefined for none, which costs less. */
  readonly cpuProfDir: string | undefined;
};

/** `greenroom start` from `dist`, as its users run it, registered and taking jobs. */
export async function startBenchWorker(
  { url, apiKey, apiSecret }: TestServer,
  { maxJobs, cpuProfDir }: BenchWorkerOptions,
): Promise<BenchWorker> {
  // A folder of its own, because a worker reads .env and writes its event logs where it stands.
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-bench-'));
  const profiling =
    cpuProfDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(cpuProfDir)}`];
  const child = spawn(process.execPath, [...profiling, MAIN, 'start'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      LIVEKIT_URL: url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      MAX_JOBS: String(maxJobs),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = child.pid ?? 0;
  const endGuard = killWithParent(pid);
  const gone = once(child, 'close').then(async () => {
    endGuard();
    await rm(folder, { recursive: true });
  });
  const logs: LogLine[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    logs.push(JSON.parse(line) as LogLine);
  });

  await until(START_LIMIT_MS, () => {
    if (child.exitCode !== null) throw new Error(`greenroom start ended with ${child.exitCode}`);
    return logs.some(
      ({ msg, state }) => msg === 'connection state changed' && state === 'available',
    );
  });
  const serving = logs.find(({ msg }) => msg === 'serving health, metrics and sessions');
  const httpUrl = `http://127.0.0.1:${String(serving?.['port'])}`;
  return {
    pid,
    logs,
    sessions: async () => {
      const response = await fetch(`${httpUrl}/sessions`);
      return ((await response.json()) as SessionsView).sessions;
    },
    metric: async (name) => {
      const text = await (await fetch(`${httpUrl}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return Number(line?.split(' ')[1]);
    },
    stop: async () => {
      // The first signal asks it to drain, the second to end.
      child.kill('SIGTERM');
      child.kill('SIGINT');
      await gone;
    },
  };
}
