/** How smooth the page is, and how soon it shows a change, in headless Chromium. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../test/support/clients/browser-client.ts';
import { InspectProbe, type NotedStates } from '../../test/support/inspect-probe.ts';
import { InspectedProcess } from './inspected-process.ts';

/** Every fact changes a state. */
const CHANGE_EVERY = 1;
/** The first guest, whom the load leaves alone. */
const ADDRESS = { system: 'AJ_0', path: 'job/agent/participant:guest-0' };
const OPEN_LIMIT_MS = 60_000;
/** While the page draws what it has opened with, and the load comes up. */
const SETTLE_MS = 3_000;
/** Between two changes: no multiple of a frame. */
const PAUSE_MS = 137;
/** Shown later than that, it is missed. */
const MISSED_MS = 3_000;

export type PagePlan = {
  readonly actors: number;
  readonly factsPerS: number;
  readonly framesMs: number;
  readonly changes: number;
};

export type PageFigures = PagePlan & {
  readonly framesPerS: number;
  readonly longestFrameMs: number;
  /** Undefined where a change was missed. */
  readonly delaysMs: readonly (number | undefined)[];
};

/** Each plan with actors and a page of its own. */
export async function measurePages(plans: readonly PagePlan[]): Promise<readonly PageFigures[]> {
  const browser = await launchBrowser();
  try {
    const figures: PageFigures[] = [];
    for (const plan of plans) figures.push(await measurePage(browser, plan));
    return figures;
  } finally {
    await browser.close();
  }
}

async function measurePage(browser: Browser, plan: PagePlan): Promise<PageFigures> {
  const { actors: count, factsPerS, framesMs } = plan;
  const actors = await InspectedProcess.start({
    inspectedBy: 'relay',
    actors: count,
    changeEvery: CHANGE_EVERY,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(`${actors.url}#/actor/${ADDRESS.system}/${ADDRESS.path}`);
    await lineOf(page).waitFor({ timeout: OPEN_LIMIT_MS });
    const probe = await InspectProbe.in(page);
    await actors.ask({ type: 'tell', factsPerS });
    await sleep(SETTLE_MS);
    const frames = await probe.drawFrames(framesMs);
    await probe.noteStates(ADDRESS);
    const delaysMs = await measureDelays(actors, probe, plan.changes);
    await page.close();
    const gaps = frames.slice(1).map((at, index) => at - (frames[index] ?? NaN));
    return {
      ...plan,
      framesPerS: (frames.length / framesMs) * 1_000,
      longestFrameMs: Math.max(...gaps),
      delaysMs,
    };
  } finally {
    await actors.stop();
  }
}

const lineOf = (page: Page) =>
  page.locator(`[data-system="${ADDRESS.system}"][data-path="${ADDRESS.path}"]`);

async function measureDelays(
  actors: InspectedProcess,
  probe: InspectProbe,
  count: number,
): Promise<readonly (number | undefined)[]> {
  const changes: { readonly at: number; readonly quality: string }[] = [];
  for (let change = 0; change < count; change += 1) {
    const { at, quality } = await actors.ask({ type: 'change' });
    changes.push({ at, quality: quality ?? '' });
    await sleep(PAUSE_MS);
  }
  await sleep(MISSED_MS);
  const noted = await probe.notedStates();
  return changes.map(({ at, quality }) => delayOf(noted, at, quality));
}

function delayOf(noted: readonly NotedStates[], at: number, quality: string): number | undefined {
  const shown = noted.find((each) => each.at >= at && each.states.endsWith(quality));
  if (!shown || shown.at - at > MISSED_MS) return undefined;
  return shown.at - at;
}
