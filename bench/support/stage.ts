import { execFileSync } from 'node:child_process';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { findServerBinary } from '../../src/io/livekit/find-server.ts';
import { startLocalServer, type LocalServer } from '../../src/io/livekit/local-server.ts';
import { startBenchWorker, type BenchWorker } from './bench-worker.ts';
import { startCrowd, type Crowd, type Member } from './crowd.ts';

export type Stage = {
  readonly server: LocalServer;
  /** As the server says it. */
  readonly serverVersion: string;
  readonly worker: BenchWorker;
  readonly crowd: Crowd;
  /** Asks for a monitor of somebody. @returns the id of the dispatch. */
  dispatch(member: Member): Promise<string>;
};

type StageOptions = { readonly maxJobs: number; readonly cpuProfDir: string | undefined };

/** Runs a bench with a LiveKit server, a worker and a crowd of its own, each a process, and ends them. */
export async function onStage<T>(
  options: StageOptions,
  bench: (stage: Stage) => Promise<T>,
): Promise<T> {
  const found = await findServerBinary({ env: process.env, onProgress: say });
  if (found.kind === 'none') throw new Error(`${found.reason}; ${found.remedy}`);
  const cleanups: (() => Promise<void>)[] = [];
  try {
    const server = await startLocalServer({ binary: found.binary });
    cleanups.unshift(server.kill);
    const crowd = await startCrowd(server);
    cleanups.unshift(crowd.kill);
    const worker = await startBenchWorker(server, options);
    cleanups.unshift(worker.stop);
    const serverVersion = execFileSync(found.binary, ['--version'], { encoding: 'utf8' }).trim();
    return await bench({ server, serverVersion, worker, crowd, dispatch: dispatcher(server) });
  } finally {
    for (const cleanUp of cleanups) await cleanUp();
  }
}

function dispatcher({ url, apiKey, apiSecret }: LocalServer): Stage['dispatch'] {
  const dispatches = new AgentDispatchClient(url.replace(/^ws/, 'http'), apiKey, apiSecret);
  return async ({ room, identity }) => {
    const metadata = JSON.stringify({ participant_identity: identity });
    const { id } = await dispatches.createDispatch(room, 'participant-monitor', { metadata });
    return id;
  };
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
