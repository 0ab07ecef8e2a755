import type { StatelyInspectionEvent } from '@statelyai/inspect';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/io/clock.ts';
import { Inspection } from '../../../src/io/inspect/inspection.ts';
import { readInspectFilter } from '../../../src/io/inspect/stately/inspect-filter.ts';
import { registerStately } from '../../../src/io/inspect/stately/stately-routes.ts';
import { drawn, launchInspectBrowser, openInspectPage } from '../../support/inspect-page.ts';
import { ManyActors } from '../../support/many-actors.ts';
import { openRelay } from '../../support/relay-stage.ts';
import { buildStandIn, serveInspector } from '../../support/stately-inspector.ts';
import { loggerInto, TextSink } from '../../support/text-sink.ts';

const deadline = { timeout: 10_000 };

/** What the inspector says when it is there, as a script has it. */
const CONNECTED = `{ type: '@statelyai.connected' }`;

let browser: Browser;
let standIn: string;

beforeAll(async () => {
  [browser, standIn] = await Promise.all([launchInspectBrowser(), buildStandIn()]);
});

afterAll(() => browser.close());

type OpenOptions = { readonly actors: number; readonly filter?: string; readonly script?: string };

/** Live actors, and a page that holds the stand-in of Stately's inspector; late, unless the script says nothing. */
async function openStately({ actors, filter, script = standIn }: OpenOptions) {
  const url = await serveInspector(script);
  const inspection = new Inspection({
    source: { kind: 'live', command: 'start', greenroom: '0.0.0', startedAt: systemClock.now() },
    clock: systemClock,
    frames: systemClock,
  });
  const load = new ManyActors({
    actors,
    clock: systemClock,
    inspector: inspection,
    changeEvery: 1,
  });
  onTestFinished(() => load.close());
  for (let fact = 0; fact < 500; fact += 1) load.tell();
  const { relay } = await openRelay({
    viewable: inspection,
    addRoutes: (server, access) =>
      registerStately(server, access, {
        source: inspection,
        filter: readInspectFilter(filter === undefined ? [] : [filter]),
        mask: (text) => text,
        disguise: undefined,
        clock: systemClock,
        logger: loggerInto(new TextSink(), 'error'),
        url,
      }),
  });
  // The inspector is of another origin: that is the one request that leaves this one's.
  const wanted = new RegExp(`^asked elsewhere: ${new URL(url).origin}/`);
  const page = await openInspectPage(browser, `${relay.url}stately`, { wanted });
  return { inspection, load, page, url, relay };
}

type StandIn = {
  readonly received: readonly StatelyInspectionEvent[];
  readonly senders: readonly string[];
};

/** What the stand-in was told so far. */
async function readStandIn(page: Page, url: string): Promise<StandIn> {
  const frame = page.frame({ url });
  if (!frame) return { received: [], senders: [] };
  return frame.evaluate(() => {
    const kept = Reflect.get(globalThis, 'standIn') as
      { received: StatelyInspectionEvent[]; senders: Set<string> } | undefined;
    return { received: kept?.received ?? [], senders: [...(kept?.senders ?? [])] };
  });
}

const actorsIn = (received: readonly StatelyInspectionEvent[]) =>
  received.filter((message) => message.type === '@xstate.actor');

it('[STY-30] the inspector that comes late shows 1,000 live actors, and what happens to them', async () => {
  const { inspection, load, page, url, relay } = await openStately({ actors: 1_000 });
  const live = [...inspection.actors()].filter(({ row }) => row.status === 'active');
  expect(live.length).toBeGreaterThanOrEqual(1_000);
  await expect
    .poll(async () => actorsIn((await readStandIn(page, url)).received).length, { timeout: 30_000 })
    .toBe(live.length);

  const { received, senders } = await readStandIn(page, url);
  const actors = actorsIn(received);
  const order = actors.map(({ sessionId }) => sessionId);
  expect(order.toSorted()).toEqual(live.map(({ ref }) => ref.sessionId).toSorted());
  for (const { sessionId, parentId, definition } of actors) {
    expect(JSON.parse(definition ?? '')).toMatchObject({ id: expect.any(String) as string });
    if (parentId !== undefined) {
      expect(order.indexOf(parentId)).toBeLessThan(order.indexOf(sessionId));
    }
  }
  expect(senders).toEqual([new URL(relay.url).origin]);

  const [guest] = load.guests;
  const session = live.find(
    ({ ref, system }) =>
      system.id === guest?.jobId && ref.id === `participant:${guest.ref.identity}`,
  );
  const quality = guest?.changeQuality();
  const snapshots = async () =>
    (await readStandIn(page, url)).received.flatMap((message) =>
      message.type === '@xstate.snapshot' && message.sessionId === session?.ref.sessionId
        ? [message.snapshot]
        : [],
    );
  await expect
    .poll(async () => (await snapshots()).at(-1), deadline)
    .toMatchObject({ value: { connected: { quality } } });
  await page.getByRole('status').getByText('Live.', { exact: true }).waitFor();
});

it('[STY-31] an inspector that is loaded anew is shown everything anew, filtered as before', async () => {
  const { inspection, page, url } = await openStately({ actors: 60, filter: 'room=room-0' });
  const inRoom = [...inspection.actors()].filter(({ system }) => system.room === 'room-0');
  const shown = async () => actorsIn((await readStandIn(page, url)).received).length;
  await expect.poll(shown, deadline).toBe(inRoom.length);
  // The frame is of another origin, and so its own page loads it anew.
  await page.frame({ url })?.evaluate('delete globalThis.standIn; location.reload()');
  await expect.poll(shown, deadline).toBe(inRoom.length);
});

it('[STY-32] only the inspector itself can ask: its word from this page or another frame is none', async () => {
  const { page, url } = await openStately({ actors: 60, script: 'parent.postMessage(0, "*")' });
  await expect.poll(() => page.frame({ url }) !== null, deadline).toBe(true);
  const status = page.getByRole('status');
  const waiting = `Waiting for the inspector of ${new URL(url).host}.`;
  await expect.poll(() => status.textContent(), deadline).toBe(waiting);
  await page.evaluate(`postMessage(${CONNECTED}, '*')`);
  // Messages come in their order: this one is behind the forged one.
  await page.evaluate(`new Promise((resolve) => {
    addEventListener('message', ({ data }) => data === 'behind' && resolve());
    postMessage('behind', '*');
  })`);
  await drawn(page);
  expect(await status.textContent()).toBe(waiting);
  await page.frame({ url })?.evaluate(`parent.postMessage(${CONNECTED}, '*')`);
  await expect.poll(() => status.textContent(), deadline).toBe('Live.');
});
