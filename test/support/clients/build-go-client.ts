import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { goEnv } from '../../../src/io/livekit/build-server.ts';
import { goClientBinary, goClientSource } from './programs.ts';
import { runPreparation } from './run-preparation.ts';

/**
 * Builds LiveKit's Go test client into the cache, where it is not there yet.
 *
 * @returns what is missing for it and how to get it; undefined when it is there.
 */
export async function buildGoClient(say: (line: string) => void): Promise<string | undefined> {
  const binary = goClientBinary();
  if (existsSync(binary)) {
    return undefined;
  }
  say("building LiveKit's Go test client");
  await mkdir(dirname(binary), { recursive: true });
  const workDir = await mkdtemp(join(dirname(binary), 'build-'));
  try {
    const output = join(workDir, 'go-client');
    const problem = await runPreparation('go', ['build', '-trimpath', '-o', output, '.'], {
      cwd: goClientSource,
      // As the server is built, so that what both are made of is compiled once.
      env: goEnv,
    });
    if (problem !== undefined) {
      return `LiveKit's Go test client: Go 1.26 or later is needed to build it (${problem})`;
    }
    await rename(output, binary);
    return undefined;
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}
