/** How long it takes from a dispatch to the agent's being in the room: for greenroom, and for its peer. */
import { parseArgs } from 'node:util';
import { watchArrivals, type Arrivals } from './support/arrivals.ts';
import { PEER, PEER_AGENT, startBenchPeer } from './support/bench-peer.ts';
import { startBenchWorker } from './support/bench-worker.ts';
import { quantile } from './support/quantiles.ts';
import { readFacts, report, show } from './support/results.ts';
import { readSize, scaled } from './support/size.ts';
import { onGround, type Ground } from './support/stage.ts';
import { IDENTITY, LOST_AFTER_MS, runWave, type Wave } from './support/waves.ts';

const MAX_JOBS = 200;

const { values } = parseArgs({
  options: { size: { type: 'string', default: '1' }, 'cpu-prof': { type: 'string' } },
});
const size = readSize(values.size);
const singleCount = scaled(20, size, 2);
const burstCount = scaled(20, size, 2);
const largeCount = scaled(100, size, 2);

const singles: Wave = { title: `${singleCount} one by one`, count: singleCount, atOnce: false };
const burst: Wave = { title: `${burstCount} at once`, count: burstCount, atOnce: true };
const largeBurst: Wave = { title: `${largeCount} at once`, count: largeCount, atOnce: true };
const goals = new Map([
  [singles, 'p50 300 ms'],
  [burst, 'max 1200 ms, 0 lost'],
  [largeBurst, 'max 12000 ms, 0 lost'],
]);

/** Milliseconds; undefined for each that was lost. */
type Latencies = readonly (number | undefined)[];
type WaveResult = { readonly wave: Wave; readonly joined: Latencies };

const arrivals = await watchArrivals();
try {
  await onGround({ webhookUrl: arrivals.url }, async (ground) => {
    arrivals.listen(ground.server);
    const facts = readFacts(ground.serverVersion);
    const ours = await measureGreenroom(ground, arrivals);
    const peers = await measurePeer(ground, arrivals);
    const print = size === 1 ? report : show;
    print(
      {
        title: 'dispatch',
        command: 'npm run bench:dispatch',
        tables: [
          {
            head: ['dispatches', 'of', 'p50', 'p95', 'max', 'lost', 'goal'],
            rows: [
              ...ours.map((result) => toRow('greenroom', result, goals.get(result.wave))),
              ...peers.map((result) => toRow(PEER, result)),
            ],
          },
          {
            head: ['greenroom, until assigned', 'p50', 'p95', 'max'],
            rows: ours.map(({ wave, assigned }) => [wave.title, ...toQuantiles(assigned)]),
          },
        ],
        notes: [
          "From the call of createDispatch to the server's webhook participant_joined, which it sends when the agent is active: one observer for both.",
          'One after the other on one server, each dispatch into a room of its own; server, agents and participants share the machine.',
          `greenroom: participant-monitor, MAX_JOBS ${MAX_JOBS}. The peer: bench/peer/agent.mjs in production mode, which never calls itself loaded.`,
          `Until assigned: the worker's log says that the server gave it the job. Lost: not in the room after ${LOST_AFTER_MS / 1000} s.`,
          `The peer is not asked for ${largeCount} at once: with a process of about 100 MB for each job, started one after the other, that is some 10 GB and longer than the ${LOST_AFTER_MS / 1000} s.`,
        ],
      },
      facts,
    );
  });
} finally {
  await arrivals.close();
}

async function measureGreenroom(
  ground: Ground,
  arrivals: Arrivals,
): Promise<readonly (WaveResult & { readonly assigned: Latencies })[]> {
  const worker = await startBenchWorker(ground.server, {
    maxJobs: MAX_JOBS,
    cpuProfDir: values['cpu-prof'],
  });
  const contestant = {
    name: 'greenroom',
    dispatch: (room: string) => ground.dispatch({ room, identity: IDENTITY }),
    isIdle: async () => (await worker.sessions()).every(({ endReason }) => endReason !== null),
  };
  const assignedAfter = (dispatchId: string, calledAt: number): number | undefined => {
    const line = worker.logs.find(
      ({ msg, dispatch }) => msg === 'job assigned' && dispatch === dispatchId,
    );
    return line && Date.parse(line.time) - calledAt;
  };
  try {
    const results = [];
    for (const wave of [singles, burst, largeBurst]) {
      const joins = await runWave(ground, arrivals, contestant, wave);
      results.push({
        wave,
        joined: joins.map(({ joinedMs }) => joinedMs),
        assigned: joins.map(({ dispatchId, calledAt }) => assignedAfter(dispatchId, calledAt)),
      });
    }
    return results;
  } finally {
    await worker.stop();
  }
}

async function measurePeer(ground: Ground, arrivals: Arrivals): Promise<readonly WaveResult[]> {
  const peer = await startBenchPeer(ground.server);
  const contestant = {
    name: PEER,
    dispatch: (room: string) => ground.dispatchAgent(room, PEER_AGENT, {}),
    isIdle: async () => (await peer.activeJobs()) === 0,
  };
  try {
    const results: WaveResult[] = [];
    for (const wave of [singles, burst]) {
      const joins = await runWave(ground, arrivals, contestant, wave);
      results.push({ wave, joined: joins.map(({ joinedMs }) => joinedMs) });
    }
    return results;
  } finally {
    await peer.stop();
  }
}

function toRow(name: string, { wave, joined }: WaveResult, goal = ''): string[] {
  const lost = joined.filter((each) => each === undefined).length;
  return [wave.title, name, ...toQuantiles(joined), String(lost), goal];
}

function toQuantiles(latencies: Latencies): string[] {
  const arrived = latencies.filter((each) => each !== undefined);
  return [0.5, 0.95, 1].map((share) => `${quantile(arrived, share).toFixed(0)} ms`);
}
