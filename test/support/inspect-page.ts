import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { launchBrowser } from './clients/browser-client.ts';
import { isViewerBuilt } from './viewer-page.ts';

/**
 * A browser for pages of relays.
 *
 * It builds no page: other tests may be reading it.
 */
export function launchInspectBrowser(): Promise<Browser> {
  if (!isViewerBuilt()) {
    throw new Error(
      'dist/viewer is not what its sources make: `npm run build`, or `npm run test:live`',
    );
  }
  return launchBrowser();
}

type InspectPageOptions = Pick<
  BrowserContextOptions,
  'viewport' | 'colorScheme' | 'reducedMotion'
> & {
  /** Where the page begins, such as `#/alerts`. */
  readonly hash?: string;
  /** Errors in the console that are wanted: Chromium writes one for each request that is refused. */
  readonly wanted?: RegExp;
  /** Runs before the page's own scripts. */
  readonly script?: string;
};

/**
 * The page of a relay in a tab of its own, until the end of the test.
 *
 * The test fails where the page had an error, wrote one to the console, lacked a file, or asked anybody
 * but its relay for anything.
 */
export async function openInspectPage(
  browser: Browser,
  url: string,
  { hash = '', wanted, script = '', ...options }: InspectPageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  await context.addInitScript(script);
  const page = await context.newPage();
  const problems: string[] = [];
  const own = new URL(url).host;
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('requestfailed', (request) => problems.push(`failed: ${request.url()}`));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && host !== own) {
      problems.push(`asked elsewhere: ${request.url()}`);
    }
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== own) problems.push(`asked elsewhere: ${socket.url()}`);
  });
  onTestFinished(async () => {
    await context.close();
    expect(problems.filter((problem) => !wanted?.test(problem))).toEqual([]);
  });
  await page.goto(`${url}${hash}`);
  return page;
}

/** Until the page has drawn what was done to it: it draws once a frame, and a press is over before that. */
export const drawn = (page: Page): Promise<void> =>
  page.evaluate<void>('new Promise((resolve) => requestAnimationFrame(() => resolve()))');
