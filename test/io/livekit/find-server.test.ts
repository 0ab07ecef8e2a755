import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findServer, findServerBinary } from '../../../src/io/livekit/find-server.ts';

let home: string;
let env: NodeJS.ProcessEnv;
let progress: string[];
const onProgress = (line: string): void => void progress.push(line);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'greenroom-'));
  await mkdir(join(home, 'bin'));
  env = { PATH: join(home, 'bin'), XDG_CACHE_HOME: join(home, 'cache') };
  progress = [];
});

afterEach(() => rm(home, { recursive: true }));

async function putOnPath(name: string, script: string): Promise<string> {
  const path = join(home, 'bin', name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** Stands for Go: `go env GOVERSION` says the version, `go build ... -o FILE` does the rest. */
const putGoOnPath = (version: string, build: string): Promise<string> =>
  putOnPath(
    'go',
    `if [ "$1" = env ]; then echo ${version}; exit 0; fi
while [ "$1" != -o ]; do shift; done
output=$2
${build}`,
  );

describe('which LiveKit server a demo, test or bench uses', () => {
  const given = { url: 'ws://given:1', apiKey: 'key', apiSecret: 'secret' };
  const named = {
    GREENROOM_TEST_URL: 'ws://named:2',
    GREENROOM_TEST_API_KEY: 'named-key',
    GREENROOM_TEST_API_SECRET: 'named-secret',
  };

  it('[SERVER-1] takes the one given before all others', async () => {
    await putOnPath('livekit-server', '');
    const found = await findServer({ given, env: { ...env, ...named }, onProgress });
    expect(found).toEqual({ kind: 'running', ...given });
  });

  it('[SERVER-1] takes the one of GREENROOM_TEST_URL before one on PATH', async () => {
    await putOnPath('livekit-server', '');
    expect(await findServer({ env: { ...env, ...named }, onProgress })).toEqual({
      kind: 'running',
      url: 'ws://named:2',
      apiKey: 'named-key',
      apiSecret: 'named-secret',
    });
  });

  it('[SERVER-1] takes livekit-server on PATH before building one', async () => {
    await putGoOnPath('go1.26.0', 'exit 1');
    const binary = await putOnPath('livekit-server', '');
    expect(await findServer({ env, onProgress })).toEqual({ kind: 'binary', binary });
  });

  it('[SERVER-2] never takes LIVEKIT_URL, which may be production', async () => {
    const binary = await putOnPath('livekit-server', '');
    const production = {
      LIVEKIT_URL: 'wss://production.example',
      LIVEKIT_API_KEY: 'key',
      LIVEKIT_API_SECRET: 'secret',
    };
    const found = await findServer({ env: { ...env, ...production }, onProgress });
    expect(found).toEqual({ kind: 'binary', binary });
  });

  it.each([
    [
      'an address of another kind',
      { ...named, GREENROOM_TEST_URL: 'localhost:7880' },
      /must be an address/,
    ],
    ['no key', { ...named, GREENROOM_TEST_API_KEY: '' }, /needs GREENROOM_TEST_API_KEY/],
    ['no secret', { ...named, GREENROOM_TEST_API_SECRET: undefined }, /GREENROOM_TEST_API_SECRET/],
  ])('[SERVER-3] refuses GREENROOM_TEST_URL with %s', async (_what, wrong, message) => {
    await expect(findServer({ env: { ...env, ...wrong }, onProgress })).rejects.toThrow(message);
  });
});

describe('building the LiveKit server', () => {
  const building = 'i=0; while [ $i -lt 120 ]; do echo "package/$i" >&2; i=$((i+1)); done';

  it('[SERVER-4] builds it once into the cache and says how far it is', async () => {
    const calls = join(home, 'calls');
    await putGoOnPath('go1.26.3', `echo build >> ${calls}; ${building}; echo server > "$output"`);

    const first = await findServerBinary({ env, onProgress });
    const second = await findServerBinary({ env, onProgress });

    expect(first).toEqual(second);
    const binary = first.kind === 'binary' ? first.binary : '';
    expect(binary.startsWith(join(home, 'cache', 'greenroom', 'livekit-server-v'))).toBe(true);
    expect(await readFile(binary, 'utf8')).toBe('server\n');
    expect(await readdir(dirname(binary))).toEqual(['livekit-server']);
    expect(await readFile(calls, 'utf8')).toBe('build\n');
    expect(progress).toEqual([
      expect.stringMatching(/^building LiveKit server v/),
      'compiled 50 packages',
      'compiled 100 packages',
      expect.stringMatching(/^built LiveKit server v/),
    ]);
  });

  it('[SERVER-4] lets two that build at once both have a whole one', async () => {
    await putGoOnPath('go1.26.0', 'echo server > "$output"');
    const [one, other] = await Promise.all([
      findServerBinary({ env, onProgress }),
      findServerBinary({ env, onProgress }),
    ]);
    expect(one).toEqual(other);
    expect(one.kind === 'binary' && existsSync(one.binary)).toBe(true);
  });

  it('[SERVER-5] says what is missing where there is no Go', async () => {
    expect(await findServerBinary({ env, onProgress })).toEqual({
      kind: 'none',
      reason: expect.stringMatching(/no livekit-server on PATH.*Go 1\.26.*no go on PATH/) as string,
      remedy: expect.stringContaining('install Go 1.26') as string,
    });
  });

  it('[SERVER-5] says which Go it needs where there is an older one', async () => {
    await putGoOnPath('go1.19.8', 'exit 1');
    expect(await findServerBinary({ env, onProgress })).toMatchObject({
      kind: 'none',
      reason: expect.stringMatching(/Go 1\.26 or later.*go1\.19\.8/) as string,
    });
  });

  it('[SERVER-5] hands on the last lines of a build that failed, and leaves nothing behind', async () => {
    await putGoOnPath('go1.26.0', 'echo "disk is full" >&2; exit 1');
    expect(await findServerBinary({ env, onProgress })).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('disk is full') as string,
    });
    const folders = await readdir(join(home, 'cache', 'greenroom'), { recursive: true });
    expect(folders.filter((path) => path.includes('build-'))).toEqual([]);
  });
});
