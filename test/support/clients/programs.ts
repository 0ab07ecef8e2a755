import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../../src/io/find-program.ts';
import { cacheDir } from '../../../src/io/livekit/build-server.ts';

const folder = (name: string): string => fileURLToPath(new URL(`../${name}/`, import.meta.url));

export const goClientSource = folder('go-client');
export const pythonClientSource = folder('python-client');
export const pythonClientScript = join(pythonClientSource, 'client.py');

/** Changes with its sources, so that a cached client is never an older one. */
const cached = (name: string, sources: readonly string[]): string => {
  const hash = createHash('sha256');
  sources.forEach((source) => hash.update(readFileSync(source)));
  return join(cacheDir(process.env), 'test-clients', `${name}-${hash.digest('hex').slice(0, 12)}`);
};

/** Where `prepare-tests` builds LiveKit's Go test client. */
export const goClientBinary = (): string =>
  cached(
    'go-client',
    readdirSync(goClientSource)
      .sort()
      .map((file) => join(goClientSource, file)),
  );

/** Where `prepare-tests` installs the Python SDK. */
export const pythonClientVenv = (): string =>
  cached('python-client', [join(pythonClientSource, 'requirements.txt')]);

export const pythonClientInterpreter = (): string => join(pythonClientVenv(), 'bin', 'python');

/** A browser with Chromium's fake camera, by its usual names. */
export const findChromium = (): string | undefined =>
  ['chromium', 'chromium-browser', 'google-chrome'].flatMap(
    (name) => findProgram(name, process.env) ?? [],
  )[0];
