import { WebhookReceiver } from 'livekit-server-sdk';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Clock } from '../../../src/actors/ports.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { openWebhooks } from '../../../src/io/compose/open-webhooks.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { WebhookOutcome } from '../../../src/io/webhooks/webhook-target.ts';
import { outgoingWebhook } from '../../support/outgoing-webhook.ts';
import { loggerInto, TextSink } from '../../support/text-sink.ts';
import { listenToWebhooks, type WebhookPost } from '../../support/webhook-listener.ts';

const keys = {
  LIVEKIT_API_KEY: 'devkey',
  LIVEKIT_API_SECRET: 'secret-of-at-least-32-characters',
};

function open(urls: readonly string[], clock: Clock = systemClock) {
  const log = new TextSink();
  const logger = loggerInto(log);
  const outcomes: WebhookOutcome[] = [];
  const settings = { ...keys, LIVEKIT_URL: 'ws://localhost:7880', WEBHOOK_URLS: urls };
  const onSettled = (outcome: WebhookOutcome): void => void outcomes.push(outcome);
  return { log, outcomes, webhooks: openWebhooks({ settings, clock, logger, onSettled }) };
}

async function hear(...[answer]: [Parameters<typeof listenToWebhooks>[1]?]) {
  const posts: WebhookPost[] = [];
  const listener = await listenToWebhooks((post) => posts.push(post), answer);
  onTestFinished(() => listener.close());
  return { posts, listener };
}

it('[WHK-40] posts what its receiver can verify, with no secret in it', async () => {
  const { posts, listener } = await hear();
  const { webhooks, outcomes } = open([listener.url]);
  const data = { error: `signed with ${keys.LIVEKIT_API_SECRET}` };
  webhooks.sender.send(outgoingWebhook('support', 1, { data }));
  webhooks.sender.send(outgoingWebhook('support', 2));
  await vi.waitFor(() => expect(outcomes).toEqual(['delivered', 'delivered']));
  await webhooks.close();
  const receiver = new WebhookReceiver(keys.LIVEKIT_API_KEY, keys.LIVEKIT_API_SECRET);
  const received = await Promise.all(
    posts.map(({ body, authorization }) => receiver.receive(body, authorization)),
  );
  expect(received.map(({ event }) => event)).toEqual([
    'greenroom.participant_joined',
    'greenroom.participant_joined',
  ]);
  expect(new Set(received.map(({ id }) => id)).size).toBe(2);
  expect(posts[0]?.contentType).toBe('application/webhook+json');
  expect(posts[0]?.body).toContain('signed with [secret]');
});

it('[WHK-41] says in the log what is not delivered, and no secret with it', async () => {
  const { listener } = await hear((response) => {
    response
      .writeHead(302, { location: 'https://elsewhere.example.com/moved?to=redirect-secret' })
      .end();
  });
  const { webhooks, outcomes, log } = open([`${listener.url}path-secret?key=query-secret`]);
  for (const seq of [1, 2, 3]) webhooks.sender.send(outgoingWebhook('support', seq));
  await vi.waitFor(() => expect(outcomes).toEqual(['refused', 'refused', 'refused']));
  await webhooks.close();
  const lines: readonly unknown[] = log.lines.map((line): unknown => JSON.parse(line));
  expect(lines).toMatchObject([
    {
      level: 'warn',
      msg: 'webhooks are not delivered',
      target: new URL(listener.url).origin,
      reason: 'answered 302, a redirect to elsewhere.example.com',
      refused: 1,
    },
  ]);
  for (const secret of ['-secret', keys.LIVEKIT_API_SECRET, 'eyJ']) {
    expect(log.text).not.toContain(secret);
  }
});

it('[WHK-42] says at the end how many were not delivered within 5 s', async () => {
  const { posts, listener } = await hear(() => {});
  const clock = new VirtualClock();
  const { webhooks, outcomes, log } = open([listener.url], clock);
  for (const seq of [1, 2, 3]) webhooks.sender.send(outgoingWebhook('support', seq));
  clock.advanceBy(0);
  await vi.waitFor(() => expect(posts).toHaveLength(1));
  const closed = webhooks.close();
  clock.advanceBy(4_999);
  expect(outcomes).toEqual([]);
  clock.advanceBy(1);
  await closed;
  expect(outcomes).toEqual(['dropped', 'dropped', 'dropped']);
  expect(JSON.parse(log.lines[0] ?? '')).toMatchObject({
    level: 'error',
    dropped: 3,
    msg: 'webhooks were dropped at the end',
  });
});
