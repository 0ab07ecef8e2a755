/** What a flood of data messages from one participant does to the worker, and to those in other rooms. */
import { parseArgs } from 'node:util';
import { measureFlood, type Phase } from './support/measure-flood.ts';
import { quantile } from './support/quantiles.ts';
import { readFacts, report, show } from './support/results.ts';
import { readSize, scaled } from './support/size.ts';
import { findServer } from './support/stage.ts';

const ROOMS = 20;
const FLOOD_HZ = 10_000;
const PHASE_MS = 30_000;
const LEAST_PHASE_MS = 5_000;
const BYTES_PER_MB = 1e6;

const { values } = parseArgs({
  options: { size: { type: 'string', default: '1' }, 'cpu-prof': { type: 'string' } },
});
const size = readSize(values.size);
const rooms = scaled(ROOMS, size, 2);
const phaseMs = Math.max(LEAST_PHASE_MS, PHASE_MS * size);
const facts = readFacts((await findServer()).version);
const { calm, flood, heldRss } = await measureFlood(
  { rooms, floodHz: FLOOD_HZ, phaseMs },
  values['cpu-prof'],
);

const row = (figure: string, read: (phase: Phase) => string, goal = ''): string[] => [
  figure,
  read(calm),
  read(flood),
  goal,
];
const cores = (cpuS: number, { tookS }: Phase): string => `${(cpuS / tookS).toFixed(3)} cores`;
const shareOf = (seconds: number, { tookS }: Phase): string =>
  `${((seconds / tookS) * 100).toFixed(1)} % of the time`;
const ofDelays = (share: number) => (phase: Phase) =>
  `${quantile(arrived(phase), share).toFixed(0)} ms`;

(size === 1 ? report : show)(
  {
    title: 'flood',
    command: 'npm run bench:flood',
    tables: [
      {
        head: ['figure', 'before', 'during the flood', 'goal'],
        rows: [
          row(
            'messages of the flooder that the worker got',
            ({ gotHz }) => perS(gotHz),
            '10,000/s',
          ),
          row('of them let through', ({ throughHz }) => perS(throughHz), '50/s, and 100 at once'),
          row('counted only', ({ gotHz, throughHz }) => perS(gotHz - throughHz)),
          row('CPU, all threads', (phase) => cores(phase.cpu.all, phase)),
          row('CPU, main thread', (phase) => cores(phase.cpu.mainThread, phase)),
          row('main thread, without a core', (phase) => shareOf(phase.waitedS, phase)),
          row(
            'event loop lag p99',
            ({ eventLoopP99Ms }) => `${eventLoopP99Ms.toFixed(1)} ms`,
            '50 ms',
          ),
          row(
            'message in another room: came',
            (phase) => {
              return `${arrived(phase).length} of ${phase.delaysMs.length}`;
            },
            'all',
          ),
          row('message in another room: p50', ofDelays(0.5)),
          row('message in another room: p95', ofDelays(0.95), '100 ms'),
          row('message in another room: max', ofDelays(1)),
          row('server beside it', (phase) => cores(phase.serverCpu.all, phase)),
          row('flooder beside it', (phase) => cores(phase.flooderCpu.all, phase)),
        ],
      },
      {
        head: ['RSS, garbage collected', 'before', 'after', 'goal'],
        rows: [['worker', inMb(heldRss.before), inMb(heldRss.after), '10 MB more']],
      },
    ],
    notes: [
      `room-analytics and conversation-monitor in ${rooms} rooms with one silent participant each; room-analytics in the room of the flooder, who sends ${FLOOD_HZ} messages of 16 bytes a second, reliably, by LiveKit's Go client: ${phaseMs / 1_000} s before the flood and as long in it. Each agent of the flooded room would get all of them.`,
      'A message in another room: a line of a `transcription` there, ten times a second, from its sending until the item that conversation-monitor makes of it comes to another participant.',
      'Let through are 50 a second of each sender (src/io/data-limit.ts); the others are counted before they are decoded.',
      "What the worker has more of afterwards is V8's young generation, which a flood grows once and no collection gives back: with `NODE_OPTIONS=--max-semi-space-size=2` it had 15 MB less than before.",
    ],
  },
  facts,
);

function arrived({ delaysMs }: Phase): readonly number[] {
  return delaysMs.filter((delay) => delay !== undefined);
}

function perS(frequencyHz: number): string {
  return `${frequencyHz.toFixed(0)}/s`;
}

function inMb(bytes: number): string {
  return `${(bytes / BYTES_PER_MB).toFixed(1)} MB`;
}
