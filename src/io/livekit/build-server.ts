import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../run-program.ts';

/** The same place from `src` and from `dist`. */
const MODULE_DIR = fileURLToPath(new URL('../../../tools/livekit-server/', import.meta.url));
const SERVER_PACKAGE = 'github.com/livekit/livekit-server/cmd/server';
const OLDEST_GO_MINOR = 26;
const PACKAGES_PER_LINE = 50;
const TAIL_LINES = 10;

type BuildOptions = {
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
};

export type BuildResult =
  | { readonly kind: 'built'; readonly binary: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Where greenroom keeps what it can make again: `$XDG_CACHE_HOME/greenroom` or `~/.cache/greenroom`. */
export const cacheDir = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'greenroom');

/**
 * The LiveKit server of `tools/livekit-server`, from the cache, or built there (about 2 minutes).
 *
 * Processes that build at once each build their own and the last one stays; a half-built one is never seen.
 */
export async function buildServer({ env, onProgress }: BuildOptions): Promise<BuildResult> {
  const version = await pinnedVersion();
  const binary = join(
    cacheDir(env),
    `livekit-server-${version}`,
    `${process.platform}-${process.arch}`,
    'livekit-server',
  );
  if (existsSync(binary)) {
    return { kind: 'built', binary };
  }
  const goProblem = await findGoProblem(env);
  if (goProblem !== undefined) {
    return { kind: 'failed', reason: goProblem };
  }
  await mkdir(dirname(binary), { recursive: true });
  const workDir = await mkdtemp(join(dirname(binary), 'build-'));
  try {
    onProgress(`building LiveKit server ${version}, about 2 minutes, once`);
    const output = join(workDir, 'livekit-server');
    const reason = await compile(output, { env, onProgress });
    if (reason !== undefined) {
      return { kind: 'failed', reason };
    }
    await rename(output, binary);
    onProgress(`built LiveKit server ${version}: ${binary}`);
    return { kind: 'built', binary };
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function pinnedVersion(): Promise<string> {
  const goMod = await readFile(join(MODULE_DIR, 'go.mod'), 'utf8');
  const version = /github\.com\/livekit\/livekit-server (v\S+)/.exec(goMod)?.[1];
  if (version === undefined) {
    throw new Error(`${MODULE_DIR}go.mod names no version of github.com/livekit/livekit-server`);
  }
  return version;
}

async function findGoProblem(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const lines: string[] = [];
  // Asked in the module, where Go 1.21 or later may fetch and use the version that go.mod wants.
  const result = await runProgram('go', ['env', 'GOVERSION'], {
    cwd: MODULE_DIR,
    env: { ...env, ...goEnv },
    onLine: (line) => lines.push(line),
  });
  const needed = `Go 1.${OLDEST_GO_MINOR} or later is needed to build one`;
  if (result.kind === 'missing') {
    return `${needed}, and there is no go on PATH`;
  }
  const said = lines.join(' ');
  const minor = /^go1\.(\d+)/.exec(said)?.[1];
  const isNewEnough = result.exitCode === 0 && Number(minor) >= OLDEST_GO_MINOR;
  return isNewEnough ? undefined : `${needed}, and go on PATH says: ${said}`;
}

/** What surrounds the module (a go.work, a vendor folder, a git checkout) must not change what is built. */
export const goEnv = {
  GOWORK: 'off',
  GOFLAGS: '-mod=readonly -buildvcs=false',
  CGO_ENABLED: '0',
};

async function compile(
  output: string,
  { env, onProgress }: BuildOptions,
): Promise<string | undefined> {
  const counts = { downloaded: 0, compiled: 0 };
  let tail: string[] = [];
  const onLine = (line: string): void => {
    const what = line.startsWith('go: downloading ') ? 'downloaded' : 'compiled';
    counts[what] += 1;
    if (counts[what] % PACKAGES_PER_LINE === 0) {
      onProgress(`${what} ${counts[what]} ${what === 'compiled' ? 'packages' : 'modules'}`);
    }
    tail = [...tail, line].slice(-TAIL_LINES);
  };
  const result = await runProgram(
    'go',
    ['build', '-v', '-trimpath', '-o', output, SERVER_PACKAGE],
    { cwd: MODULE_DIR, env: { ...env, ...goEnv }, onLine },
  );
  return result.kind === 'ended' && result.exitCode === 0
    ? undefined
    : `the build of ${SERVER_PACKAGE} failed:\n${tail.join('\n')}`;
}
