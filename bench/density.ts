/** What 75 monitored microphones cost one worker: CPU, main thread, memory, event loop. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readCpu, readMemory, type MemoryBytes } from './support/process-figures.ts';
import { readFacts, report } from './support/results.ts';
import { onStage, say, type Stage } from './support/stage.ts';
import { reaches, until } from './support/until.ts';

const ROOMS = 25;
const TALKERS_PER_ROOM = 3;
const MAX_JOBS = 100;
const BYTES_PER_MIB = 2 ** 20;
/** Until caches are warm and the server's search for workers is over. */
const SETTLE_MS = 8_000;
const WARM_UP_MS = 10_000;
const SAMPLE_MS = 30_000;
const ALL_SPEAK_LIMIT_MS = 20_000;

const { values } = parseArgs({ options: { 'cpu-prof': { type: 'string' } } });

await onStage({ maxJobs: MAX_JOBS, cpuProfDir: values['cpu-prof'] }, async (stage) => {
  const facts = readFacts(stage.serverVersion);
  const { worker, crowd, server } = stage;
  const talkers = Array.from({ length: ROOMS * TALKERS_PER_ROOM }, (_, i) => ({
    room: `density-${Math.floor(i / TALKERS_PER_ROOM)}`,
    identity: `talker-${i % TALKERS_PER_ROOM}`,
  }));
  const [first, ...others] = talkers;
  if (first === undefined) throw new Error('there are talkers');
  say(`${talkers.length} talkers enter ${ROOMS} rooms`);
  for (const talker of talkers) await crowd.enterTalking(talker);
  await sleep(SETTLE_MS);

  const memory: MemorySample[] = [await sampleMemory(stage, 'no job yet')];
  say('the first is monitored');
  await stage.dispatch(first);
  await until(ALL_SPEAK_LIMIT_MS, async () => (await countSpeaking(stage)) === 1);
  await sleep(SETTLE_MS);
  memory.push(await sampleMemory(stage, '1 talker'));

  say('the others are monitored too');
  for (const talker of others) await stage.dispatch(talker);
  await reaches(
    ALL_SPEAK_LIMIT_MS,
    async () => (await countSpeaking(stage)) === talkers.length,
    SETTLE_MS / 10,
  );
  await sleep(WARM_UP_MS);

  say(`sampling for ${SAMPLE_MS / 1000} s`);
  const processes = { worker: worker.pid, server: server.pid, talkers: crowd.pid };
  const before = readAll(processes);
  const startedAt = performance.now();
  await sleep(SAMPLE_MS);
  const after = readAll(processes);
  const tookS = (performance.now() - startedAt) / 1000;
  const speaking = await countSpeaking(stage);
  memory.push(await sampleMemory(stage, `${talkers.length} talkers`));
  const eventLoopP99Ms = (await worker.metric('greenroom_event_loop_lag_p99_seconds')) * 1000;

  const cores = (who: keyof typeof processes, what: 'all' | 'mainThread'): number =>
    (after[who][what] - before[who][what]) / tookS;
  const [, one, many] = memory;
  if (one === undefined || many === undefined) throw new Error('memory was sampled three times');
  const perTalker = (read: (sample: MemorySample) => number): string =>
    `${((read(many) - read(one)) / others.length / BYTES_PER_MIB).toFixed(2)} MiB`;
  report(
    {
      title: 'density',
      command: 'npm run bench:density',
      tables: [
        {
          head: ['figure', 'seen', 'goal'],
          rows: [
            ['sessions that say speaking', `${speaking} of ${talkers.length}`, 'all'],
            ['worker, all threads', `${cores('worker', 'all').toFixed(3)} cores`, ''],
            [
              'worker, for each talker',
              `${(cores('worker', 'all') / talkers.length).toFixed(4)} cores`,
              '0.010',
            ],
            [
              'worker, main thread',
              `${(cores('worker', 'mainThread') * 100).toFixed(1)} % of a core`,
              'under 5 %',
            ],
            ['worker, event loop lag p99', `${eventLoopP99Ms.toFixed(1)} ms`, ''],
            ['RSS for each talker', perTalker(({ rss }) => rss), '2 MiB'],
            ['PSS for each talker', perTalker(({ pss }) => pss), ''],
            ['JavaScript heap for each talker', perTalker(({ heap }) => heap), ''],
            ['server beside it', `${cores('server', 'all').toFixed(3)} cores`, ''],
            ['talkers beside it', `${cores('talkers', 'all').toFixed(3)} cores`, ''],
          ],
        },
        {
          head: ['memory of the worker', 'RSS', 'PSS', 'RSS by /metrics', 'heap by /metrics'],
          rows: memory.map(({ when, ...sample }) => [
            when,
            ...[sample.rss, sample.pss, sample.metricsRss, sample.heap].map(
              (bytes) => `${(bytes / BYTES_PER_MIB).toFixed(0)} MiB`,
            ),
          ]),
        },
      ],
      notes: [
        `${ROOMS} rooms of ${TALKERS_PER_ROOM} who talk without a pause; a job for each, so ${talkers.length} agent connections; CPU over ${SAMPLE_MS / 1000} s.`,
        'For each talker: what 75 take more than the first one, which pays for the media stack.',
      ],
    },
    facts,
  );
});

type MemorySample = MemoryBytes & {
  readonly when: string;
  readonly metricsRss: number;
  readonly heap: number;
};

async function sampleMemory({ worker }: Stage, when: string): Promise<MemorySample> {
  return {
    when,
    ...readMemory(worker.pid),
    metricsRss: await worker.metric('greenroom_resident_memory_bytes'),
    heap: await worker.metric('greenroom_heap_bytes'),
  };
}

async function countSpeaking({ worker }: Stage): Promise<number> {
  return (await worker.sessions()).filter(({ speech }) => speech === 'speaking').length;
}

function readAll(pids: Readonly<Record<'worker' | 'server' | 'talkers', number>>) {
  return {
    worker: readCpu(pids.worker),
    server: readCpu(pids.server),
    talkers: readCpu(pids.talkers),
  };
}
