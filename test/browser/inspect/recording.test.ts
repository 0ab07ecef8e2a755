import { EventEmitter } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { runInspect } from '../../../src/io/inspect/recording/run-inspect.ts';
import { runReplay } from '../../../src/io/replay/run-replay.ts';
import { Shutdown } from '../../../src/io/shutdown.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';
import { goldenAgents } from '../../support/golden-cases.ts';
import { launchInspectBrowser, openInspectPage } from '../../support/inspect-page.ts';
import { goldenLog } from '../../support/recorded-view.ts';
import { openRelay } from '../../support/relay-stage.ts';
import { TextSink } from '../../support/text-sink.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchInspectBrowser();
}, 60_000);
afterAll(() => browser.close());

const deadline = { timeout: 10_000 };
const alice = '#/actor/AJ_test/job/agent/participant%3Aalice';

const loopback = { address: { host: '127.0.0.1', port: 0 }, token: undefined };

type Run = (options: {
  readonly agents: typeof goldenAgents;
  readonly output: TextSink;
  readonly notices: TextSink;
  readonly shutdown: Shutdown;
}) => Promise<{ exitCode: number }>;

/** Gives the address of the page, once it is there; the command is asked to end with the test. */
async function addressOf(run: Run, exitCode: number): Promise<string> {
  const [output, notices, signals] = [new TextSink(), new TextSink(), new EventEmitter()];
  const ended = run({ agents: goldenAgents, output, notices, shutdown: new Shutdown(signals) });
  onTestFinished(async () => {
    signals.emit('SIGINT');
    expect(await ended).toEqual({ exitCode });
  });
  const address = () => /http:\S+/.exec(output.text + notices.text)?.[0] ?? '';
  await expect.poll(address, deadline).not.toBe('');
  return address();
}

const inspect = (path: string | null): Promise<string> =>
  addressOf((options) => runInspect({ ...options, ...loopback, path }), 130);

/** A log of which a replay does something else at step 31. */
async function writeDiverging(): Promise<string> {
  const path = join(await temporaryFolder(), 'c.1.jsonl');
  const text = await readFile(goldenLog('participant-monitor'), 'utf8');
  await writeFile(path, text.replace('"SPEAKING_THRESHOLD":0.01', '"SPEAKING_THRESHOLD":0.5'));
  return path;
}

const atStep = async (page: Page, step: number): Promise<void> => {
  await page.getByText(`step ${step} of`).waitFor(deadline);
};

const row = (page: Page, name: RegExp) => page.getByRole('treeitem', { name });

it('[REC-60] scrubs a recording to a known state, by keys and by its URL', async () => {
  const url = await inspect(goldenLog('participant-monitor'));
  const page = await openInspectPage(browser, url, { hash: alice });
  await atStep(page, 0);
  await page.getByText('it begins at +').waitFor(deadline);
  await page.keyboard.press('n');
  await atStep(page, 184);
  await row(page, /participant:?\s*alice/)
    .getByText('frozen')
    .waitFor(deadline);
  await page.keyboard.press('n');
  await atStep(page, 293);
  await row(page, /participant:?\s*alice/)
    .getByText('flowing')
    .waitFor(deadline);
  await page.keyboard.press('.');
  await atStep(page, 294);
  await page.keyboard.press(',');
  await page.keyboard.press(',');
  await atStep(page, 292);
  await expect.poll(() => new URL(page.url()).hash, deadline).toContain('step=292');
  const again = await openInspectPage(browser, url, { hash: `${alice}?step=184` });
  await atStep(again, 184);
  // The playhead is one for all.
  await atStep(page, 184);
});

it('[REC-61] plays and pauses with the space bar, and scrubs with the slider', async () => {
  const page = await openInspectPage(browser, await inspect(goldenLog('participant-monitor')));
  await atStep(page, 0);
  const playback = page.getByRole('region', { name: 'Playback' });
  await page.keyboard.press(' ');
  await playback.getByRole('button', { name: 'Pause' }).waitFor(deadline);
  await page.getByLabel('Speed').selectOption('50');
  await page.getByLabel('Speed').blur();
  await atStep(page, 868);
  await playback.getByRole('button', { name: 'Play', exact: true }).waitFor(deadline);
  // Another speed is for the next time: nothing moves.
  await page.getByLabel('Speed').selectOption('1');
  const slider = page.getByRole('slider', { name: 'Moment' });
  await expect.poll(() => slider.getAttribute('aria-valuetext'), deadline).toMatch(/step 868 of/);
  await slider.press('ArrowLeft');
  await atStep(page, 867);
  await slider.press('Home');
  await atStep(page, 0);
  await slider.press('ArrowRight');
  await atStep(page, 1);
  await slider.press('End');
  await atStep(page, 868);
  expect(await slider.getAttribute('aria-valuetext')).toMatch(/^\+01:14.005, step 868 of 868$/);
});

it('[REC-62] goes up to where a replay parts from the log, and shows both sides', async () => {
  const page = await openInspectPage(browser, await inspect(await writeDiverging()));
  await atStep(page, 0);
  await page.getByRole('button', { name: 'go to the divergence' }).click();
  await atStep(page, 31);
  const note = page.getByRole('status').filter({ hasText: 'goes otherwise now' });
  await note.getByText('"value":{"subscribed":"speaking"}').waitFor(deadline);
  await page.getByRole('slider', { name: 'Moment' }).press('End');
  await page.keyboard.press('.');
  await atStep(page, 31);
});

it('[REC-63] opens what is dropped or chosen, and says what is wrong with what is no log', async () => {
  const page = await openInspectPage(browser, await inspect(null));
  await page.getByText('Drop an event log here').waitFor(deadline);
  const input = page.getByLabel('Event log').first();
  const wrong = join(await temporaryFolder(), 'a.1.jsonl');
  await writeFile(wrong, 'no log at all\n');
  await input.setInputFiles(wrong);
  await page.getByRole('alert').getByText('a.1.jsonl').waitFor(deadline);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await input.setInputFiles(goldenLog('basic'));
  await page.getByText('recording: basic.1.jsonl').waitFor(deadline);
  await atStep(page, 0);
  await dropOn(page, 'greeter.1.jsonl', await readFile(goldenLog('greeter'), 'utf8'));
  await page.getByText('recording: greeter.1.jsonl').waitFor(deadline);
});

it('[REC-64] begins at the divergence of the log that a replay found to differ, and then fails', async () => {
  const paths = [goldenLog('basic'), await writeDiverging()];
  const task = { type: 'compare', page: loopback } as const;
  const url = await addressOf(
    (options) => runReplay({ ...options, paths, task, isJson: false }),
    1,
  );
  const page = await openInspectPage(browser, url);
  await page.getByText('recording: c.1.jsonl').waitFor(deadline);
  await atStep(page, 31);
  await page.getByRole('status').filter({ hasText: 'goes otherwise now' }).waitFor(deadline);
});

it('[REC-65] names the command where a log is dropped on the page of a process that runs', async () => {
  const { relay } = await openRelay();
  const page = await openInspectPage(browser, relay.url);
  await page.getByText('live').first().waitFor(deadline);
  await dropOn(page, 'basic.1.jsonl', 'no matter', 'This page shows a running process');
  await page.getByRole('alert').getByText('greenroom inspect FILE').waitFor(deadline);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect.poll(() => page.getByRole('alert').count(), deadline).toBe(0);
});

/** As a mouse would: a program in the page, since no driver of browsers has files to drag. */
async function dropOn(
  page: Page,
  name: string,
  text: string,
  answer = 'Drop the event log',
): Promise<void> {
  const made = `(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
    return transfer;
  })()`;
  const dataTransfer = await page.evaluateHandle(made);
  await page.dispatchEvent('main', 'dragover', { dataTransfer });
  await page.getByText(answer).waitFor(deadline);
  await page.dispatchEvent('main', 'drop', { dataTransfer });
}
