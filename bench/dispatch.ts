/** How long it takes from a dispatch to the agent's being in the room: one by one, and twenty at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { BenchWorker } from './support/bench-worker.ts';
import type { Member } from './support/crowd.ts';
import { quantile } from './support/quantiles.ts';
import { readFacts, report } from './support/results.ts';
import { onStage, say, type Stage } from './support/stage.ts';
import { reaches } from './support/until.ts';

const BURST = 20;
/** Whoever has not joined by then is lost. */
const LOST_AFTER_MS = 10_000;
/**
 * Without it the server's offers come about 1.4 s late, probably because it still looks for an automatic
 * agent for everybody who entered, in the same 50 places in which it starts jobs.
 */
const SERVER_REST_MS = 8_000;

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: '100' },
    'cpu-prof': { type: 'string' },
  },
});
const roomCount = Number(values.rooms);
if (!Number.isInteger(roomCount) || roomCount <= 2 * BURST) {
  throw new Error(`--rooms must be a whole number over ${2 * BURST}, and is ${values.rooms}`);
}

/** Milliseconds from the call of createDispatch on. */
type Latency = { readonly assignedMs: number; readonly joinedMs: number };
/** Undefined for each that was lost. */
type Wave = { readonly title: string; readonly latencies: readonly (Latency | undefined)[] };

await onStage({ maxJobs: roomCount, cpuProfDir: values['cpu-prof'] }, async (stage) => {
  const facts = readFacts(stage.serverVersion);
  const members = Array.from({ length: roomCount }, (_, i) => ({
    room: `dispatch-${i}`,
    identity: 'alice',
  }));
  say(`${roomCount} participants enter a room each`);
  for (const member of members) await stage.crowd.enterSilently(member);
  await sleep(SERVER_REST_MS);

  const singles = members.slice(BURST, -BURST);
  const waves = [
    await dispatchAtOnce(stage, members.slice(0, BURST), `${BURST} at once, the worker's first`),
    await dispatchOneByOne(stage, singles, `one by one, ${singles.length}`),
    await dispatchAtOnce(
      stage,
      members.slice(-BURST),
      `${BURST} at once, beside ${roomCount - BURST} running`,
    ),
  ];
  report(
    {
      title: 'dispatch',
      command: `npm run bench:dispatch -- --rooms ${roomCount}`,
      tables: [
        {
          head: ['dispatches', 'p50', 'p95', 'max', 'lost', 'assigned p50', 'assigned max'],
          rows: waves.map(toRow),
        },
      ],
      notes: [
        "From the call of createDispatch to the worker's log line `room joined`; server, worker and participants share the machine.",
        'Taken 8 s after the last participant came: without that wait the first burst took 1.6 to 2.2 s (see README).',
        'Goals: 20 at once all within 1500 ms and none lost; one by one p50 at most 300 ms.',
      ],
    },
    facts,
  );
});

function toRow({ title, latencies }: Wave): string[] {
  const arrived = latencies.filter((latency) => latency !== undefined);
  const ms = (share: number, read: (latency: Latency) => number): string =>
    `${quantile(arrived.map(read), share).toFixed(0)} ms`;
  return [
    title,
    ...[0.5, 0.95, 1].map((share) => ms(share, ({ joinedMs }) => joinedMs)),
    String(latencies.length - arrived.length),
    ...[0.5, 1].map((share) => ms(share, ({ assignedMs }) => assignedMs)),
  ];
}

async function dispatchAtOnce(
  stage: Stage,
  members: readonly Member[],
  title: string,
): Promise<Wave> {
  say(title);
  const latencies = await Promise.all(members.map((member) => dispatchOne(stage, member)));
  return { title, latencies };
}

async function dispatchOneByOne(
  stage: Stage,
  members: readonly Member[],
  title: string,
): Promise<Wave> {
  say(title);
  const latencies: (Latency | undefined)[] = [];
  for (const member of members) latencies.push(await dispatchOne(stage, member));
  return { title, latencies };
}

/** @returns undefined where the agent never came. */
async function dispatchOne(
  { worker, dispatch }: Stage,
  member: Member,
): Promise<Latency | undefined> {
  // The wall clock, because the other times stand in the log of another process.
  const calledAt = Date.now();
  const dispatchId = await dispatch(member);
  let latency: Latency | undefined;
  await reaches(LOST_AFTER_MS, () => {
    latency = findLatency(worker, dispatchId, calledAt);
    return latency !== undefined;
  });
  return latency;
}

function findLatency(
  { logs }: BenchWorker,
  dispatchId: string,
  calledAt: number,
): Latency | undefined {
  const assigned = logs.find(
    ({ msg, dispatch }) => msg === 'job assigned' && dispatch === dispatchId,
  );
  const joined =
    assigned && logs.find(({ msg, job }) => msg === 'room joined' && job === assigned['job']);
  return (
    joined && {
      assignedMs: Date.parse(assigned.time) - calledAt,
      joinedMs: Date.parse(joined.time) - calledAt,
    }
  );
}
