import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { createActor } from 'xstate';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/io/clock.ts';
import { Recorder } from '../../../src/io/event-log/recorder.ts';
import { Inspection } from '../../../src/io/inspect/inspection.ts';
import { openInspectPage, launchInspectBrowser } from '../../support/inspect-page.ts';
import { lampMachine } from '../../support/lamp.machine.ts';
import { buildActor, buildSystem } from '../../support/live-stream.ts';
import { openRelay } from '../../support/relay-stage.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchInspectBrowser();
});

afterAll(() => browser.close());

/** A lamp that is inspected, and a page that looks at it. */
async function openLamp(options: Parameters<typeof openInspectPage>[2] = {}) {
  const inspection = new Inspection({
    source: { kind: 'live', command: 'start', greenroom: '0.0.0', startedAt: systemClock.now() },
    clock: systemClock,
    frames: systemClock,
  });
  const recorder = new Recorder({ clock: systemClock, write: () => {}, onProblem: () => {} });
  const lamp = createActor(lampMachine, { id: 'lamp', clock: recorder.clock });
  // One that breaks is what a test wants to see, and no uncaught exception.
  lamp.subscribe({ error: () => {} });
  recorder.watch(lamp);
  inspection.attach({
    root: lamp,
    about: { id: 'AJ_lamp', kind: 'job', agent: 'lamps', room: 'hall', identity: null },
    timersOf: (actor) => recorder.timersOf(actor),
    session: () => null,
    worker: () => null,
  });
  lamp.start();
  onTestFinished(() => void lamp.stop());
  const { relay } = await openRelay({ viewable: inspection });
  const page = await openInspectPage(browser, relay.url, {
    hash: '#/actor/AJ_lamp/lamp',
    ...options,
  });
  const state = (path: string) => page.locator(`.chart-stage [data-state="${path}"]`);
  await state('off').waitFor();
  return { lamp, page, state };
}

const LIT_STATES = '.chart-stage [data-state][aria-current=true]';

/** The states that are lit, in the order of the chart; the machine itself is left out. */
const activeStates = (page: Page): Promise<readonly string[]> =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll('${LIT_STATES}')].map((one) => one.dataset.state).slice(1)`,
  );

const until = async (page: Page, states: readonly string[]): Promise<void> =>
  expect.poll(() => activeStates(page), { timeout: 10_000 }).toEqual(states);

const DIM = ['on', 'on.bulb', 'on.bulb.dim', 'on.fan', 'on.fan.still'];

describe('the live statechart', () => {
  it('[CHP-7] the states that the actor is in are lit, in every region, and follow the actor', async () => {
    const { lamp, page } = await openLamp();
    await until(page, ['off']);
    lamp.send({ type: 'push' });
    await until(page, DIM);
    lamp.send({ type: 'turn' });
    await until(page, ['on', 'on.bulb', 'on.bulb.bright', 'on.fan', 'on.fan.still']);
  });

  it('[CHP-8] a timer stands at its state and runs down; one of the machine itself stands beside the chart', async () => {
    const { lamp, page } = await openLamp();
    lamp.send({ type: 'push' });
    const badge = page.locator('.chart-stage [data-timer=graceMs] text');
    await badge.waitFor();
    const secondsLeft = async (): Promise<number> => {
      const [, minutes = '', seconds = ''] =
        /graceMs (?:(\d+) min )?(\d+)/.exec((await badge.textContent()) ?? '') ?? [];
      return Number(minutes) * 60 + Number(seconds);
    };
    const first = await secondsLeft();
    expect(first).toBeGreaterThan(60);
    // The page hears of the time a little late.
    expect(first).toBeLessThanOrEqual(92);
    await expect.poll(secondsLeft, { timeout: 10_000 }).toBeLessThan(first);
    const later = page.locator('.chart-later li');
    expect(await later.textContent()).toMatch(/^lamp\.checked(59 min \d\d s|1 h 00 min)$/);
    lamp.send({ type: 'push' });
    await badge.waitFor({ state: 'detached' });
  });

  it('[CHP-9] the last transition is lit and runs along its arrow, and counts say how often', async () => {
    const { lamp, page } = await openLamp();
    lamp.send({ type: 'push' });
    await page.locator('.chart-stage .pulse').waitFor({ state: 'attached' });
    for (let hum = 0; hum < 3; hum += 1) lamp.send({ type: 'hum' });
    const counted = page.locator(
      '.chart-stage .state:has(> .line:text-is("hum / countHum")) > .count',
    );
    await expect.poll(() => counted.allTextContents(), { timeout: 10_000 }).toContain('×3');
    const lit = () => page.locator('.chart-stage .line.lit').allTextContents();
    expect(await lit()).toEqual(expect.arrayContaining(['push [isWhole]', 'hum / countHum']));
    await page.getByRole('button', { name: 'Counts' }).click();
    expect((await counted.allTextContents()).join('')).toBe('');
  });

  it('[CHP-10] the keyboard walks the states in their order, and each says what it is', async () => {
    const { lamp, page } = await openLamp();
    lamp.send({ type: 'push' });
    await until(page, DIM);
    await page.locator('.chart-stage').focus();
    const focused = async () => {
      const one = page.locator('.chart-stage [data-state]:focus');
      return [await one.getAttribute('data-state'), await one.getAttribute('aria-label')];
    };
    await page.keyboard.press('Tab');
    await page.keyboard.press('Home');
    expect(await focused()).toEqual(['', 'the machine: active']);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toEqual(['off', 'off: inactive']);
    await page.keyboard.press('ArrowDown');
    const [path, label] = await focused();
    expect(path).toBe('on');
    expect(label).toMatch(/^on: active, timer graceMs: 1 min \d\d s$/);
    await page.keyboard.press('End');
    expect(await focused()).toEqual(['broken', 'broken: inactive']);
  });

  it('[CHP-11] it can be dragged, zoomed and walked with keys, and fitted again', async () => {
    const { page, state } = await openLamp();
    const placed = async () => {
      const box = await state('').boundingBox();
      if (!box) throw new Error('the machine is not drawn');
      return { x: Math.round(box.x), y: Math.round(box.y), width: Math.round(box.width) };
    };
    const stage = page.locator('.chart-stage');
    await stage.focus();
    const fitted = await placed();
    await page.keyboard.press('ArrowRight');
    expect(await placed()).toEqual({ ...fitted, x: fitted.x - 60 });
    await page.keyboard.press('+');
    expect((await placed()).width).toBeGreaterThan(fitted.width);
    await page.keyboard.press('0');
    expect(await placed()).toEqual(fitted);

    const box = await stage.boundingBox();
    if (!box) throw new Error('there is no stage');
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    await page.mouse.move(middle.x + 30, middle.y + 20, { steps: 3 });
    await page.mouse.up();
    expect(await placed()).toEqual({ ...fitted, x: fitted.x + 30, y: fitted.y + 20 });
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    await expect
      .poll(async () => (await placed()).width, { timeout: 10_000 })
      .toBeGreaterThan(fitted.width);
    await page.locator('.chart-tools').getByRole('button', { name: 'Fit' }).click();
    expect(await placed()).toEqual(fitted);
  });

  it('[CHP-12] an outline has no words at its arrows, and tells them where the focus or the pointer is', async () => {
    const { page, state } = await openLamp();
    const lines = page.locator('.chart-stage .line');
    const details = page.getByRole('button', { name: 'Details' });
    expect(await details.getAttribute('aria-pressed')).toBe('true');
    await details.click();
    await expect.poll(() => lines.count(), { timeout: 10_000 }).toBe(0);
    await state('on').focus();
    await expect
      .poll(() => page.getByRole('tooltip').allTextContents(), { timeout: 10_000 })
      .toEqual([expect.stringMatching(/on: inactive.*entry \/ checkLater.*hum \/ countHum/)]);
    await details.click();
    await expect.poll(() => lines.count(), { timeout: 10_000 }).toBeGreaterThan(0);
  });

  it('[CHP-13] an actor that ended shows where, and with what; one that broke shows all of its error', async () => {
    const ended = await openLamp();
    ended.lamp.send({ type: 'push' });
    ended.lamp.send({ type: 'hum' });
    ended.lamp.send({ type: 'break' });
    const end = ended.page.locator('.chart-end');
    await end.waitFor();
    expect(await end.textContent()).toBe('Ended by itself in brokenOutput{\n  "hums": 1\n}');
    await until(ended.page, ['broken']);

    const broken = await openLamp();
    broken.lamp.send({ type: 'push' });
    broken.lamp.send({ type: 'burst' });
    const error = broken.page.locator('.chart-end.error pre.error');
    await error.waitFor();
    expect(await error.textContent()).toContain('the glass is gone');
  });

  it('[CHP-14] nothing moves for those who want no motion', async () => {
    const { lamp, page } = await openLamp({ reducedMotion: 'reduce' });
    lamp.send({ type: 'push' });
    const pulse = page.locator('.chart-stage .pulse');
    await pulse.waitFor({ state: 'attached' });
    const animation = "getComputedStyle(document.querySelector('.pulse')).animationName";
    expect(await page.evaluate<string>(animation)).toBe('none');
  });

  it('[CHP-15] the layout engine is served as its authors wrote it, with its notice', async () => {
    const { page } = await openLamp();
    const loaded = "performance.getEntriesByType('resource').map(({ name }) => name)";
    const worker = (await page.evaluate<string[]>(loaded)).find((url) =>
      url.includes('elk-worker'),
    );
    const original = await readFile(
      createRequire(import.meta.url).resolve('elkjs/lib/elk-worker.min.js'),
    );
    const served = await fetch(worker ?? 'http://127.0.0.1/no-worker');
    expect(Buffer.from(await served.arrayBuffer()).equals(original)).toBe(true);
    const notices = await (await fetch(new URL('/THIRD-PARTY.txt', page.url()))).text();
    expect(notices).toMatch(/^elkjs 0\.\d+\.\d+, EPL-2\.0 OR GPL-3\.0-or-later$/m);
    expect(notices).toContain('Source: https://github.com/kieler/elkjs');
    expect(notices).toContain('Eclipse Public License - v 2.0');
  });

  it('[CHP-16] a port has no chart, but a card that says what it is and what it was told last', async () => {
    const { relay, viewable } = await openRelay();
    const page = await openInspectPage(browser, relay.url, { hash: '#/actor/AJ_1/job/room' });
    await expect.poll(() => viewable.taken.length, { timeout: 10_000 }).toBeGreaterThan(0);
    const [line] = viewable.lines;
    const room = buildActor({
      ...{ system: 'AJ_1', path: 'job/room', name: 'room', kind: 'port' },
      ...{ machine: null, value: null },
    });
    line?.send({ type: 'actors', systems: [buildSystem()], actors: [room] });
    line?.send({
      ...{ type: 'actor', id: room.id, at: 2, value: null, status: 'active', context: null },
      ...{ output: null, timers: [], counts: {}, states: [], isTooBig: false },
      entries: ['track.setMedia', 'data.publish'].map((type, seq) => {
        const event = { type, topic: 'hall' };
        return {
          seq,
          at: 1,
          kind: 'received',
          from: 'job',
          event,
          count: 1,
          taken: [],
          value: null,
        };
      }),
    });
    const card = page.locator('.chart-card');
    await card.waitFor();
    expect(await card.textContent()).toContain('Ports are the only actors that touch the world');
    expect(await card.locator('li .type').allTextContents()).toEqual([
      'data.publish',
      'track.setMedia',
    ]);
  });
});
