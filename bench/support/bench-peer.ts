import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runPreparation } from '../../test/support/clients/run-preparation.ts';
import type { TestServer } from '../../test/support/clients/test-client.ts';
import { startLoggingProcess, type LoggingProcess } from './logging-process.ts';
import { say } from './stage.ts';

const FOLDER = fileURLToPath(new URL('../peer/', import.meta.url));
const AGENT = fileURLToPath(new URL('../peer/agent.mjs', import.meta.url));

const { dependencies } = createRequire(import.meta.url)('../peer/package.json') as {
  readonly dependencies: Readonly<Record<'@livekit/agents', string>>;
};

/** Its name and its exact version. */
export const PEER = `@livekit/agents ${dependencies['@livekit/agents']}`;

/** Under which `bench/peer/agent.mjs` is dispatched. */
export const PEER_AGENT = 'peer';

export type BenchPeer = Pick<LoggingProcess, 'pid' | 'logs'> & {
  activeJobs(): Promise<number>;
  /** Ends it and all its processes at once. */
  stop(): Promise<void>;
};

/** The agent of `bench/peer` in production mode, registered; a process for each of its jobs. */
export async function startBenchPeer({ url, apiKey, apiSecret }: TestServer): Promise<BenchPeer> {
  await install();
  const { pid, logs, stop } = await startLoggingProcess({
    args: [AGENT, 'start'],
    env: {
      NODE_ENV: 'production',
      LIVEKIT_URL: url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
    },
    isReady: (lines) => lines.some(({ msg }) => msg === 'registered worker'),
  });
  const serving = logs.find(({ msg }) => msg === 'serving health');
  return {
    pid,
    logs,
    activeJobs: async () => {
      const response = await fetch(`http://127.0.0.1:${String(serving?.['port'])}/worker`);
      return ((await response.json()) as { readonly active_jobs: number }).active_jobs;
    },
    // Asked to end, it would wait an hour for its jobs.
    stop: () => stop('SIGKILL'),
  };
}

async function install(): Promise<void> {
  // npm writes it last.
  if (existsSync(join(FOLDER, 'node_modules/.package-lock.json'))) return;
  say(`installing ${PEER}`);
  const problem = await runPreparation('npm', ['ci'], { cwd: FOLDER });
  if (problem !== undefined) throw new Error(`${PEER} is not installed: ${problem}`);
}
