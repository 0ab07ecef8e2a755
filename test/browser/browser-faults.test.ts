import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { sleep, systemClock } from '../../src/io/clock.ts';
import { disposeRtc } from '../../src/io/livekit/load-rtc.ts';
import {
  launchBrowser,
  processesOf,
  startBrowserClient,
} from '../support/clients/browser-client.ts';
import { WatchedWorker } from '../support/watched-session.ts';

const server = inject('livekit');
let watched: WatchedWorker;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  watched = await WatchedWorker.start(server);
});
afterAll(async () => {
  await browser.close();
  await watched.close();
  await disposeRtc();
});

/** Alice in a tab of the browser, with her camera seen. */
async function watchTab() {
  const room = watched.newRoom();
  onTestFinished(() => room.close());
  await room.dispatch({ end_on_disconnect: true });
  const alice = await startBrowserClient(server, browser, true);
  await alice.join({ room: room.name, identity: 'alice' });
  await room.until({ state: 'connected', video: 'flowing' });
  return { room, alice };
}

it('[FAULT-9] suspects a browser that is frozen for 8 s, and trusts it again as the same connection', async () => {
  const { room, alice } = await watchTab();
  const before = await room.session();
  const processes = await processesOf(browser);
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of processes) process.kill(pid, name);
  };
  signal('SIGSTOP');
  try {
    await sleep(8_000);
    await room.until({ presence: 'suspect', video: 'frozen' });
  } finally {
    signal('SIGCONT');
  }
  await room.until({ presence: 'present', video: 'flowing', sid: before?.sid, reconnects: 0 });
  await alice.close();
  await watched.expectPath(room, {
    states: [
      'awaitingParticipant',
      ...['present', 'suspect', 'present'],
      ...['absent', 'disconnected', 'ended'],
    ],
    alerts: expect.arrayContaining(['suspect opened', 'suspect resolved']) as string[],
    welcomes: 1,
    end: { reason: 'participant_left', status: 'success' },
  });
  await watched.expectNothingLeft();
});

it('[FAULT-10] sees at once that a tab was closed, where nobody called leave', async () => {
  const { room, alice } = await watchTab();
  const closedAt = systemClock.now();
  await alice.kill();
  const { enteredAt } = await watched.expectPath(room, {
    states: ['awaitingParticipant', 'present', 'absent', 'disconnected', 'ended'],
    welcomes: 1,
    end: { reason: 'participant_left', status: 'success' },
  });
  expect(enteredAt('absent') - closedAt).toBeLessThan(2_000);
  await watched.expectNothingLeft();
});
