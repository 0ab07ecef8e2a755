import { createHmac } from 'node:crypto';
import { WebhookReceiver } from 'livekit-server-sdk';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { signWebhook, webhookBody } from '../../../src/io/webhooks/webhook-message.ts';
import { outgoingWebhook } from '../../support/outgoing-webhook.ts';
import { readGreenroom } from '../../support/webhook-listener.ts';

const keys = { apiKey: 'devkey', apiSecret: 'secret-of-at-least-32-characters' };
const tokenClaims = z.looseObject({ iss: z.string(), exp: z.number(), nbf: z.number() });
const receiver = new WebhookReceiver(keys.apiKey, keys.apiSecret);

it("[WHK-3] is read and verified by LiveKit's WebhookReceiver", async () => {
  const body = webhookBody('id-1', outgoingWebhook());
  const received = await receiver.receive(body, await signWebhook(body, keys));
  expect(received).toMatchObject({
    event: 'greenroom.participant_joined',
    id: 'id-1',
    createdAt: 1_767_225_600n,
    room: { name: 'support', sid: 'RM_support' },
    participant: { identity: 'alice', sid: 'PA_1' },
  });
});

it('[WHK-3] carries what greenroom says beside what LiveKit knows', () => {
  const body = webhookBody('id-1', outgoingWebhook('support', 7, { participant: null }));
  expect(JSON.parse(body)).not.toHaveProperty('participant');
  expect(readGreenroom(body)).toEqual({
    version: 1,
    agent: 'room-analytics',
    jobId: 'AJ_support',
    dispatchId: 'AD_1',
    at: Date.UTC(2026, 0, 1, 0, 0, 0, 250),
    seq: 7,
    data: { name: 'Alice' },
  });
});

it('[WHK-3] is refused by it where one letter is another, or the secret is', async () => {
  const body = webhookBody('id-1', outgoingWebhook());
  const authorization = await signWebhook(body, keys);
  await expect(receiver.receive(body.replace('alice', 'alicf'), authorization)).rejects.toThrow(
    'checksum',
  );
  const stranger = { ...keys, apiSecret: 'another-secret-of-32-characters-or-more' };
  await expect(receiver.receive(body, await signWebhook(body, stranger))).rejects.toThrow(
    'signature',
  );
});

it('[WHK-3] is signed for five minutes, by the key that it names', async () => {
  const token = await signWebhook('{}', keys);
  const [head = '', claims = '', signature] = token.split('.');
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  expect(read(head)).toEqual({ alg: 'HS256' });
  const signed = createHmac('sha256', keys.apiSecret).update(`${head}.${claims}`);
  expect(signature).toBe(signed.digest('base64url'));
  const { iss, exp, nbf, ...others } = tokenClaims.parse(read(claims));
  expect(iss).toBe('devkey');
  // The second may have changed between the two.
  expect([299, 300]).toContain(exp - nbf);
  // No grant: whoever gets it can do nothing with it at the server.
  expect(Object.keys(others)).toEqual(['sha256']);
});
