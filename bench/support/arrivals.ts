import { ParticipantInfo_Kind } from '@livekit/protocol';
import { WebhookReceiver } from 'livekit-server-sdk';
import type { ServerKeys } from '../../src/io/livekit/find-server.ts';
import { listenToWebhooks, type WebhookPost } from '../../test/support/webhook-listener.ts';
import { reaches } from './until.ts';

/**
 * When agents were in their rooms, as the server's webhooks say it: the same observer whatever the
 * agent is made with, and it sees hidden ones too.
 */
export type Arrivals = {
  /** For the server's configuration. */
  readonly url: string;
  /** With the keys of the server, of which nothing is heard before. */
  listen(keys: ServerKeys): void;
  /** @returns when the first agent was in the room, as `performance.now()`; undefined where none came in time. */
  agentIn(room: string, limitMs: number): Promise<number | undefined>;
  close(): Promise<void>;
};

export async function watchArrivals(): Promise<Arrivals> {
  const arrivedAt = new Map<string, number>();
  let receiver: WebhookReceiver | undefined;
  const hear = async ({ body, authorization, atMs }: WebhookPost): Promise<void> => {
    if (receiver === undefined) return;
    const { event, room, participant } = await receiver.receive(body, authorization);
    if (event !== 'participant_joined' || participant?.kind !== ParticipantInfo_Kind.AGENT) return;
    const name = room?.name ?? '';
    if (!arrivedAt.has(name)) arrivedAt.set(name, atMs);
  };
  const listener = await listenToWebhooks((post) => void hear(post));
  return {
    url: listener.url,
    listen: ({ apiKey, apiSecret }) => {
      receiver = new WebhookReceiver(apiKey, apiSecret);
    },
    agentIn: async (room, limitMs) => {
      await reaches(limitMs, () => arrivedAt.has(room));
      return arrivedAt.get(room);
    },
    close: listener.close,
  };
}
