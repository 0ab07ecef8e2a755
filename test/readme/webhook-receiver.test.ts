import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { signWebhook, webhookBody } from '../../src/io/webhooks/webhook-message.ts';
import { outgoingWebhook } from '../support/outgoing-webhook.ts';

const keys = { apiKey: 'devkey', apiSecret: 'secret-of-at-least-32-characters' };

it('[WHK-80] receives a webhook by the example of docs/webhooks.md, and none that is not signed', async () => {
  const receiver = spawn(process.execPath, ['examples/webhook-receiver.js'], {
    env: { LIVEKIT_API_KEY: keys.apiKey, LIVEKIT_API_SECRET: keys.apiSecret, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(receiver, 'exit');
  onTestFinished(async () => {
    receiver.kill();
    await ended;
  });
  const lines = createInterface(receiver.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  const url = /http\S+/.exec(await next())?.[0] ?? '';
  const body = webhookBody('id-1', outgoingWebhook());
  const post = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(url, { method: 'POST', body, headers })).status;
  expect(await post({})).toBe(401);
  expect(await post({ authorization: await signWebhook(body, keys) })).toBe(200);
  expect(await next()).toBe("id-1 greenroom.participant_joined support 1 { name: 'Alice' }");
}, 20_000);
