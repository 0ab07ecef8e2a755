import { execFileSync } from 'node:child_process';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { findServerBinary } from '../../src/io/livekit/find-server.ts';
import {
  startLocalServer,
  type LocalServer,
  type LocalServerOptions,
} from '../../src/io/livekit/local-server.ts';
import { startBenchWorker, type BenchWorker, type BenchWorkerOptions } from './bench-worker.ts';
import { startCrowd, type Crowd, type Member } from './crowd.ts';

/** A LiveKit server and a crowd, without a worker. */
export type Ground = {
  readonly server: LocalServer;
  /** As the server says it. */
  readonly serverVersion: string;
  readonly crowd: Crowd;
  /** Asks for a monitor of somebody. @returns the id of the dispatch. */
  dispatch(member: Member): Promise<string>;
  /** Asks for any agent. @returns the id of the dispatch. */
  dispatchAgent(room: string, agent: string, metadata: object): Promise<string>;
};

export type Stage = Ground & { readonly worker: BenchWorker };

/** The LiveKit server of the benches, and its version as it says it. */
export async function findServer(): Promise<{ readonly binary: string; readonly version: string }> {
  const found = await findServerBinary({ env: process.env, onProgress: say });
  if (found.kind === 'none') throw new Error(`${found.reason}; ${found.remedy}`);
  const version = execFileSync(found.binary, ['--version'], { encoding: 'utf8' }).trim();
  return { binary: found.binary, version };
}

/** Runs a bench with a LiveKit server and a crowd of its own, each a process, and ends them. */
export async function onGround<T>(
  options: Omit<LocalServerOptions, 'binary'>,
  bench: (ground: Ground) => Promise<T>,
): Promise<T> {
  const { binary, version: serverVersion } = await findServer();
  const server = await startLocalServer({ ...options, binary });
  try {
    const crowd = await startCrowd(server);
    try {
      return await bench({ server, serverVersion, crowd, ...dispatcher(server) });
    } finally {
      await crowd.kill();
    }
  } finally {
    await server.kill();
  }
}

/** As {@link onGround}, with a worker, a process too. */
export const onStage = <T>(
  options: BenchWorkerOptions,
  bench: (stage: Stage) => Promise<T>,
): Promise<T> =>
  onGround({}, async (ground) => {
    const worker = await startBenchWorker(ground.server, options);
    try {
      return await bench({ ...ground, worker });
    } finally {
      await worker.stop();
    }
  });

function dispatcher({
  url,
  apiKey,
  apiSecret,
}: LocalServer): Pick<Ground, 'dispatch' | 'dispatchAgent'> {
  const dispatches = new AgentDispatchClient(url.replace(/^ws/, 'http'), apiKey, apiSecret);
  const dispatchAgent: Ground['dispatchAgent'] = async (room, agent, about) => {
    const metadata = JSON.stringify(about);
    const { id } = await dispatches.createDispatch(room, agent, { metadata });
    return id;
  };
  return {
    dispatchAgent,
    dispatch: ({ room, identity }) =>
      dispatchAgent(room, 'participant-monitor', { participant_identity: identity }),
  };
}

/** Progress: on stderr, since stdout is for results. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
