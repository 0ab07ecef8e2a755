import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ActorRow, AlertRow, Look, RelayMessage } from '../../../src/io/inspect/protocol.ts';
import { launchInspectBrowser, openInspectPage } from '../../support/inspect-page.ts';
import { buildActor, buildSystem } from '../../support/live-stream.ts';
import { openRelay, type RelayStage } from '../../support/relay-stage.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchInspectBrowser();
});

afterAll(() => browser.close());

const AT = 1_900_000_000_000;
const SESSION = 'job/agent/participant:alice';
/** What it is and who, as two words of its line. */
const SESSION_NAME = /participant: ?alice/;

const row = (id: number, path: string, changes: Partial<ActorRow> = {}): ActorRow =>
  buildActor({
    id,
    path,
    system: 'AJ_1',
    name: path.split('/').at(-1) ?? '',
    parent: id === 1 ? null : id - 1,
    machine: null,
    ...changes,
  });

const value = { connected: { presence: 'present', speech: 'silent' } };
const actors = [
  row(1, 'job'),
  row(2, 'job/agent', { restarts: 2 }),
  row(3, SESSION, { value }),
  row(4, `${SESSION}/track:TR_1`, { status: 'error', error: 'no such track' }),
];
const alertRow: AlertRow = {
  system: 'AJ_1',
  agent: 'participant-monitor',
  room: 'demo',
  identity: 'alice',
  alert: {
    key: 'quality',
    severity: 'warning',
    message: 'connection quality is poor',
    openedAt: AT - 5_000,
    evidence: {
      score: 0.25,
      trace: {
        ...{ log: 'AJ_1', startedAt: AT - 60_000, fromSeq: 7, toSeq: 9 },
        steps: [
          {
            ...{ t: 55_000, actor: SESSION, event: 'participant.qualityChanged' },
            ...{ from: 'connected.quality.good', to: 'connected.quality.poor' },
          },
        ],
        states: {},
      },
    },
  },
};
const attached: readonly RelayMessage[] = [
  { type: 'reset', reason: 'attached', at: AT, actorCount: actors.length },
  {
    type: 'actors',
    systems: [buildSystem({ id: 'AJ_1', room: 'demo', identity: 'alice', alertsOpen: 1 })],
    actors,
  },
  { type: 'ready', at: AT },
  { type: 'alerts', isAll: true, alerts: [alertRow] },
];

const lastLook = ({ viewable }: RelayStage): Look | undefined =>
  viewable.taken.findLast((message) => message.type === 'look');

/** A relay that tells every page, as soon as it looks, what there is. */
async function openStage(changes: Parameters<typeof openRelay>[0] = {}): Promise<RelayStage> {
  const stage = await openRelay(changes);
  stage.viewable.shown = attached;
  return stage;
}

/** Says more to the page that came last. */
const tell = ({ viewable }: RelayStage, message: RelayMessage): void =>
  viewable.lines.at(-1)?.send(message);

async function openPage(options: Parameters<typeof openInspectPage>[2] = {}) {
  const stage = await openStage();
  const page = await openInspectPage(browser, stage.relay.url, options);
  await page.getByRole('status').getByText('connected', { exact: true }).waitFor();
  const tree = page.getByRole('tree', { name: 'Actors' });
  return { stage, page, tree, line: (name: RegExp) => tree.getByRole('treeitem', { name }) };
}

const until = (isSo: () => unknown): Promise<unknown> => vi.waitUntil(isSo, { timeout: 10_000 });
/** The driver of the browser hears of a new URL later than the relay hears of what is looked at. */
const untilAt = (page: Page, hash: string): Promise<void> =>
  page.waitForURL((url) => url.hash.startsWith(hash));

/** As browsers do where nobody sees a page: frames are not drawn, and timers run late. */
const BEHIND_ANOTHER_TAB = `{
  const { requestAnimationFrame: draw, setTimeout: later } = globalThis;
  globalThis.setTimeout = (run, ms = 0) => later(run, Math.max(ms, 300));
  globalThis.requestAnimationFrame = (run) => later(() => draw(run), 300);
}`;

const TOKEN = 'a-long-random-text-öß';
const tokenDialog = (page: Page) => page.getByRole('dialog', { name: 'This relay wants a token' });

describe('the page of a relay', () => {
  it('[VWR-12] shows every actor with its states, its supervision and its place in the tree', async () => {
    const { line } = await openPage();
    const session = line(SESSION_NAME);
    await session.waitFor();
    expect(await session.locator('.chip').allTextContents()).toEqual(['present', 'silent']);
    expect(await session.getAttribute('aria-level')).toBe('3');
    expect(await session.getAttribute('aria-setsize')).toBe('1');
    expect(await line(/alice.*participant-monitor · demo/).count()).toBe(1);
    expect(await line(/restarts ×2/).count()).toBe(1);
    expect(await line(/TR_1/).textContent()).toContain('error: no such track');
  });

  it('[VWR-12] shows what changes', async () => {
    const { stage, line } = await openPage();
    tell(stage, {
      type: 'changes',
      at: AT + 1,
      systems: [],
      added: [row(5, `${SESSION}/track:TR_2`, { parent: 3 })],
      changed: [{ id: 3, value: 'disconnected', status: 'active', endedAt: null, error: null }],
      removed: [4],
      removedSystems: [],
    });
    await line(/TR_2/).waitFor();
    expect(await line(/TR_1/).count()).toBe(0);
    expect(await line(SESSION_NAME).locator('.chip').allTextContents()).toEqual(['disconnected']);
  });

  it('[VWR-12] shows what was told before the page was drawn for the first time', async () => {
    const { page, line } = await openPage({ script: BEHIND_ANOTHER_TAB });
    await line(/TR_1/).waitFor();
    expect(await page.getByRole('treeitem').count()).toBe(actors.length);
  });

  it('[VWR-13] asks for the actor that is chosen, names it in its URL, and goes back', async () => {
    const { stage, page, line } = await openPage();
    await line(SESSION_NAME).click();
    await until(() => lastLook(stage)?.actor?.path === SESSION);
    expect(lastLook(stage)).toMatchObject({ tree: true, actor: { system: 'AJ_1' }, room: 'demo' });
    await untilAt(page, '#/actor/AJ_1/job/agent/participant%3Aalice');
    await page.goBack();
    await until(() => lastLook(stage)?.actor === null);
    await page.goForward();
    await until(() => lastLook(stage)?.actor?.path === SESSION);
  });

  it('[VWR-13] opens at the actor that its URL names, with the search', async () => {
    const { stage, line, page } = await openPage({
      hash: '#/actor/AJ_1/job/agent/participant%3Aalice?q=kind%3Amachine',
    });
    await until(() => lastLook(stage)?.actor?.path === SESSION);
    expect(await line(SESSION_NAME).getAttribute('aria-selected')).toBe('true');
    expect(await page.getByLabel('Search actors').inputValue()).toBe('kind:machine');
  });

  it('[VWR-14] says that the stream is lost, comes back by itself, and says again what it looks at', async () => {
    const stage = await openStage();
    const page = await openInspectPage(browser, stage.relay.url, {
      wanted: /WebSocket|ERR_CONNECTION_REFUSED/,
    });
    const status = page.getByRole('banner').getByRole('status');
    await status.getByText('connected', { exact: true }).waitFor();
    const { port } = stage.relay;
    await stage.relay.close();
    await status.getByText('connection lost').waitFor();
    const again = await openStage({ port });
    await until(() => lastLook(again)?.tree);
    await status.getByText('connected', { exact: true }).waitFor();
    await page.getByRole('treeitem', { name: /TR_1/ }).waitFor();
  });

  it('[VWR-15] asks for the token, keeps it for the tab, and never puts it into the URL', async () => {
    const { relay } = await openStage({ token: TOKEN });
    const page = await openInspectPage(browser, relay.url, { wanted: /401|WebSocket/ });
    const dialog = tokenDialog(page);
    await dialog.getByLabel('Token').fill('wrong');
    await dialog.getByRole('button', { name: 'Open' }).click();
    await dialog.getByRole('alert').getByText('not the token of this relay').waitFor();
    await dialog.getByLabel('Token').fill(TOKEN);
    await dialog.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('treeitem', { name: /TR_1/ }).waitFor();
    expect(await dialog.count()).toBe(0);
    await page.reload();
    await page.getByRole('treeitem', { name: /TR_1/ }).waitFor();
    expect(decodeURIComponent(page.url())).not.toContain(TOKEN);
  });

  it('[VWR-15] a token that comes while another is being tried takes its place, in one stream', async () => {
    const stage = await openStage({ token: TOKEN });
    const page = await openInspectPage(browser, stage.relay.url, { wanted: /401|WebSocket/ });
    const dialog = tokenDialog(page);
    await dialog.waitFor();
    // Quicker than the page draws.
    await page.evaluate(`{
      const form = document.querySelector('form:has(#token-title)');
      for (const token of ['wrong', ${JSON.stringify(TOKEN)}]) {
        form.querySelector('input').value = token;
        form.requestSubmit();
      }
    }`);
    await page.getByRole('treeitem', { name: SESSION_NAME }).click();
    await until(() => lastLook(stage)?.actor?.path === SESSION);
    expect(stage.viewable.lines).toHaveLength(1);
  });

  it('[VWR-16] is used by keys alone: search, tree, views and help', async () => {
    const { stage, page, tree, line } = await openPage();
    await page.keyboard.press('/');
    await page.keyboard.type('colour:red TR_');
    await page.getByText('There is no filter colour').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.type('tr_1');
    await page.getByText('1 found').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await until(() => lastLook(stage)?.actor?.path === `${SESSION}/track:TR_1`);
    // Where it is chosen, the cursor is led there: a key before that would be undone.
    await until(async () => (await line(/TR_1/).getAttribute('aria-selected')) === 'true');
    expect(await line(/TR_1/).getAttribute('id')).toBe(
      await tree.getAttribute('aria-activedescendant'),
    );
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await until(async () => (await tree.getByRole('treeitem').count()) === 1);
    await page.keyboard.press('[');
    await tree.waitFor({ state: 'detached' });
    await page.keyboard.type('gw');
    await untilAt(page, '#/worker');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Help' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Help' }).waitFor({ state: 'hidden' });
  });

  it('[VWR-17] leads from an alert, with its evidence, to the session that it is about', async () => {
    const { stage, page } = await openPage({ hash: '#/alerts' });
    await page.getByRole('button', { name: /connection quality is poor/ }).click();
    await page.getByRole('treeitem', { name: /score/ }).waitFor();
    await page.getByRole('button', { name: 'Look at the actor' }).click();
    await until(() => lastLook(stage)?.actor?.path === SESSION);
  });

  it('[VWR-53] says whose job an alert is of: several agents serve one room', async () => {
    const { page } = await openPage({ hash: '#/alerts' });
    const line = page.getByRole('button', { name: /connection quality is poor/ });
    await line.getByText('participant-monitor · alice · demo').waitFor();
  });

  it('[ALR-11] shows what led to an alert, and leads to an actor at that moment', async () => {
    const { stage, page } = await openPage({ hash: '#/alerts' });
    const trace = page.getByRole('region', { name: 'What led to it' });
    await trace.getByText('connected.quality.good → connected.quality.poor').waitFor();
    await trace.getByText('Event log AJ_1, steps 7 to 9').waitFor();
    // Below the end of the panel it would count as visible, too.
    const { y = Infinity } = (await trace.boundingBox()) ?? {};
    expect(y).toBeLessThan(page.viewportSize()?.height ?? 0);
    await trace.getByRole('link').click();
    await until(() => lastLook(stage)?.actor?.path === SESSION);
    expect(page.url()).toContain(`at=${AT - 5_000}`);
  });

  it('[VWR-18] keeps the theme, in which every text can be read', async () => {
    const { page } = await openPage({ colorScheme: 'light' });
    for (const theme of ['light', 'dark']) {
      expect(await page.locator('html').getAttribute('data-theme')).toBe(theme);
      expect(await weakestContrast(page)).toBeGreaterThanOrEqual(4.5);
      await page.getByRole('button', { name: `Theme: ${theme}` }).click();
    }
    await page.keyboard.press('t');
    await page.reload();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  });

  it('[VWR-19] draws a message for every change once in a frame, however many there are', async () => {
    const { stage, page } = await openPage();
    await page.evaluate(`
      window.draws = 0;
      new MutationObserver(() => { window.draws += 1; }).observe(
        document.querySelector('[role=tree]'), { subtree: true, childList: true, characterData: true });
      window.frames = 0;
      const count = () => { window.frames += 1; requestAnimationFrame(count); };
      requestAnimationFrame(count);`);
    for (let turn = 0; turn < 400; turn += 1) {
      const state = turn === 399 ? 'last' : `state-${turn}`;
      const change = { id: 3, value: state, status: 'active', endedAt: null, error: null } as const;
      tell(stage, {
        type: 'changes',
        at: AT + turn,
        systems: [],
        added: [],
        changed: [change],
        removed: [],
        removedSystems: [],
      });
    }
    await page.getByRole('treeitem', { name: /last/ }).waitFor();
    const [draws, frames] = await page.evaluate<[number, number]>('[window.draws, window.frames]');
    expect(draws).toBeGreaterThan(0);
    expect(draws).toBeLessThanOrEqual(frames + 1);
  });
});

/** The least contrast of a colour of text to anything that it may stand on (WCAG 2.2, 1.4.3). */
async function weakestContrast(page: Page): Promise<number> {
  return page.evaluate<number>(`(() => {
    const probe = document.body.appendChild(document.createElement('i'));
    const luminance = (name) => {
      probe.style.color = 'var(' + name + ')';
      const [r, g, b] = getComputedStyle(probe).color.match(/[0-9.]+/g).map((text) => {
        const part = Number(text) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const texts = ['--text', '--text-dim', '--accent', '--ok', '--warn', '--bad', '--info', '--lit',
      ...['good', 'quiet', 'warn', 'bad', 'hue-0', 'hue-1', 'hue-2', 'hue-3', 'hue-4', 'hue-5']
        .map((tone) => '--state-' + tone)];
    const grounds = ['--bg', '--bg-raised', '--bg-sunken', '--bg-hover', '--bg-chosen'];
    return Math.min(...texts.flatMap((text) => grounds.map((ground) => {
      const [dark, light] = [luminance(text), luminance(ground)].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    })));
  })()`);
}
