import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, inject } from 'vitest';
import { launchBrowser, startBrowserClient } from '../support/clients/browser-client.ts';
import { describeMonitored } from '../support/clients/monitored.contract.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser.close());

describeMonitored('livekit-client in a browser', {
  start: () => startBrowserClient(inject('livekit'), browser),
  hasTopics: true,
});
