import { GreenroomError } from '../errors.ts';
import { findProgram } from '../find-program.ts';
import { buildServer } from './build-server.ts';

export type ServerKeys = { readonly apiKey: string; readonly apiSecret: string };

export type RunningServer = ServerKeys & { readonly kind: 'running'; readonly url: string };

export type ServerBinary = { readonly kind: 'binary'; readonly binary: string };

export type NoServer = {
  readonly kind: 'none';
  readonly reason: string;
  /** What a person can do about it. */
  readonly remedy: string;
};

type FindOptions = {
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
};

type FindServerOptions = FindOptions & {
  /** A server named by the user: comes before everything else. */
  readonly given?: ServerKeys & { readonly url: string };
};

/**
 * Finds a LiveKit server for a demo, test or bench.
 *
 * In order: the one given; GREENROOM_TEST_URL with GREENROOM_TEST_API_KEY and
 * GREENROOM_TEST_API_SECRET; `livekit-server` on PATH; one built into the cache. Never LIVEKIT_URL,
 * which may be somebody's production.
 *
 * @throws GreenroomError `E_CONFIG` where GREENROOM_TEST_URL is no ws(s) or http(s) address, or lacks its key or secret.
 */
export async function findServer({
  given,
  ...options
}: FindServerOptions): Promise<RunningServer | ServerBinary | NoServer> {
  if (given !== undefined) {
    return { kind: 'running', ...given };
  }
  return serverFromEnv(options.env) ?? (await findServerBinary(options));
}

/** Finds a server program that can be started, stopped and killed at will: on PATH, or built into the cache. */
export async function findServerBinary({
  env,
  onProgress,
}: FindOptions): Promise<ServerBinary | NoServer> {
  const onPath = findProgram('livekit-server', env);
  if (onPath !== undefined) {
    return { kind: 'binary', binary: onPath };
  }
  const build = await buildServer({ env, onProgress });
  return build.kind === 'built'
    ? { kind: 'binary', binary: build.binary }
    : {
        kind: 'none',
        reason: `no livekit-server on PATH, and ${build.reason}`,
        remedy:
          'install Go 1.26 or later (https://go.dev/dl), or put livekit-server on PATH ' +
          '(https://docs.livekit.io/home/self-hosting/local), or name a running one with GREENROOM_TEST_URL',
      };
}

function serverFromEnv(env: NodeJS.ProcessEnv): RunningServer | undefined {
  const url = env['GREENROOM_TEST_URL'];
  if (!url) {
    return undefined;
  }
  if (!URL.canParse(url) || !/^(ws|http)s?:$/.test(new URL(url).protocol)) {
    throw new GreenroomError(
      'E_CONFIG',
      'GREENROOM_TEST_URL must be an address such as ws://127.0.0.1:7880',
    );
  }
  const apiKey = env['GREENROOM_TEST_API_KEY'];
  const apiSecret = env['GREENROOM_TEST_API_SECRET'];
  if (!apiKey || !apiSecret) {
    throw new GreenroomError(
      'E_CONFIG',
      'GREENROOM_TEST_URL needs GREENROOM_TEST_API_KEY and GREENROOM_TEST_API_SECRET beside it',
    );
  }
  return { kind: 'running', url, apiKey, apiSecret };
}
