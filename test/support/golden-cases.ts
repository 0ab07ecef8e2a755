import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentDefinition } from '../../src/agents/define-agent.ts';
import { conversationMonitor } from '../../src/agents/conversation-monitor.agent.ts';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { roomAnalytics } from '../../src/agents/room-analytics.agent.ts';
import { loadAgents } from '../../src/io/cli/agent-modules.ts';
import { playJob } from './play-job.ts';
import { SimulatedWorker } from './simulated-worker.ts';
import { stubAnalyst } from './stub-analyst.ts';

export const goldenFolder = 'test/golden';

const [greeter] = await loadAgents(['./examples/greeter.agent.js'], []);
if (!greeter) throw new Error('the example has no agent');

/** Those that the golden logs are of. */
export const goldenAgents: readonly AgentDefinition[] = [
  participantMonitor,
  roomAnalytics,
  conversationMonitor,
  stubAnalyst,
  greeter,
];

/** A life that is kept as a golden log: `<name>.script` becomes `<name>.1.jsonl`. */
type GoldenCase = {
  readonly name: string;
  readonly play: Omit<Parameters<typeof playJob>[0], 'script' | 'directory'>;
};

const alice = { participant_identity: 'alice' };

export const goldenCases: readonly GoldenCase[] = [
  { name: 'participant-monitor', play: { durationMs: 90_000 } },
  {
    name: 'basic',
    play: {
      metadata: { ...alice, monitoring_type: 'basic', end_on_disconnect: true },
      settings: { ENABLE_NOTIFICATIONS: 'false' },
      durationMs: 30_000,
    },
  },
  {
    name: 'custom',
    play: {
      metadata: {
        ...alice,
        monitoring_type: 'custom',
        notification_preferences: { speaking_alerts: false, quality_alerts: true },
        custom_settings: {
          video: false,
          speaking_threshold: 0.05,
          inactivity_timeout: '10s',
          quality_threshold: 0.8,
          priority: 'high',
        },
      },
      durationMs: 40_000,
    },
  },
  { name: 'standby', play: { elderLeavesAtMs: 8_000, durationMs: 25_000 } },
  { name: 'drain', play: { drainAtMs: 6_000, durationMs: 40_000 } },
  { name: 'refusals', play: { durationMs: 40_000 } },
  {
    name: 'greeter',
    play: { agent: greeter, metadata: { greeting: 'Welcome' }, durationMs: 20_000 },
  },
  {
    name: 'room-analytics',
    play: {
      agent: roomAnalytics,
      metadata: { participant_limit: 2, enforce_participant_limit: true, track_quality: true },
      durationMs: 45_000,
    },
  },
  {
    name: 'conversation-monitor',
    play: {
      agent: conversationMonitor,
      metadata: {},
      settings: { CONVERSATION_WEBHOOK: 'true' },
      durationMs: 50_000,
    },
  },
  {
    name: 'conversation-analyst',
    play: {
      agent: stubAnalyst,
      metadata: {},
      settings: {
        COMPLIANCE_RULES: join(goldenFolder, 'conversation-analyst.rules.yaml'),
        ANALYSIS_WINDOW: '10s',
        ANALYSIS_WINDOW_ITEMS: '3',
      },
      durationMs: 60_000,
    },
  },
];

/** Plays a case into a folder. */
async function playGoldenCase({ name, play }: GoldenCase, directory: string) {
  const script = await readFile(join(goldenFolder, `${name}.script`), 'utf8');
  return playJob({ ...play, script, directory });
}

/** The log of a worker: two jobs of which it takes one, a server that goes away, and a drain. */
async function playWorker(directory: string): Promise<void> {
  const options = { config: { maxJobs: 1 } };
  const worker = await SimulatedWorker.open([participantMonitor], options, directory);
  const { name } = participantMonitor;
  worker.offer(name, 'AJ_1', 'support', alice);
  await worker.until(() => worker.session('AJ_1')?.state === 'awaitingParticipant');
  worker.offer(name, 'AJ_2', 'support', { participant_identity: 'bob' });
  await worker.pass(3_000);
  worker.dispatcher(name).refuse(null);
  worker.dispatcher(name).drop();
  await worker.pass(8_000);
  worker.dispatcher(name).welcome();
  await worker.until(() => worker.system.unhealthyReason() === null);
  worker.system.drain(143);
  await worker.pass(20_000);
  await worker.close();
}

/** Plays every case, and gives the path of each new log to `keep` before it goes away. */
export async function recordGoldenLogs(
  keep: (name: string, path: string) => Promise<void>,
): Promise<void> {
  for (const golden of goldenCases) {
    await inFolder(async (folder) => {
      await playGoldenCase(golden, folder);
      await keep(golden.name, await findLog(folder, /^AJ_/));
    });
  }
  await inFolder(async (folder) => {
    await playWorker(folder);
    await keep('worker', await findLog(folder, /^worker-/));
  });
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-golden-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function findLog(folder: string, name: RegExp): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isFile() && name.test(entry.name));
  const [file] = found;
  if (!file || found.length > 1) throw new Error(`there are ${found.length} logs in ${folder}`);
  return join(file.parentPath, file.name);
}

export const keepInGoldenFolder = (name: string, path: string): Promise<void> =>
  rename(path, join(goldenFolder, `${name}.1.jsonl`));
