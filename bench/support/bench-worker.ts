import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SessionView } from '../../src/io/http/sessions-view.ts';
import type { conversationView } from '../../src/machines/conversation/conversation-monitor.machine.ts';
import type { RoomView } from '../../src/machines/room/room-analytics.view.ts';
import type { TestServer } from '../../test/support/clients/test-client.ts';
import { startLoggingProcess, type LogLine } from './logging-process.ts';

const MAIN = fileURLToPath(new URL('../../dist/io/cli/main.js', import.meta.url));

const COLLECT_ON_SIGNAL = new URL('collect-on-signal.mjs', import.meta.url).href;
/** The collection, and what it sets free on the native side. */
const COLLECTION_MS = 500;

/** With what those agents show besides whose figures the benches read. */
export type BenchSession = SessionView &
  Partial<Omit<RoomView, keyof SessionView>> &
  Partial<Pick<ReturnType<typeof conversationView>, 'conversation'>>;

export type BenchWorker = {
  readonly pid: number;
  /** Everything that it logged; `time` is ISO 8601 to the millisecond. */
  readonly logs: readonly LogLine[];
  /** All that it shows of them: what it takes to say that is garbage of the worker. */
  sessions(): Promise<readonly BenchSession[]>;
  /** How many jobs it has, without a look at them. */
  jobCount(): Promise<number>;
  /** A metric without labels, in its base unit. */
  metric(name: string): Promise<number>;
  /** Has it collect its garbage, so that what it holds can be read; resolves when that is done. */
  collect(): Promise<void>;
  /** Ends it at once, its jobs too. */
  stop(): Promise<void>;
};

export type BenchWorkerOptions = {
  readonly maxJobs: number;
  /** Built-in agents by name, or files; participant-monitor where none is given. */
  readonly agents?: readonly string[];
  /** More settings. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder for a CPU profile of the worker's main thread; undefined for none, which costs less. */
  readonly cpuProfDir: string | undefined;
};

/** `greenroom start` from `dist`, as its users run it, registered and taking jobs. */
export async function startBenchWorker(
  { url, apiKey, apiSecret }: TestServer,
  { maxJobs, agents = [], env, cpuProfDir }: BenchWorkerOptions,
): Promise<BenchWorker> {
  const profiling =
    cpuProfDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(cpuProfDir)}`];
  const { pid, logs, stop } = await startLoggingProcess({
    args: [
      `--import=${COLLECT_ON_SIGNAL}`,
      ...profiling,
      MAIN,
      'start',
      ...agents.flatMap((agent) => ['--agent', agent]),
    ],
    env: {
      LIVEKIT_URL: url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      MAX_JOBS: String(maxJobs),
      ...env,
    },
    isReady: (lines) => {
      const available = lines.filter(
        ({ msg, state }) => msg === 'connection state changed' && state === 'available',
      );
      return new Set(available.map((line) => line['agent'])).size === Math.max(1, agents.length);
    },
  });
  const serving = logs.find(({ msg }) => msg === 'serving health, metrics and sessions');
  const httpUrl = `http://127.0.0.1:${String(serving?.['port'])}`;
  return {
    pid,
    logs,
    sessions: async () => {
      const response = await fetch(`${httpUrl}/sessions`);
      return ((await response.json()) as { readonly sessions: readonly BenchSession[] }).sessions;
    },
    jobCount: async () => {
      const response = await fetch(`${httpUrl}/worker`);
      return ((await response.json()) as { readonly active_jobs: number }).active_jobs;
    },
    metric: async (name) => {
      const text = await (await fetch(`${httpUrl}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return Number(line?.split(' ')[1]);
    },
    collect: async () => {
      process.kill(pid, 'SIGUSR2');
      await sleep(COLLECTION_MS);
    },
    // The first signal asks it to drain, the second to end.
    stop: () => stop('SIGTERM', 'SIGINT'),
  };
}
