import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Clock } from '../../src/actors/ports.ts';
import type { VitalsProbe } from '../../src/actors/worker-ports.ts';
import type { AgentDefinition } from '../../src/agents/define-agent.ts';
import { systemClock } from '../../src/io/clock.ts';
import { createLivekitWorld } from '../../src/io/compose/livekit-world.ts';
import { openWebhooks } from '../../src/io/compose/open-webhooks.ts';
import { createWorkerLog } from '../../src/io/compose/worker-log.ts';
import { jobConfigOf, runningAgents, workerConfigOf } from '../../src/io/compose/worker-options.ts';
import { WorkerSystem } from '../../src/io/compose/worker-system.ts';
import { loadConfig } from '../../src/io/config.ts';
import { EventLogs } from '../../src/io/event-log/event-logs.ts';
import type { SessionView } from '../../src/io/http/sessions-view.ts';
import { createLogger } from '../../src/io/logger.ts';
import type { WorkerEmitted } from '../../src/machines/worker/worker.events.ts';
import type { TestServer } from './clients/test-client.ts';
import { replayAll } from './event-log/replay-logs.ts';
import { until } from './livekit-room-harness.ts';

export type LiveWorker = {
  readonly emitted: readonly WorkerEmitted[];
  /** What it logged, line by line, as JSON. */
  readonly logLines: readonly string[];
  /** Where its event logs are. */
  readonly directory: string;
  readonly sessions: () => Promise<readonly SessionView[]>;
  /** Of the worker and its jobs: actors that have not ended, and timers that are still to fire. */
  readonly running: () => { readonly actors: number; readonly timers: number };
  /**
   * Ends it and its event logs, which stay until {@link LiveWorker.remove}. Whatever has happened to the
   * worker and its sessions, each log replays as it was recorded, or this rejects.
   */
  readonly close: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** A worker whose event loop lags takes no jobs, and this one's loop is the test's too. */
const calmProbe: VitalsProbe = { eventLoopP99Ms: () => 0, rssBytes: () => 0, close: () => {} };

/** A worker on a real server within this process, for what cannot be seen from outside. */
export async function startLiveWorker(
  { url, apiKey, apiSecret }: TestServer,
  agents: readonly AgentDefinition[],
  settings: Readonly<Record<string, string>> = {},
): Promise<LiveWorker> {
  const directory = await mkdtemp(join(tmpdir(), 'greenroom-live-'));
  const flags = {
    LIVEKIT_URL: url,
    LIVEKIT_API_KEY: apiKey,
    LIVEKIT_API_SECRET: apiSecret,
    EVENT_LOG_DIR: directory,
    LOG_LEVEL: 'debug',
    ...settings,
  };
  const pending = new Set<unknown>();
  const clock: Clock = {
    now: systemClock.now,
    setTimeout: (callback, delayMs) => {
      const handle = systemClock.setTimeout(() => {
        pending.delete(handle);
        callback();
      }, delayMs);
      pending.add(handle);
      return handle;
    },
    clearTimeout: (handle) => {
      pending.delete(handle);
      systemClock.clearTimeout(handle);
    },
  };
  const config = loadConfig({ flags, environment: {}, dotenv: {} }, agents);
  const { worker } = config;
  const logLines: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logLines.push(chunk.toString());
      done();
    },
  });
  // Without the mask of secrets, so that a test sees what would get as far as it.
  const logger = createLogger({ ...worker, secrets: [], isPretty: false, destination });
  const log = createWorkerLog(logger);
  const logs = new EventLogs({
    directory,
    clock: systemClock,
    maxBytes: worker.EVENT_LOG_MAX_BYTES,
    maxAgeMs: worker.EVENT_LOG_MAX_AGE,
    onProblem: log.onLogProblem,
  });
  const webhooks = openWebhooks({
    settings: worker,
    clock: systemClock,
    logger,
    onSettled: () => {},
  });
  const emitted: WorkerEmitted[] = [];
  const system = new WorkerSystem({
    id: `worker-live-${systemClock.now()}`,
    agents: runningAgents(agents, config),
    config: workerConfigOf(worker),
    jobConfig: jobConfigOf(worker),
    world: {
      ...createLivekitWorld({
        connection: worker,
        joinConcurrency: worker.JOIN_CONCURRENCY,
        maxJobs: worker.MAX_JOBS,
        registeredName: worker.LIVEKIT_AGENT_NAME,
        services: { webhooks: webhooks.sender },
        logger,
      }),
      clock,
      openProbe: () => calmProbe,
    },
    logs,
    listener: {
      ...log,
      onVitals: () => {},
      onEmitted: (fact) => {
        emitted.push(fact);
        log.onEmitted(fact);
      },
    },
  });
  system.start();
  await until(() => system.unhealthyReason() === null, 'the registration');
  return {
    emitted,
    logLines,
    directory,
    sessions: () => Promise.resolve(system.view().sessions),
    running: () => ({ actors: system.actorCount, timers: pending.size }),
    close: async () => {
      await system.close();
      await logs.close();
      await webhooks.close();
      if ((await replayAll(directory, agents)) === 0) throw new Error('the worker wrote no log');
    },
    remove: () => rm(directory, { recursive: true }),
  };
}
