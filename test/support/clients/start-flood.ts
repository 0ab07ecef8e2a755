import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createToken, type TestServer } from './test-client.ts';

const PROGRAM = fileURLToPath(new URL('flood-process.ts', import.meta.url));

/** A participant that sends as many data messages as it can, in a process of its own. */
export type Flood = {
  /** Ends it; once it has ended this does nothing. */
  stop(): Promise<void>;
};

/** Resolves when the flood has begun. */
export async function startFlood(
  server: TestServer,
  who: { readonly room: string; readonly identity: string },
): Promise<Flood> {
  const token = await createToken(server, who);
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, server.url, token], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${PROGRAM} ended before it sent anything`);
  });
  await Promise.race([once(child.stdout, 'data'), ended]);
  ended.catch(() => undefined);
  return { stop };
}
