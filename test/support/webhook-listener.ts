import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/** A webhook as it came; `WebhookReceiver` reads it and checks its signature. */
export type WebhookPost = {
  readonly body: string;
  readonly authorization: string | undefined;
  /** As `performance.now()` of this process. */
  readonly atMs: number;
};

export type WebhookListener = {
  /** For the server's configuration. */
  readonly url: string;
  close(): Promise<void>;
};

/** Hears, on loopback, what a LiveKit server posts. */
export async function listenToWebhooks(
  onPost: (post: WebhookPost) => void,
): Promise<WebhookListener> {
  const server = createServer((request, response) => {
    const atMs = performance.now();
    void text(request).then((body) => {
      onPost({ body, authorization: request.headers.authorization, atMs });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listener without a port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
