import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { findChromium } from './programs.ts';
import {
  createToken,
  parseMessage,
  type ReceivedMessage,
  type TestClient,
  type TestServer,
} from './test-client.ts';

const LIVEKIT_CLIENT = fileURLToPath(
  new URL('../../../node_modules/livekit-client/dist/livekit-client.umd.js', import.meta.url),
);
const PAGE_SCRIPT = fileURLToPath(new URL('browser-page.mjs', import.meta.url));

/** Headless, with a fake camera. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      'tests in a browser need Chromium on PATH: npx tsx test/support/prepare-tests.ts',
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      // Chromium refuses to sandbox root, which tests in a container are.
      '--no-sandbox',
    ],
  });
}

/** All processes of a browser: whoever stops them freezes it, tabs and network and all. */
export async function processesOf(browser: Browser): Promise<readonly number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.map(({ id }) => id);
}

/**
 * A page of its own in the browser, with livekit-client in it.
 *
 * @param leavesWithPage whether the end of the page is a leave, as livekit-client does by itself;
 * otherwise it is a crash.
 */
export async function startBrowserClient(
  server: TestServer,
  browser: Browser,
  leavesWithPage = false,
): Promise<TestClient> {
  const messages: ReceivedMessage[] = [];
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.exposeFunction('reportData', (topic: string | undefined, text: string) => {
    messages.push(parseMessage(topic, text));
  });
  // The server's own ready page: of loopback, which browsers want of a page with a camera, and of a
  // page that reaches for a server on loopback.
  await page.goto(server.url.replace(/^ws/, 'http'));
  await page.addScriptTag({ path: LIVEKIT_CLIENT });
  await page.addScriptTag({ path: PAGE_SCRIPT, type: 'module' });
  await page.waitForFunction('globalThis.testClient !== undefined');

  const call = async (method: string, ...args: unknown[]): Promise<void> => {
    await page.evaluate(`testClient.${method}(...${JSON.stringify(args)})`);
  };
  return {
    messages,
    join: async (who) => call('join', server.url, await createToken(server, who), leavesWithPage),
    speak: (isSpeaking) => call('speak', isSpeaking),
    mute: (source, isMuted) => call('mute', source, isMuted),
    publishData: (topic, body) => call('publishData', topic, JSON.stringify(body)),
    leave: () => call('leave'),
    kill: () => context.close(),
    close: async () => {
      await call('leave');
      await context.close();
    },
  };
}
