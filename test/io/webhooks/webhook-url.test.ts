import { expect, it } from 'vitest';
import { loadConfig } from '../../../src/io/config.ts';
import { GreenroomError } from '../../../src/io/errors.ts';
import { readWebhookUrls, shownUrl } from '../../../src/io/webhooks/webhook-url.ts';

it('[WHK-2] reads addresses with commas between them', () => {
  const urls = ['https://a.example.com/hook?key=1', 'http://127.0.0.1:9000/'];
  expect(readWebhookUrls(urls.join(','))).toEqual(urls);
  expect(readWebhookUrls(urls.join(' , '))).toEqual(urls);
  expect(readWebhookUrls('none')).toEqual([]);
});

it.each([
  [''],
  ['hooks.example.com'],
  ['ftp://hooks.example.com/'],
  ['https://user:password@hooks.example.com/'],
  ['https://hooks.example.com/#part'],
  ['https://a.example.com,'],
  ['https://a.example.com,https://a.example.com'],
  [Array.from({ length: 11 }, (_, index) => `https://${index}.example.com`).join(',')],
])('[WHK-2] refuses "%s"', (given) => {
  expect(readWebhookUrls(given)).toBeNull();
});

it('[WHK-2] shows neither path nor query of an address, also where it is wrong', () => {
  expect(shownUrl('https://hooks.example.com/services/T0/B0/secret?x=secret')).toBe(
    'https://hooks.example.com',
  );
  const flags = {
    LIVEKIT_API_KEY: 'devkey',
    LIVEKIT_API_SECRET: 'secret-of-at-least-32-characters',
    WEBHOOK_URLS: 'https://user:hidden@hooks.example.com/',
  };
  let error: unknown;
  try {
    loadConfig({ flags, environment: {}, dotenv: {} }, []);
  } catch (cause) {
    error = cause;
  }
  if (!(error instanceof GreenroomError)) throw new Error('nothing was wrong');
  expect(error.details).toEqual([
    'WEBHOOK_URLS is wrong in the settings given: expected none, or up to 10 different addresses ' +
      'that start with https:// or http://, without a user in them, with commas between them, for ' +
      'example WEBHOOK_URLS=https://hooks.example.com/greenroom',
  ]);
});
