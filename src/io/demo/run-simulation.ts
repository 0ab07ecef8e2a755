import type { RunSimulationOptions } from '../cli/commands.ts';
import { renderSummaries } from '../cli/summaries-view.ts';
import { sleepOn } from '../clock.ts';
import { describeInspection, openInspection } from '../compose/open-inspection.ts';
import type { Config } from '../config.ts';
import { createLogger } from '../logger.ts';
import type { ShutdownRequests } from '../shutdown.ts';
import { CLOSING_MS, endOf, identitiesOf, SETTLE_MS } from '../simulated/script-course.ts';
import type { Script } from '../simulated/script.ts';
import { SIMULATED_START, VirtualClock } from '../virtual-clock.ts';
import { passTime } from '../virtual-time.ts';
import { MonitorShow } from './monitor-show.ts';
import { simulatedStage, type SimulatedStage } from './simulated-stage.ts';

const SIMULATED_ROOM = 'simulated';
/** As many as a script has lines. */
const MAX_KEPT = 10_000;
const CLOSING_POLL_MS = 500;

/**
 * Plays a script in a simulated room, with a monitor for everybody who appears in it, and prints what
 * came of it.
 *
 * Nothing in it depends on the speed or on this machine: the same script, seed, nastiness and
 * settings give the same lines, summaries and alerts.
 *
 * @returns the exit status: 0 when the script is over, that of a signal before that.
 */
export async function runSimulation(options: RunSimulationOptions): Promise<{ exitCode: number }> {
  const { script, seed, nastiness, speed, isJson, isTty, output, notices, shutdown } = options;
  const identities = identitiesOf(script);
  const clock = new VirtualClock(SIMULATED_START);
  const stage = simulatedStage({ clock, room: SIMULATED_ROOM, identities, seed, nastiness });
  const logger = createLogger({
    ...options.config.worker,
    LOG_LEVEL: 'warn',
    secrets: [],
    isPretty: true,
    destination: notices,
  });
  const config = withRoomFor(identities.length, options.config);
  const shown = isJson ? null : output;
  const inspection = await openInspection({
    settings: config.worker,
    command: 'simulate',
    clock,
    // There is no server, and so no key to one.
    secrets: [],
    logger,
  });
  if (inspection) (isJson ? notices : output).write(describeInspection(inspection));
  const inspector = inspection?.inspector;
  const show = new MonitorShow({
    stage,
    config,
    logger,
    inspector,
    output: shown,
    isTty,
    limit: MAX_KEPT,
  });
  const time = new AbortController();
  const passing = passTime(clock, { speed, signal: time.signal });
  (isJson ? notices : output).write(`${describeRun(options, identities)}\n`);
  let startedAt = clock.now();
  const played = (async (): Promise<number> => {
    await show.open();
    startedAt = clock.now();
    stage.play(script);
    const exitCode = await Promise.race([
      untilOver(script, { stage, show, clock }),
      untilAsked(shutdown),
    ]);
    await show.end(exitCode);
    return exitCode;
  })();
  try {
    // Time breaks off only with an error; without it nothing would ever be over.
    const exitCode = await Promise.race([played, passing.then(() => played)]);
    time.abort();
    const simulatedMs = clock.now() - startedAt;
    await show.close();
    const sessions = show.summaries.sessions;
    if (isJson) {
      const alerts = show.alerts.latest.map(({ identity, alert }) => ({ identity, ...alert }));
      output.write(`${JSON.stringify({ seed, simulatedMs, sessions, alerts }, null, 2)}\n`);
    } else {
      output.write(`\n${renderSummaries(show.summaries)}`);
      output.write(`Event logs: ${config.worker.EVENT_LOG_DIR}\n`);
    }
    return { exitCode };
  } finally {
    time.abort();
    await stage.clear();
    await show.close();
    await inspection?.close();
  }
}

/** The dispatcher knows of one worker only, which therefore takes everybody and is never full. */
const withRoomFor = (sessionCount: number, { worker, ...config }: Config): Config => ({
  ...config,
  worker: { ...worker, MAX_JOBS: Math.max(worker.MAX_JOBS, sessionCount + 1) },
});

function describeRun(
  { script, seed, speed }: RunSimulationOptions,
  identities: readonly string[],
): string {
  const pace = speed === null ? 'as fast as it goes' : `at ${speed} x real time`;
  const course = `${endOf(script) / 1_000} s with ${identities.length} participants`;
  return `This room is SIMULATED: no server, no media. ${course}, ${pace}, seed ${seed}.`;
}

type Run = {
  readonly stage: SimulatedStage;
  readonly show: MonitorShow;
  readonly clock: VirtualClock;
};

/** The script, what it leads to, and the closing of the room where all have left it. */
async function untilOver(script: Script, { stage, show, clock }: Run): Promise<number> {
  await sleepOn(clock, endOf(script) + SETTLE_MS);
  const deadline = clock.now() + CLOSING_MS;
  while (stage.isDeserted() && show.isLive && clock.now() < deadline) {
    await sleepOn(clock, CLOSING_POLL_MS);
  }
  return 0;
}

const untilAsked = (shutdown: ShutdownRequests): Promise<number> =>
  new Promise((resolve) => {
    shutdown.subscribe(({ exitCode }) => resolve(exitCode));
  });
