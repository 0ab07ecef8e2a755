import { participantMonitor } from '../../agents/participant-monitor.agent.ts';
import type { RunDemoOptions } from '../cli/commands.ts';
import { renderSummaries } from '../cli/summaries-view.ts';
import { systemClock } from '../clock.ts';
import { describeInspection, openInspection } from '../compose/open-inspection.ts';
import { loadConfig } from '../config.ts';
import { findServer, type RunningServer } from '../livekit/find-server.ts';
import { startLocalServer } from '../livekit/local-server.ts';
import { createLogger, type Logger } from '../logger.ts';
import { act, actMs, demoIdentities, demoRoom, opening, openingMs } from './demo-scene.ts';
import { realStage, type DemoStage } from './demo-stage.ts';
import { MonitorShow } from './monitor-show.ts';
import { simulatedStage } from './simulated-stage.ts';

/** The last ones are shown. */
const MAX_SHOWN = 100;

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
    const stage = simulatedStage({
      clock: systemClock,
      room: demoRoom,
      identities: demoIdentities,
    });
    return { stage, close: () => Promise.resolve() };
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
  { inspect, durationMs, isTty, output, shutdown }: RunDemoOptions,
  stage: DemoStage,
  logger: Logger,
): Promise<{ exitCode: number }> {
  // Nothing of the user's environment: a demo must not run into somebody's production.
  const flags = { LIVEKIT_API_KEY: 'demo', LIVEKIT_API_SECRET: 'demo' };
  const config = loadConfig({ flags, environment: {}, dotenv: {} }, [participantMonitor]);
  const inspection = await openInspection({
    settings: inspect,
    command: 'demo',
    clock: stage.world.clock,
    // Its own keys are words that everybody knows, and those of a server that was named stay in the stage.
    secrets: [],
    logger,
  });
  if (inspection) output.write(describeInspection(inspection));
  const show = new MonitorShow({
    stage,
    config,
    logger,
    inspector: inspection?.inspector,
    output,
    isTty,
    limit: MAX_SHOWN,
  });
  const stopActs = new AbortController();
  try {
    await show.open();
    playActs(stage, stopActs.signal);
    const exitCode = await untilEnd(durationMs, shutdown);
    await show.end(exitCode);
    return { exitCode };
  } finally {
    stopActs.abort();
    await show.close();
    await inspection?.close();
    output.write(`\n${renderSummaries(show.summaries)}`);
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
