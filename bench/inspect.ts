/** What live inspection costs, how complete a late look is and how soon, and how smooth the page is. */
import { parseArgs } from 'node:util';
import { measurePages, type PageFigures } from './support/page-figures.ts';
import { measureRelay, type LateAttach, type RelayFigures } from './support/relay-figures.ts';
import { quantile } from './support/quantiles.ts';
import { readFacts, report, show, type Result } from './support/results.ts';
import { readSize, scaled } from './support/size.ts';
import { say } from './support/stage.ts';

const ACTORS = [100, 1_000, 10_000] as const;
const RATES = [10, 100, 1_000] as const;
const SAMPLE_MS = 3_000;
const LEAST_SAMPLE_MS = 500;
const ATTACHES = 5;
/** What the page is put to. */
const PAGES = [
  { actors: 10_000, factsPerS: 10 },
  { actors: 1_000, factsPerS: 1_000 },
  { actors: 10_000, factsPerS: 1_000 },
] as const;
const FRAMES_MS = 10_000;
const LEAST_FRAMES_MS = 2_000;
const CHANGES = 40;
const GOALS = { attachMs: 2_000, framesPerS: 30, changeMs: 200 } as const;

const { values } = parseArgs({
  options: { only: { type: 'string' }, size: { type: 'string', default: '1' } },
});
const size = readSize(values.size);
const sampleMs = scaled(SAMPLE_MS, size, LEAST_SAMPLE_MS);

type Part = Pick<Result, 'title' | 'tables' | 'notes'>;

const parts: Readonly<Record<string, () => Promise<Part>>> = { relay: runRelay, page: runPage };

for (const name of chosenParts(values.only)) {
  const facts = readFacts('no server');
  const part = await parts[name]?.();
  if (part === undefined) continue;
  (size === 1 ? report : show)(
    { ...part, command: `npm run bench:inspect -- --only ${name}` },
    facts,
  );
}

/** @throws where a name is of no part. */
function chosenParts(only: string | undefined): readonly string[] {
  const known = Object.keys(parts);
  const chosen = only?.split(',') ?? known;
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown === undefined) return chosen;
  throw new Error(`--only takes names out of ${known.join(',')}; "${unknown}" is none of them`);
}

async function runRelay(): Promise<Part> {
  const measured: RelayFigures[] = [];
  for (const actors of ACTORS) {
    say(`relay: ${actors} actors`);
    measured.push(
      await measureRelay({
        actors,
        rates: RATES,
        sampleMs,
        attaches: scaled(ATTACHES, size, 2),
      }),
    );
  }
  return {
    title: 'inspect, relay',
    tables: [costTable(measured), attachTable(measured)],
    notes: [
      'Jobs of participant-monitor of nine actors each, the machines of src with their ports played in a process of their own, without event logs. A fact is what a port says, with all that follows from it: one in ten changes a state.',
      `CPU of all threads over ${sampleMs / 1_000} s, as a share of one core; beside the actors alone, what each takes more: greenroom's inspection with nobody who looks, with a viewer of the tree, of one actor and of its room at 30 Hz, and createInspectorServer with createWebSocketInspector of @statelyai/inspect in the same process, with a viewer. One process after the other, so a tenth of a percent is chance.`,
      'Late attach: while 1,000 facts/s go on, from the opening of the connection until the viewer knows all actors, of five the median and the longest; blocked: the longest delay of the event loop of the actors meanwhile.',
      '@statelyai/inspect keeps its last 200 messages of any kind, and no list of actors: its figures are how many actors with a definition stand among them, before the actors do anything and after 1,000 facts.',
    ],
  };
}

function costTable(measured: readonly RelayFigures[]) {
  const percent = (core: number): string => `${(core * 100).toFixed(1)} %`;
  const signed = (core: number): string => `${core < 0 ? '-' : '+'} ${percent(Math.abs(core))}`;
  const kilobytes = (bytesPerS: number): string => `${(bytesPerS / 1_000).toFixed(1)} kB/s`;
  return {
    head: [
      'actors',
      'facts/s',
      'actors alone',
      'inspected',
      'with a viewer',
      'to it',
      '@statelyai/inspect',
      'to its viewer',
    ],
    rows: measured.flatMap(({ actors, uninspected, unviewed, viewed, stately }) =>
      RATES.map((rate, index) => {
        const alone = uninspected[index]?.core ?? NaN;
        const more = (cost: { readonly core: number } | undefined): string =>
          signed((cost?.core ?? NaN) - alone);
        return [
          String(actors),
          String(rate),
          percent(alone),
          more(unviewed[index]),
          more(viewed[index]),
          kilobytes(viewed[index]?.bytesPerS ?? NaN),
          more(stately[index]),
          kilobytes(stately[index]?.bytesPerS ?? NaN),
        ];
      }),
    ),
  };
}

function attachTable(measured: readonly RelayFigures[]) {
  return {
    head: [
      'late attach to',
      'complete after',
      'at most',
      'blocked at most',
      'told',
      'actors known',
      'of @statelyai/inspect',
      'goal',
    ],
    rows: measured.map(({ actors, attaches, statelyActors }) => {
      const all = (read: (attach: LateAttach) => number): readonly number[] => attaches.map(read);
      const ms = all((attach) => attach.ms);
      return [
        `${actors} actors`,
        `${quantile(ms, 0.5).toFixed(0)} ms`,
        `${Math.max(...ms).toFixed(0)} ms`,
        `${Math.max(...all(({ loopDelayMs }) => loopDelayMs)).toFixed(0)} ms`,
        `${(
          quantile(
            all(({ bytes }) => bytes),
            0.5,
          ) / 1e6
        ).toFixed(2)} MB`,
        String(Math.min(...all((attach) => attach.actors))),
        `${statelyActors.atFirst}, ${statelyActors.later}`,
        actors === 10_000 ? `${GOALS.attachMs} ms` : '',
      ];
    }),
  };
}

async function runPage(): Promise<Part> {
  const plan = {
    framesMs: scaled(FRAMES_MS, size, LEAST_FRAMES_MS),
    changes: scaled(CHANGES, size, 5),
  };
  say('page');
  const measured = await measurePages(PAGES.map((load) => ({ ...load, ...plan })));
  return {
    title: 'inspect, page',
    tables: [pageTable(measured)],
    notes: [
      'The page in headless Chromium, which draws with the CPU, on the same machine as the actors: the tree, the statechart of one participant, its context and events, and the timeline of its room. Every fact changes a state of somebody.',
      `Frames: callbacks of requestAnimationFrame over ${plan.framesMs / 1_000} s, at most 60 a second. Shown after: from right before the port says it until the words of the tree are others (MutationObserver), ${plan.changes} changes one after the other.`,
    ],
  };
}

function pageTable(measured: readonly PageFigures[]) {
  return {
    head: [
      'actors',
      'facts/s',
      'frames/s',
      'goal',
      'longest frame',
      'shown after, p50',
      'p95',
      'goal p95',
      'missed',
    ],
    rows: measured.map(({ actors, factsPerS, framesPerS, longestFrameMs, delaysMs }) => {
      const shown = delaysMs.filter((ms) => ms !== undefined);
      return [
        String(actors),
        String(factsPerS),
        framesPerS.toFixed(1),
        String(GOALS.framesPerS),
        `${longestFrameMs.toFixed(0)} ms`,
        `${quantile(shown, 0.5).toFixed(0)} ms`,
        `${quantile(shown, 0.95).toFixed(0)} ms`,
        `${GOALS.changeMs} ms`,
        `${delaysMs.length - shown.length} of ${delaysMs.length}`,
      ];
    }),
  };
}
