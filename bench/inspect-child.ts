/** Actors in a process of its own, inspected in one way, for bench/inspect.ts. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../src/io/clock.ts';
import { ACTORS_IN_JOB, ManyActors } from '../test/support/many-actors.ts';
import { startInspector, type InspectorName } from './support/inspectors.ts';

/** Its one argument, as JSON. */
export type ChildOptions = {
  readonly inspectedBy: InspectorName;
  readonly actors: number;
  /** As ManyActors takes it. */
  readonly changeEvery: number;
};

/** What it may be asked; every message is answered with a {@link Reading}. */
export type Question =
  | { readonly type: 'read' }
  /** So many facts a second from here on; 0 for none. */
  | { readonly type: 'tell'; readonly factsPerS: number }
  /** Another quality of the guest that the load spares. */
  | { readonly type: 'change' }
  /** From here on the longest delay of the event loop is kept, which costs; until it is read. */
  | { readonly type: 'watchLoop' };

export type Reading = {
  /** Epoch milliseconds, right before it did what it was asked. */
  readonly at: number;
  /** All threads, so far. */
  readonly cpuUs: number;
  readonly facts: number;
  /** Since `watchLoop`; 0 where the loop was not watched. */
  readonly loopDelayMs: number;
  /** Of that guest, after `change`; null after all others. */
  readonly quality: string | null;
};

/** Its first message, when all actors live. */
export type Start = { readonly actors: number; readonly url: string | null };

const LOOP_RESOLUTION_MS = 1;
const NS_PER_MS = 1e6;

const { inspectedBy, actors, changeEvery } = JSON.parse(process.argv[2] ?? '') as ChildOptions;
const { inspector, url } = await startInspector[inspectedBy]();
const load = new ManyActors({ actors, clock: systemClock, inspector, changeEvery });
const loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
let isLoopWatched = false;
let stopTelling = (): void => undefined;

process.on('message', (question: Question) => {
  const at = performance.timeOrigin + performance.now();
  const quality = question.type === 'change' ? load.spared.changeQuality() : undefined;
  if (question.type === 'tell') tell(question.factsPerS);
  const reading: Reading = {
    at,
    cpuUs: readCpuUs(),
    facts: load.facts,
    loopDelayMs: readLoop(),
    quality: quality ?? null,
  };
  if (question.type === 'watchLoop') watchLoop();
  process.send?.(reading);
});
// It ends with whoever asks.
process.on('disconnect', () => process.exit());
process.send?.({ actors: load.guests.length * ACTORS_IN_JOB, url } satisfies Start);

function tell(factsPerS: number): void {
  stopTelling();
  stopTelling = factsPerS === 0 ? () => undefined : load.tellSteadily(factsPerS);
}

function readCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function watchLoop(): void {
  isLoopWatched = true;
  loopDelay.reset();
  loopDelay.enable();
}

function readLoop(): number {
  if (!isLoopWatched) return 0;
  isLoopWatched = false;
  loopDelay.disable();
  return Math.max(0, loopDelay.max / NS_PER_MS - LOOP_RESOLUTION_MS);
}
