import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RelayMessage } from '../../../src/io/inspect/protocol.ts';
import { drawn, launchInspectBrowser, openInspectPage } from '../../support/inspect-page.ts';
import { openRelay } from '../../support/relay-stage.ts';
import {
  agentDetail,
  agentRow,
  entryOf,
  ROOM_AT,
  standup,
  viewedRoom,
} from '../../support/viewed-room.ts';

const deadline = { timeout: 20_000, interval: 50 };

let browser: Browser;

beforeAll(async () => {
  browser = await launchInspectBrowser();
});

afterAll(() => browser.close());

/** The page as it looks at the agent of a room, and a relay that says what it is told to. */
async function openRoom(more: readonly RelayMessage[] = []) {
  const { relay, viewable } = await openRelay();
  const page = await openInspectPage(browser, relay.url, { hash: '#/actor/AJ_1/job/agent' });
  await vi.waitFor(
    () => expect(viewable.taken.map(({ type }) => type)).toContain('look'),
    deadline,
  );
  const say = (messages: readonly RelayMessage[]): void => {
    for (const message of messages) viewable.lines.at(-1)?.send(message);
  };
  say([...viewedRoom, ...more]);
  // The room is what is told last, and the actor's timeline is there before it.
  await page.getByRole('button', { name: 'Room standup', pressed: true }).waitFor();
  return { page, say, viewable };
}

const goOn = (seqs: readonly number[], context: unknown): RelayMessage => {
  const { value, status, output, timers, isTooBig } = agentDetail;
  return {
    ...{
      type: 'actorChanged',
      id: 2,
      at: ROOM_AT + 5_000,
      value,
      status,
      output,
      timers,
      isTooBig,
    },
    ...{ context, counts: {}, entriesLost: 0 },
    entries: seqs.map((seq) => entryOf(seq, { event: { type: `number.${seq}` } })),
  };
};

const follow = (page: Page, isPressed: boolean) =>
  page
    .getByRole('region', { name: 'Timeline' })
    .getByRole('button', { name: 'Follow', pressed: isPressed });

const events = (page: Page) => page.getByRole('listbox', { name: /^Events/ });

/** So many colours are in the picture. */
const coloursIn = (page: Page): Promise<number> =>
  page.evaluate<number>(`(() => {
    const canvas = document.querySelector('.timeline-canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  })()`);

describe('the timeline of a page', () => {
  it('[TLN-30] it draws the room, and says in a table what it draws', async () => {
    const { page, say } = await openRoom();
    await vi.waitFor(async () => expect(await coloursIn(page)).toBeGreaterThan(20), deadline);
    const track = { ...agentRow, id: 3, path: 'job/agent/track', name: 'track:TR_1', value: 'on' };
    say([
      {
        ...{ type: 'changes', at: ROOM_AT + 4_000, systems: [], removed: [], removedSystems: [] },
        added: [track],
        changed: [{ id: 2, value: 'speaking', status: 'active', endedAt: null, error: null }],
      },
    ]);
    await page.getByRole('button', { name: 'track:TR_1' }).first().waitFor();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByRole('button', { name: 'Table' }).click();
    const cells = timeline.getByRole('row').locator('td:last-child');
    await vi.waitFor(
      async () =>
        expect(await cells.allTextContents()).toEqual([
          ...['speaking', 'silent', 'alert: quality of alice is poor', 'speaking'],
          ...['silent', 'on'],
        ]),
      deadline,
    );
  });

  it('[TLN-31] keys lead to a moment, which says what was there, and Enter chooses it', async () => {
    const { page } = await openRoom();
    await page
      .getByRole('region', { name: 'Timeline' })
      .getByRole('button', { name: 'Fit' })
      .click();
    await page.getByRole('application', { name: /^Timeline/ }).focus();
    // Below the job and the actor stand the marks. In a longer time, fewer steps lead to one.
    const keys = ['ArrowDown', 'ArrowDown', 'ArrowDown', '-', '-', '-', '-'];
    for (const key of keys) await page.keyboard.press(key);
    const tip = page.locator('.timeline-tip');
    await expect
      .poll(async () => {
        await page.keyboard.press('ArrowLeft');
        // What stood there before this press is not where Enter chooses.
        await drawn(page);
        return tip.textContent();
      }, deadline)
      .toContain('alert: quality of alice is poor');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`at=${ROOM_AT + 1_500}`));
    await events(page).locator('[aria-selected=true]', { hasText: 'speech.began' }).waitFor();
  });

  it('[TLN-32] the pointer shows what stands there, drags the time and stops following', async () => {
    const { page } = await openRoom();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await follow(page, true).waitFor();
    await timeline.getByRole('button', { name: 'Fit' }).click();
    const box = await page.locator('.timeline-plot').boundingBox();
    if (!box) throw new Error('the plot is not on the screen');
    // The axis and the line of the job stand above the actor's.
    await page.mouse.move(box.x + box.width / 10, box.y + 50);
    await page.locator('.timeline-tip', { hasText: 'silent' }).waitFor();
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 50, { steps: 5 });
    await page.mouse.up();
    await follow(page, false).click();
    await follow(page, true).waitFor();
  });

  it('[TLN-33] a click in a recording goes to that moment', async () => {
    const { page, viewable } = await openRoom([
      {
        ...{ type: 'recording', file: 'AJ_1.1.jsonl', agent: 'participant-monitor', steps: 3 },
        ...{ firstAt: ROOM_AT, lastAt: ROOM_AT + 4_000, ending: 'closed', divergence: null },
        ...{ timeline: standup, isTimelineCut: false, alerts: [] },
      },
    ]);
    // All of a recording is shown as soon as it is there.
    await follow(page, false).waitFor();
    const box = await page.locator('.timeline-plot').boundingBox();
    if (!box) throw new Error('the plot is not on the screen');
    await page.locator('.timeline-plot').click({ position: { x: box.width / 2, y: 50 } });
    await vi.waitFor(() => {
      const last = viewable.taken.findLast((message) => message.type === 'goToTime');
      expect(last?.at).toBeGreaterThan(ROOM_AT + 1_900);
      expect(last?.at).toBeLessThan(ROOM_AT + 2_100);
    }, deadline);
  });
});

describe('events and context of a page', () => {
  it('[EVL-30] the newest event is in sight, until the list is held', async () => {
    const { page, say } = await openRoom();
    const seqs = Array.from({ length: 200 }, (_, index) => index + 4);
    say([goOn(seqs, { turns: 2 })]);
    await events(page).getByText('number.203', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    say([goOn([204, 205, 206], { turns: 3 })]);
    await page.getByRole('button', { name: 'Resume (3 waiting)' }).click();
    await events(page).getByText('number.206', { exact: true }).waitFor();
  });

  it('[EVL-30] who scrolled to an older event is left there', async () => {
    const { page, say } = await openRoom();
    say([
      goOn(
        Array.from({ length: 200 }, (_, index) => index + 4),
        {},
      ),
    ]);
    await events(page).getByText('number.203', { exact: true }).waitFor();
    await events(page).hover();
    await page.mouse.wheel(0, -100_000);
    await events(page).getByText('speech.began').waitFor();
    say([goOn([204], {}), goOn([205], {})]);
    await page.getByRole('region', { name: 'Events' }).getByText('205', { exact: true }).waitFor();
    expect(await events(page).getByText('speech.began').isVisible()).toBe(true);
    expect(await events(page).getByText('number.205').count()).toBe(0);
  });

  it('[EVL-31] an event shows what it carried, and how the context changed by it', async () => {
    const { page, say, viewable } = await openRoom();
    await events(page).getByText('speech.ended').click();
    await vi.waitFor(
      () => expect(viewable.taken).toContainEqual({ type: 'contexts', id: 2, seq: 2 }),
      deadline,
    );
    const event = page.getByRole('region', { name: 'Event speech.ended' });
    await event.getByText('speaking -> silent').waitFor();
    const [before, after] = [
      { turns: 0, level: 1 },
      { turns: 1, level: 1, sid: 'PA_1' },
    ];
    say([{ type: 'contexts', id: 2, seq: 2, before, after }]);
    const changes = event.locator('.context-changes li');
    await vi.waitFor(
      async () => expect(await changes.allTextContents()).toEqual(['~turns0→1', '+sid"PA_1"']),
      deadline,
    );
    await page.keyboard.press('Tab');
    await events(page).focus();
    await page.keyboard.press('ArrowUp');
    await page.getByRole('region', { name: 'Event speech.began' }).waitFor();
  });

  it('[EVL-32] the context is a tree that follows the actor, for keys and search', async () => {
    const { page, say } = await openRoom();
    const tree = page.getByRole('tree', { name: 'Context of the actor' });
    await tree.getByText('turns').waitFor();
    say([goOn([], { turns: 2, tracks: { mic: { muted: true } } })]);
    await tree.getByRole('treeitem', { name: 'turns: 2' }).waitFor();
    await tree.focus();
    for (const key of ['End', 'ArrowRight']) await page.keyboard.press(key);
    await tree.getByRole('treeitem', { name: 'muted: true' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search in the context' }).fill('turn');
    await vi.waitFor(
      async () => expect(await tree.getByRole('treeitem').count()).toBe(1),
      deadline,
    );
  });
});
