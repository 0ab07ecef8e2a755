import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

export type LoopbackServer = {
  readonly url: string;
  readonly port: number;
  /** Also the connections that it still has. */
  close(): Promise<void>;
};

/** An HTTP server of a test, at a free port of this machine unless told otherwise. */
export async function listenOnLoopback(
  listener: RequestListener,
  port = 0,
): Promise<LoopbackServer> {
  const server = createServer(listener).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listener without a port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    port: address.port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
