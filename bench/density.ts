/** What monitored talkers and rooms cost: CPU, main thread, memory, event loop; beside the peer. */
import { parseArgs } from 'node:util';
import { PEER } from './support/bench-peer.ts';
import { listeners, monitors, peers, roomAgents } from './support/density-loads.ts';
import { measureDensity, type Load, type Measured, type MemorySample } from './support/density.ts';
import { checkOpenFiles } from './support/open-files.ts';
import { readFacts, report, show } from './support/results.ts';
import { readSize, scaled } from './support/size.ts';
import { findServer, say } from './support/stage.ts';

const SAMPLE_MS = 30_000;
const LEAST_SAMPLE_MS = 5_000;
const BYTES_PER_MB = 1e6;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    size: { type: 'string', default: '1' },
    'cpu-prof': { type: 'string' },
  },
});
const size = readSize(values.size);
const own = { cpuProfDir: values['cpu-prof'] };
const rooms = (count: number): number => scaled(count, size, 2);

type Part = {
  /** By which `--only` names it. */
  readonly letter: string;
  readonly title: string;
  readonly loads: readonly (readonly [who: string, load: Load])[];
  readonly goals: { readonly cores: string; readonly memory: string; readonly mainThread?: string };
  readonly note: string;
};

const trios = { rooms: rooms(25), peopleInRoom: 3, talkersInRoom: 3 };
const pairs = { rooms: rooms(50), peopleInRoom: 2, talkersInRoom: 2 };
const conversations = { ...pairs, rooms: rooms(25) };
const halfSilent = { rooms: rooms(100), peopleInRoom: 2, talkersInRoom: 1 };

const parts: readonly Part[] = [
  {
    letter: 'a',
    title: 'monitored talkers',
    loads: [['participant-monitor', monitors(trios, 'full', own)]],
    goals: { cores: '0.010', memory: '2 MB', mainThread: 'under 5 %' },
    note: 'A participant-monitor job for everybody, and so an agent connection. What the main thread does beyond its goal (`--cpu-prof`): two fifths are the level windows, 750 a second, from native event to statechart and log; a quarter the polls, 150 a second; a quarter garbage collection and the native boundary; the rest the logs. One connection for all monitors of a room would save two thirds of the polls.',
  },
  {
    letter: 'b',
    title: 'rooms with a listening agent',
    loads: [
      ['room-listener', listeners(trios, { mode: 'media' }, own)],
      [PEER, peers({ ...trios, rooms: rooms(5) })],
    ],
    goals: { cores: '0.022', memory: '3.5 MB' },
    note: 'An agent of a user (bench/support/room-listener.agent.mjs, bench/peer/agent.mjs) that computes the level of every microphone ten times a second. The peer has a process for each room; its figures are those of all its processes.',
  },
  {
    letter: 'c',
    title: 'silent rooms',
    loads: [
      [
        'room-listener',
        listeners({ rooms: rooms(100), peopleInRoom: 2, talkersInRoom: 0 }, { mode: 'media' }, own),
      ],
    ],
    goals: { cores: '0.0015', memory: '1 MB' },
    note: 'A room agent with nothing to subscribe to.',
  },
  {
    letter: 'd',
    title: 'without media',
    loads: [
      ['participant-monitor, basic', monitors(pairs, 'basic', own)],
      ['room-listener', listeners(pairs, { mode: 'signal' }, own)],
    ],
    goals: { cores: '0.004', memory: '1.6 MB' },
    note: 'Microphones are subscribed and disabled: by a `basic` job for everybody, or by one room agent for both.',
  },
  {
    letter: 'e',
    title: 'many rooms in one process',
    loads: [
      [
        'room-listener',
        listeners({ rooms: rooms(300), peopleInRoom: 1, talkersInRoom: 0 }, { mode: 'media' }, own),
      ],
    ],
    goals: { cores: '0.001', memory: '0.7 MB', mainThread: 'at most 3 %' },
    note: 'As the silent rooms, with one participant in each.',
  },
  {
    letter: 'f',
    title: 'monitored talkers by the public API',
    loads: [
      ['participant-monitor', monitors(trios, 'full', { ...own, env: { RTC_ROUTER: 'public' } })],
    ],
    goals: { cores: '', memory: '' },
    note: "As part a with RTC_ROUTER=public: what it costs where the media stack's inside is not known.",
  },
  {
    letter: 'g',
    title: 'rooms with the agents of whole rooms',
    loads: [
      ['room-analytics', roomAgents(halfSilent, ['room-analytics'], own)],
      ['conversation-monitor', roomAgents(halfSilent, ['conversation-monitor'], own)],
      ['both', roomAgents(halfSilent, ['room-analytics', 'conversation-monitor'], own)],
      [PEER, peers({ ...halfSilent, rooms: rooms(5) })],
    ],
    goals: { cores: 'both: 0.012', memory: 'both: 3 MB' },
    note: 'One in each room talks without a pause. room-analytics takes no media, conversation-monitor the microphones; where both are in a room each has its own connection. The peer only computes levels, as in part b. The goals are those of a silent room and of a monitored talker together (parts c and a).',
  },
  {
    letter: 'h',
    title: 'a second agent that listens in the same rooms',
    loads: [
      ['one agent', listeners(conversations, { mode: 'media' }, own)],
      ['two agents', listeners(conversations, { mode: 'media' }, own, 2)],
      ['twice on one connection', listeners(conversations, { mode: 'media', ears: 2 }, own)],
    ],
    goals: { cores: '', memory: '' },
    note: 'What sharing one connection would save is the difference of the last two: all that listens is there twice, the connection once. docs/decisions/own-connection-for-each-agent.md',
  },
  {
    letter: 'i',
    title: 'a second agent without media in the same rooms',
    loads: [
      ['one agent', listeners(pairs, { mode: 'signal' }, own)],
      ['two agents', listeners(pairs, { mode: 'signal' }, own, 2)],
    ],
    goals: { cores: '', memory: '' },
    note: 'As part h with microphones that are subscribed and disabled: the agent itself does next to nothing, so that the difference is what sharing would save at most.',
  },
];

const { version } = await findServer();
for (const part of chosenParts(values.only)) await runPart(part);

/** @throws where a letter names no part. */
function chosenParts(only: string | undefined): readonly Part[] {
  const letters = only?.split(',') ?? parts.map(({ letter }) => letter);
  return letters.map((letter) => {
    const part = parts.find((each) => each.letter === letter);
    if (part !== undefined) return part;
    const known = parts.map((each) => each.letter).join(',');
    throw new Error(
      `--only takes letters out of ${known}, such as a,e; "${letter}" is none of them`,
    );
  });
}

async function runPart({ letter, title, loads, goals, note }: Part): Promise<void> {
  for (const [, load] of loads) checkOpenFiles(load.rooms * load.peopleInRoom);
  const facts = readFacts(version);
  const sampleMs = Math.max(LEAST_SAMPLE_MS, SAMPLE_MS * size);
  const columns: Column[] = [];
  for (const [who, load] of loads) {
    say(`${letter}, ${title}: ${who}`);
    columns.push({ who, load, measured: await measureDensity(load, sampleMs) });
  }
  const row = (
    figure: string,
    read: (measured: Measured, load: Load) => string,
    goal = '',
  ): string[] => [figure, ...columns.map(({ load, measured }) => read(measured, load)), goal];
  const print = size === 1 ? report : show;
  print(
    {
      title: `density ${letter}, ${title}`,
      command: `npm run bench:density -- --only ${letter}`,
      tables: [
        {
          head: ['figure', ...columns.map(({ who }) => who), 'goal'],
          rows: [
            row('rooms, participants in each', (_, { rooms: count, peopleInRoom }) => {
              return `${count}, ${peopleInRoom}`;
            }),
            row('the figures are for each', (_, { unit }) => unit),
            row('served', ({ served, units }) => `${served} of ${units}`, 'all'),
            row('CPU for each', coresOfEach, goals.cores === '' ? '' : `${goals.cores} cores`),
            row('CPU, all threads', (measured) => cores(measured, measured.cpu.all)),
            row('CPU, main thread', mainThreadShare, goals.mainThread),
            row('event loop lag p99', ({ eventLoopP99Ms }) => {
              return eventLoopP99Ms === undefined ? '' : `${eventLoopP99Ms.toFixed(1)} ms`;
            }),
            row('RSS for each', bytesOfEach('rss'), goals.memory),
            row('RSS for each, garbage collected', bytesOfEach('heldRss'), goals.memory),
            row('PSS for each', bytesOfEach('pss'), goals.memory),
            row('RSS without, with one, with all', threeTimes('rss')),
            row('PSS without, with one, with all', threeTimes('pss')),
            row('JavaScript heap, garbage collected', threeTimes('heldHeap')),
            row('server beside it', (measured) => cores(measured, measured.serverCpu.all)),
            row('participants beside it', (measured) => cores(measured, measured.crowdCpu.all)),
          ],
        },
      ],
      notes: [
        note,
        `CPU over ${(sampleMs / 1000).toFixed(0)} s; memory for each: what all take more than the first, which pays for the media stack.`,
      ],
    },
    facts,
  );
}

type Column = { readonly who: string; readonly load: Load; readonly measured: Measured };

type Reading = (measured: Measured) => string;

function cores({ tookS }: Measured, cpuS: number): string {
  return `${(cpuS / tookS).toFixed(3)} cores`;
}

function coresOfEach({ cpu, tookS, units }: Measured): string {
  return `${(cpu.all / tookS / units).toFixed(4)} cores`;
}

/** Of a peer with a process for each job it would say nothing. */
function mainThreadShare({ cpu, tookS, eventLoopP99Ms }: Measured): string {
  if (eventLoopP99Ms === undefined) return '';
  return `${((cpu.mainThread / tookS) * 100).toFixed(1)} % of a core`;
}

function bytesOfEach(what: keyof MemorySample): Reading {
  return ({ memory: { one, all }, units }) => {
    const [ofOne, ofAll] = [one[what], all[what]];
    if (ofOne === undefined || ofAll === undefined) return '';
    return `${((ofAll - ofOne) / (units - 1) / BYTES_PER_MB).toFixed(2)} MB`;
  };
}

function threeTimes(what: keyof MemorySample): Reading {
  return ({ memory: { idle, one, all } }) => {
    const sizes = [idle, one, all].map((sample) => sample[what]);
    if (sizes.includes(undefined)) return '';
    return `${sizes.map((bytes = NaN) => (bytes / BYTES_PER_MB).toFixed(0)).join(', ')} MB`;
  };
}
