/** What a room with very many participants costs: with played ports, and on a real server. */
import { parseArgs } from 'node:util';
import { roomAnalytics } from '../src/agents/room-analytics.agent.ts';
import { roomInput } from '../test/support/room-facts.ts';
import { measurePassages, type Passage } from './support/crowded-room.ts';
import { measureFullHouse, type Stretch } from './support/full-house.ts';
import { checkOpenFiles } from './support/open-files.ts';
import { quantile } from './support/quantiles.ts';
import { readFacts, report, show } from './support/results.ts';
import { readSize, scaled } from './support/size.ts';
import { findServer, say } from './support/stage.ts';

const INSIDE = [10, 500];
/** The second half comes when room-analytics tells no more identities apart, which are 10,000. */
const PEOPLE = 20_000;
const SLICES = 20;
const REAL_PEOPLE = 500;
const BYTES_PER_KB = 1e3;
const BYTES_PER_MB = 1e6;

const { values } = parseArgs({
  options: { size: { type: 'string', default: '1' }, 'cpu-prof': { type: 'string' } },
});
const size = readSize(values.size);
const people = scaled(PEOPLE, size, 1_000);
const realPeople = scaled(REAL_PEOPLE, size, 20);
checkOpenFiles(realPeople);
const facts = readFacts((await findServer()).version);
say(`${people} people come and go`);
const { settings } = roomInput();
const passages = measurePassages({ agent: roomAnalytics, metadata: {}, settings }, INSIDE, {
  people,
  slices: SLICES,
});
const house = await measureFullHouse(realPeople, values['cpu-prof']);

const half = (bytes: readonly number[]): number => bytes[Math.floor(bytes.length / 2)] ?? NaN;
const played = (figure: string, read: (passage: Passage) => string, goal = ''): string[] => [
  figure,
  ...passages.map(read),
  goal,
];
const stretches = [house.entering, house.resting, house.changing];
const real = (figure: string, read: (stretch: Stretch) => string, goal = ''): string[] => [
  figure,
  ...stretches.map(read),
  goal,
];
const cores = (cpuS: number, { tookS }: Stretch): string => `${(cpuS / tookS).toFixed(3)} cores`;

(size === 1 ? report : show)(
  {
    title: 'big room',
    command: 'npm run bench:big-room',
    tables: [
      {
        head: ['ports played', ...INSIDE.map((inside) => `${inside} inside`), 'goal'],
        rows: [
          played(
            'CPU for a join and leave',
            ({ usEach }) => `${quantile(usEach, 0.5).toFixed(0)} us`,
            'the same',
          ),
          played(
            `heap after ${people / 2} and ${people} of them`,
            ({ heapBytes }) => `${inKb(half(heapBytes))}, ${inKb(heapBytes.at(-1) ?? NaN)} more`,
            'the same twice',
          ),
          played(
            'event log for a join and leave',
            ({ logBytesEach }) => `${logBytesEach.toFixed(0)} bytes`,
          ),
        ],
      },
      {
        head: [
          `real server, ${house.people} participants`,
          'all enter',
          'at rest',
          'a tenth leaves and comes back',
          'goal',
        ],
        rows: [
          real('took', ({ tookS }) => `${tookS.toFixed(1)} s`),
          real('CPU, all threads', (stretch) => cores(stretch.cpu.all, stretch)),
          real('CPU, main thread', (stretch) => cores(stretch.cpu.mainThread, stretch)),
          real(
            'event loop lag p99',
            ({ eventLoopP99Ms }) => `${eventLoopP99Ms.toFixed(1)} ms`,
            '50 ms',
          ),
          real('server beside it', (stretch) => cores(stretch.serverCpu.all, stretch)),
        ],
      },
      {
        head: ['real server', 'figure', 'goal'],
        rows: [
          ['all counted after the last was inside', inMs(house.countedAfterMs), ''],
          ['all counted after the server told of the last ones', inMs(house.countingMs), '1000 ms'],
          [
            'joins and leaves counted in all',
            `${house.joins}, ${house.leaves}`,
            `${house.people + house.changed}, ${house.changed}`,
          ],
          [
            'RSS with one, with all, garbage collected',
            `${inMb(house.rss.one)}, ${inMb(house.rss.all)}`,
            '',
          ],
        ],
      },
    ],
    notes: [
      `Ports played: a job of room-analytics, recorded, its log encoded and not written. Somebody with a microphone comes and is gone before the next one comes, ${people} times, beside those who stay; median of slices taken in turn. Heap in use after a collection.`,
      "Real server: participants of LiveKit's Go client, silent, in 4 processes that each let one after the other in, as fast as the server takes them. CPU is the worker's.",
      'All counted: the server tells of those who publish nothing in batches, one every 3 s (subscriberUpdateInterval, pkg/rtc/room.go of livekit-server 1.13.5), so that the first figure is 0 to 3 s of waiting for the next batch and what the worker takes for it; the second is the latter alone, from the last look before that batch (one every 50 ms). Who publishes is told of at once.',
    ],
  },
  facts,
);

function inMs(durationMs: number | undefined): string {
  return durationMs === undefined ? 'never' : `${durationMs.toFixed(0)} ms`;
}

function inKb(bytes: number): string {
  return `${(bytes / BYTES_PER_KB).toFixed(0)} kB`;
}

function inMb(bytes: number): string {
  return `${(bytes / BYTES_PER_MB).toFixed(1)} MB`;
}
