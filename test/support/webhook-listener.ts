import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebhookReceiver } from 'livekit-server-sdk';
import { z } from 'zod';
import type { ServerKeys } from '../../src/io/livekit/find-server.ts';
import { listenOnLoopback, type LoopbackServer } from './loopback-server.ts';

/** A webhook as it came; `WebhookReceiver` reads it and checks its signature. */
export type WebhookPost = {
  readonly body: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  /** As `performance.now()` of this process. */
  readonly atMs: number;
};

const greenroomBody = z.object({
  greenroom: z.strictObject({
    version: z.literal(1),
    agent: z.string(),
    jobId: z.string(),
    dispatchId: z.string(),
    at: z.number(),
    seq: z.number(),
    data: z.record(z.string(), z.unknown()),
  }),
});

/** What a webhook of greenroom carries beside LiveKit's fields. */
export const readGreenroom = (body: string): z.output<typeof greenroomBody>['greenroom'] =>
  greenroomBody.parse(JSON.parse(body)).greenroom;

export type SignedWebhook = z.output<typeof greenroomBody>['greenroom'] & {
  readonly room: string | undefined;
  readonly event: string;
};

/** In the order in which they came; rejects where one is not signed with the server's key. */
export async function readSigned(
  posts: readonly WebhookPost[],
  { apiKey, apiSecret }: ServerKeys,
): Promise<readonly SignedWebhook[]> {
  const receiver = new WebhookReceiver(apiKey, apiSecret);
  return Promise.all(
    posts.map(async ({ body, authorization }) => {
      const { event, room } = await receiver.receive(body, authorization);
      return { ...readGreenroom(body), room: room?.name, event };
    }),
  );
}

/**
 * Hears, on loopback, what somebody posts.
 *
 * @param answer says something else than 200.
 */
export const listenToWebhooks = (
  onPost: (post: WebhookPost) => void,
  answer: (response: ServerResponse) => void = (response) => response.end(),
): Promise<LoopbackServer> =>
  listenOnLoopback((request, response) => {
    const atMs = performance.now();
    void text(request).then((body) => {
      const { authorization, 'content-type': contentType } = request.headers;
      onPost({ body, authorization, contentType, atMs });
      answer(response);
    });
  });
