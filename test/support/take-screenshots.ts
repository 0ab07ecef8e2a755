/** Takes the pictures of docs/ anew, from a simulated room and a golden log: `npm run screenshots`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './clients/browser-client.ts';
import { buildViewer, isViewerBuilt } from './viewer-page.ts';

type Theme = 'dark' | 'light';
type Picture = {
  readonly name: string;
  readonly theme: Theme;
  /** Of the page: the actor that is looked at. */
  readonly hash: string;
  /** Of the timeline, in pixels; its usual one by default. */
  readonly timeline?: number;
  /** Brings the page to what the picture shows. */
  readonly arrange: (page: Page) => Promise<unknown>;
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const WAIT_MS = 60_000;

const session = (job: string, identity: string): string =>
  `#/actor/${job}/job/agent/participant%3A${identity}`;

const line = (page: Page, name: RegExp) => page.getByRole('treeitem', { name });

const allAlertsOpen = (page: Page): Promise<void> =>
  page.getByRole('link', { name: /^Alerts\s*3/ }).waitFor({ timeout: WAIT_MS });

/** What stands in the tree for whoever wants to know what goes on, and not how. */
async function showMachinesAlone(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'machines', exact: true }).click();
}

const ofRoom: readonly Picture[] = [
  {
    name: 'inspect-actors',
    theme: 'dark',
    hash: session('AJ_simulated2', 'bob'),
    arrange: async (page) => {
      await allAlertsOpen(page);
      await showMachinesAlone(page);
    },
  },
  {
    name: 'inspect-timeline',
    theme: 'light',
    hash: session('AJ_simulated2', 'bob'),
    timeline: 620,
    arrange: async (page) => {
      await allAlertsOpen(page);
      await showMachinesAlone(page);
    },
  },
];

const ofRecording: readonly Picture[] = [
  {
    name: 'inspect-recording',
    theme: 'dark',
    hash: session('AJ_test', 'alice'),
    arrange: async (page) => {
      // To the first alert: a camera that stalls.
      await page.getByText(/^step 0 of/).waitFor({ timeout: WAIT_MS });
      await page.keyboard.press('n');
      await line(page, /participant: ?alice/)
        .getByText('frozen')
        .waitFor({ timeout: WAIT_MS });
    },
  },
];

/** Runs a command that serves the page, takes pictures of it, and ends it. */
async function picture(
  browser: Browser,
  command: readonly string[],
  pictures: readonly Picture[],
): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'src/io/cli/main.ts', ...command, '--inspect=0'],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  try {
    const url = await addressIn(child.stdout);
    // All at once, so that each has seen all of what it shows.
    await Promise.all(pictures.map((one) => take(browser, url, one)));
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  // Nobody reads on behind the address: it must not wait for that.
  const lines = createInterface({ input: output });
  for await (const text of lines) {
    const [url] = /http:\S+/.exec(text) ?? [];
    if (url === undefined) continue;
    output.resume();
    return url;
  }
  throw new Error('the command ended and named no address');
}

async function take(browser: Browser, url: string, picture: Picture): Promise<void> {
  const { name, theme, hash, timeline, arrange } = picture;
  const context = await browser.newContext({
    viewport: { width: 1_600, height: 1_000 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  if (timeline !== undefined) {
    const layout = { sizes: { timeline }, closed: [] };
    await page.addInitScript(
      `localStorage.setItem('greenroom.layout', '${JSON.stringify(layout)}')`,
    );
  }
  await page.goto(`${url}${hash}`);
  await arrange(page);
  await page.locator('.chart-drawing [data-state]').first().waitFor({ timeout: WAIT_MS });
  // The pointer stands where it clicked last.
  await page.mouse.move(0, 0);
  const path = join(root, 'docs', `${name}.png`);
  await page.screenshot({ path });
  process.stdout.write(`${path}\n`);
  await context.close();
}

if (!isViewerBuilt()) await buildViewer();
const browser = await launchBrowser();
try {
  const script = 'test/support/take-screenshots.script';
  await picture(browser, ['simulate', '--script', script, '--speed', '1'], ofRoom);
  await picture(browser, ['inspect', 'test/golden/participant-monitor.1.jsonl'], ofRecording);
} finally {
  await browser.close();
}
