import type { Browser } from 'playwright-core';
import { isMachineSnapshot, type AnyActorRef } from 'xstate';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/io/clock.ts';
import { snapshotAt } from '../../../src/io/compose/snapshot-at.ts';
import { Inspection } from '../../../src/io/inspect/inspection.ts';
import { launchInspectBrowser, openInspectPage } from '../../support/inspect-page.ts';
import { InspectProbe } from '../../support/inspect-probe.ts';
import { ManyActors } from '../../support/many-actors.ts';
import { openRelay } from '../../support/relay-stage.ts';

const ACTORS = 1_000;
/** Before the first viewer comes; of each guest the qualities have changed once or twice. */
const FACTS_BEFORE = 1_000;

const deadline = { timeout: 20_000, interval: 100 };

let browser: Browser;

beforeAll(async () => {
  browser = await launchInspectBrowser();
});

afterAll(() => browser.close());

/** Many actors that have come some way, and the page that is opened then. */
async function openLate(hash: string) {
  const inspection = new Inspection({
    source: { kind: 'live', command: 'start', greenroom: '0.0.0', startedAt: systemClock.now() },
    clock: systemClock,
    frames: systemClock,
    onFault: (cause) => {
      throw cause;
    },
  });
  const load = new ManyActors({
    actors: ACTORS,
    clock: systemClock,
    inspector: inspection,
    changeEvery: 6,
  });
  onTestFinished(() => load.close());
  for (let fact = 0; fact < FACTS_BEFORE; fact += 1) load.tell();
  const { relay } = await openRelay({ viewable: inspection });
  const page = await openInspectPage(browser, relay.url, { hash });
  await page.getByRole('status').getByText('connected').waitFor();
  return { load, page, probe: await InspectProbe.in(page) };
}

/** What stands in the tree for each actor, by what the actors themselves say. */
function statesIn({ guests }: ManyActors): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const { jobId, job } of guests) {
    for (const ids of pathsIn(job.root)) {
      const snapshot: unknown = snapshotAt(job.root, ids);
      const value: unknown = isMachineSnapshot(snapshot) && snapshot.value;
      lines[`${jobId} ${['job', ...ids].join('/')}`] = innermost(value).join(' ');
    }
  }
  return lines;
}

/** Of an actor and all that live below it, from parent to child. */
function pathsIn(root: AnyActorRef, ids: readonly string[] = []): readonly (readonly string[])[] {
  const snapshot: unknown = snapshotAt(root, ids);
  const children: unknown = isMachineSnapshot(snapshot) && snapshot.children;
  if (typeof children !== 'object' || children === null) return [ids];
  return [ids, ...Object.keys(children).flatMap((id) => pathsIn(root, [...ids, id]))];
}

/** Of what a machine says of its states, the words. */
function innermost(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values<unknown>({ ...value }).flatMap(innermost);
}

describe('a page that is opened late', () => {
  it('[VWR-50] it shows all of 1,000 actors, each in the states that it is in', async () => {
    const { load, page, probe } = await openLate('');
    await page.getByRole('button', { name: 'Open all branches' }).click();
    const shown = await probe.readTree();
    expect(Object.keys(shown).length).toBeGreaterThanOrEqual(ACTORS);
    expect(shown).toEqual(statesIn(load));
  });

  it('[VWR-51] it shows each later state of the actor that it looks at, while the others go on', async () => {
    const address = { system: 'AJ_0', path: 'job/agent/participant:guest-0' };
    const { load, page, probe } = await openLate(`#/actor/${address.system}/${address.path}`);
    await page.locator(`[data-system="AJ_0"][data-path="${address.path}"]`).waitFor();
    await probe.noteStates(address);
    const stop = load.tellSteadily(200);
    onTestFinished(stop);
    const expected = ['present silent off excellent'];
    for (let change = 0; change < 4; change += 1) {
      expected.push(`present silent off ${load.spared.changeQuality()}`);
      await vi.waitFor(async () => {
        const noted = await probe.notedStates();
        expect(noted.map(({ states }) => states)).toEqual(expected);
      }, deadline);
    }
  });
});
