import { participantMonitor } from '../../agents/participant-monitor.agent.ts';
import type { Alert } from '../../machines/events.ts';
import type { JobOffer } from '../../machines/worker/events.ts';
import type { RunDemoOptions } from '../cli/commands.ts';
import type { LiveAlert } from '../cli/live-frame.ts';
import { LivePainter } from '../cli/live-painter.ts';
import { renderSummaryTable } from '../cli/summary-table.ts';
import { sleep, systemClock } from '../clock.ts';
import { SummaryList } from '../compose/summary-list.ts';
import { createWorkerLog } from '../compose/worker-log.ts';
import { jobConfigOf, runningAgents, workerConfigOf } from '../compose/worker-options.ts';
import { WorkerSystem } from '../compose/worker-system.ts';
import { loadConfig } from '../config.ts';
import { GreenroomError } from '../errors.ts';
import { EventLogs } from '../event-log/event-logs.ts';
import { findServer, type RunningServer } from '../livekit/find-server.ts';
import { startLocalServer } from '../livekit/local-server.ts';
import { createLogger, type Logger } from '../logger.ts';
import { act, actMs, opening, openingMs } from './demo-scene.ts';
import { realStage, simulatedStage, type DemoStage } from './demo-stage.ts';

/** The last ones are shown. */
const MAX_ALERTS = 20;
const REGISTRATION_MS = 15_000;
const REGISTRATION_POLL_MS = 50;

/**
 * Shows the main agent at work: a server, a worker and three participants, in one terminal.
 *
 * @returns the exit status: 0 when the time is over, that of the signal otherwise.
 */
export async function runDemo(options: RunDemoOptions): Promise<{ exitCode: number }> {
  const { output } = options;
  const say = (line: string): void => void output.write(`${line}\n`);
  const logger = createLogger({
    LOG_LEVEL: 'warn',
    LOG_PII: true,
    secrets: [],
    isPretty: true,
    destination: process.stderr,
  });
  const { stage, close } = await openStage(options, logger, say);
  try {
    return await play(options, stage, logger);
  } finally {
    await stage.clear();
    await close();
  }
}

type OpenStage = { readonly stage: DemoStage; readonly close: () => Promise<void> };

async function openStage(
  { server }: RunDemoOptions,
  logger: Logger,
  say: (line: string) => void,
): Promise<OpenStage> {
  const found = await findServer({
    env: process.env,
    onProgress: say,
    ...(server ? { given: server } : {}),
  });
  if (found.kind === 'none') {
    say(`No LiveKit server: ${found.reason}`);
    say('This is a SIMULATED room. To see real media:');
    say(found.remedy);
    return { stage: simulatedStage(), close: () => Promise.resolve() };
  }
  const onMishap = (err: unknown): void => logger.warn({ err }, 'a participant stumbled');
  const open = (running: Omit<RunningServer, 'kind'>): DemoStage =>
    realStage({ ...running, logger, onMishap });
  if (found.kind === 'running') {
    say(`LiveKit server at ${found.url}`);
    return { stage: open(found), close: () => Promise.resolve() };
  }
  const local = await startLocalServer({ binary: found.binary });
  say(`LiveKit server ${found.binary} at ${local.url}`);
  return { stage: open(local), close: () => local.stop() };
}

async function play(
  { durationMs, isTty, output, shutdown }: RunDemoOptions,
  stage: DemoStage,
  logger: Logger,
): Promise<{ exitCode: number }> {
  // Nothing of the user's environment: a demo must not run into somebody's production.
  const flags = { LIVEKIT_API_KEY: 'demo', LIVEKIT_API_SECRET: 'demo' };
  const config = loadConfig({ flags, environment: {}, dotenv: {} }, [participantMonitor]);
  const log = createWorkerLog(logger);
  const logs = new EventLogs({
    directory: config.worker.EVENT_LOG_DIR,
    clock: systemClock,
    maxBytes: config.worker.EVENT_LOG_MAX_BYTES,
    maxAgeMs: config.worker.EVENT_LOG_MAX_AGE,
    onProblem: log.onLogProblem,
  });
  const alerts: LiveAlert[] = [];
  const summaries = new SummaryList();
  const system = new WorkerSystem({
    id: `worker-${process.pid}-${systemClock.now()}`,
    agents: runningAgents([participantMonitor], config),
    config: workerConfigOf(config.worker),
    jobConfig: { ...jobConfigOf(config.worker), drainMs: 0 },
    world: stage.world,
    logs,
    listener: {
      ...log,
      onHealth: () => {},
      onVitals: () => {},
      onJobFact: (offer, fact) => {
        summaries.observe(fact);
        if (fact.type === 'job.alertOpened' || fact.type === 'job.alertResolved') {
          keepAlert(offer, fact.alert, alerts);
        }
      },
    },
  });
  const startedAt = systemClock.now();
  const painter = new LivePainter({
    output,
    clock: systemClock,
    isTty,
    hasColour: isTty,
    read: () => ({ view: system.view(), alerts, startedAt, now: systemClock.now() }),
  });
  const stopActs = new AbortController();
  try {
    system.start();
    await untilRegistered(system, logger);
    await stage.dispatch();
    painter.start();
    playActs(stage, stopActs.signal);
    const exitCode = await untilEnd(durationMs, shutdown);
    system.drain(exitCode);
    await system.finished;
    return { exitCode };
  } finally {
    stopActs.abort();
    await system.close();
    painter.stop();
    await logs.close();
    output.write(`\n${renderSummaryTable(summaries.latest)}`);
    output.write(`Event logs: ${config.worker.EVENT_LOG_DIR}\n`);
  }
}

/** The opening, and then the same act again and again. */
function playActs(stage: DemoStage, signal: AbortSignal): void {
  let timer: unknown;
  const playAct = (): void => {
    stage.play(act);
    timer = systemClock.setTimeout(playAct, actMs);
  };
  stage.play(opening);
  timer = systemClock.setTimeout(playAct, openingMs);
  signal.addEventListener('abort', () => systemClock.clearTimeout(timer));
}

async function untilRegistered(system: WorkerSystem, logger: Logger): Promise<void> {
  const deadline = systemClock.now() + REGISTRATION_MS;
  while (system.unhealthyReason() !== null) {
    if (systemClock.now() > deadline) {
      logger.error('the worker could not register');
      throw new GreenroomError('E_SERVER_UNREACHABLE', system.unhealthyReason() ?? '');
    }
    await sleep(REGISTRATION_POLL_MS);
  }
}

/** The exit status: 0 when the time is over, that of a signal before it. */
function untilEnd(
  durationMs: number | null,
  shutdown: RunDemoOptions['shutdown'],
): Promise<number> {
  return new Promise((resolve) => {
    if (durationMs !== null) systemClock.setTimeout(() => resolve(0), durationMs);
    shutdown.subscribe(({ exitCode }) => resolve(exitCode));
  });
}

/** The newest last; one that is resolved takes the place of the open one. */
function keepAlert({ jobId, metadata }: JobOffer, alert: Alert, alerts: LiveAlert[]): void {
  const isSame = ({ jobId: job, alert: { key, openedAt } }: LiveAlert): boolean =>
    job === jobId && key === alert.key && openedAt === alert.openedAt;
  const known = alerts.findIndex(isSame);
  if (known >= 0) alerts.splice(known, 1);
  alerts.push({ jobId, identity: metadata.ok ? metadata.target : null, alert });
  if (alerts.length > MAX_ALERTS) alerts.shift();
}
