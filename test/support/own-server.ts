import { findServerBinary } from '../../src/io/livekit/find-server.ts';
import {
  startLocalServer,
  type LocalServer,
  type LocalServerOptions,
} from '../../src/io/livekit/local-server.ts';

/** A LiveKit server for one test, to stop and kill at will; the test ends it. */
export async function startOwnServer(
  options: Omit<LocalServerOptions, 'binary'> = {},
): Promise<LocalServer> {
  const found = await findServerBinary({ env: process.env, onProgress: () => {} });
  if (found.kind === 'none') {
    throw new Error(
      `this test needs a LiveKit server of its own: ${found.reason}; ${found.remedy}`,
    );
  }
  return startLocalServer({ ...options, binary: found.binary });
}
