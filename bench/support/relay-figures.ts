/** What the inspection of so many actors costs, beside the same actors uninspected and @statelyai/inspect. */
import { InspectedProcess, type Cost } from './inspected-process.ts';
import { CountingViewer, type Attach } from './inspect-viewer.ts';
import type { InspectorName } from './inspectors.ts';
import { StatelyViewer } from './stately-viewer.ts';

/** One fact in ten changes a state, as with people who talk: the rest is windows and statistics. */
const CHANGE_EVERY = 10;
const WARM_UP = { factsPerS: 1_000, sampleMs: 1_000 };
/** While viewers come. */
const ATTACH_FACTS_PER_S = 1_000;

export type RelayPlan = {
  readonly actors: number;
  readonly rates: readonly number[];
  readonly sampleMs: number;
  readonly attaches: number;
};

type Watched = Cost & { readonly bytesPerS: number };

export type LateAttach = Attach & { readonly loopDelayMs: number };

export type RelayFigures = {
  readonly actors: number;
  /** Each in the order of the rates. */
  readonly uninspected: readonly Cost[];
  readonly unviewed: readonly Cost[];
  readonly viewed: readonly Watched[];
  readonly attaches: readonly LateAttach[];
  readonly stately: readonly Watched[];
  /** Whom its viewer is told of: before the actors do anything, and behind the first facts. */
  readonly statelyActors: { readonly atFirst: number; readonly later: number };
};

type Viewer = { readonly bytes: number };

export async function measureRelay(plan: RelayPlan): Promise<RelayFigures> {
  const uninspected = await within('nobody', plan, async (actors) => {
    await warmUp(actors);
    return measureRates(actors, plan);
  });
  const relay = await within('relay', plan, async (actors) => {
    await warmUp(actors);
    const unviewed = await measureRates(actors, plan);
    const attaches = await measureAttaches(actors, plan);
    const viewer = await CountingViewer.attach(actors.url);
    const viewed = await measureViewed(actors, viewer, plan);
    await viewer.close();
    return { unviewed, attaches, viewed };
  });
  const stately = await within('stately', plan, async (actors) => {
    const atFirst = await countStatelyActors(actors.url);
    await warmUp(actors);
    const viewer = await StatelyViewer.attach(actors.url);
    const viewed = await measureViewed(actors, viewer, plan);
    await viewer.close();
    return { stately: viewed, statelyActors: { atFirst, later: viewer.actors } };
  });
  return { actors: plan.actors, uninspected, ...relay, ...stately };
}

async function within<T>(
  inspectedBy: InspectorName,
  { actors }: RelayPlan,
  measure: (actors: InspectedProcess) => Promise<T>,
): Promise<T> {
  const running = await InspectedProcess.start({ inspectedBy, actors, changeEvery: CHANGE_EVERY });
  try {
    return await measure(running);
  } finally {
    await running.stop();
  }
}

/** It goes on telling of the start for seconds: whoever comes twice and is told the same comes after that. */
async function countStatelyActors(url: string): Promise<number> {
  for (let before = NaN; ;) {
    const viewer = await StatelyViewer.attach(url);
    await viewer.close();
    if (viewer.actors === before) return before;
    before = viewer.actors;
  }
}

async function warmUp(actors: InspectedProcess): Promise<void> {
  await actors.measure(WARM_UP.factsPerS, WARM_UP.sampleMs);
}

async function measureRates(
  actors: InspectedProcess,
  { rates, sampleMs }: RelayPlan,
): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  for (const rate of rates) costs.push(await actors.measure(rate, sampleMs));
  return costs;
}

async function measureViewed(
  actors: InspectedProcess,
  viewer: Viewer,
  { rates, sampleMs }: RelayPlan,
): Promise<readonly Watched[]> {
  const watched: Watched[] = [];
  for (const rate of rates) {
    let bytes = 0;
    const cost = await actors.measure(rate, sampleMs, (isOver) => {
      bytes = isOver ? viewer.bytes - bytes : viewer.bytes;
    });
    watched.push({ ...cost, bytesPerS: (bytes / cost.tookMs) * 1_000 });
  }
  return watched;
}

async function measureAttaches(
  actors: InspectedProcess,
  { attaches }: RelayPlan,
): Promise<readonly LateAttach[]> {
  const late: LateAttach[] = [];
  await actors.ask({ type: 'tell', factsPerS: ATTACH_FACTS_PER_S });
  for (let round = 0; round < attaches; round += 1) {
    await actors.ask({ type: 'watchLoop' });
    const viewer = await CountingViewer.attach(actors.url);
    const { loopDelayMs } = await actors.ask({ type: 'read' });
    await viewer.close();
    late.push({ ...viewer.attach, loopDelayMs });
  }
  await actors.ask({ type: 'tell', factsPerS: 0 });
  return late;
}
