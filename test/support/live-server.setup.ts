import type { TestProject } from 'vitest/node';
import { findServer } from '../../src/io/livekit/find-server.ts';
import { startLocalServer } from '../../src/io/livekit/local-server.ts';
import type { TestServer } from './clients/test-client.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The LiveKit server of the whole live project: `inject('livekit')`. */
    livekit: TestServer;
  }
}

/** One real server for all live tests. Without one they fail: they never simulate in silence. */
export default async function setUpLiveServer(project: TestProject): Promise<() => Promise<void>> {
  const found = await findServer({
    env: process.env,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  switch (found.kind) {
    case 'none':
      throw new Error(
        `live tests need a LiveKit server: ${found.reason}\nWhat helps: ${found.remedy}`,
      );
    case 'running': {
      const { url, apiKey, apiSecret } = found;
      project.provide('livekit', { url, apiKey, apiSecret });
      return async () => {};
    }
    case 'binary': {
      const server = await startLocalServer({ binary: found.binary });
      const { url, apiKey, apiSecret } = server;
      project.provide('livekit', { url, apiKey, apiSecret });
      return () => server.stop();
    }
  }
}
