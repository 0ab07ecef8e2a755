import type { AgentDefinition } from '../../../agents/define-agent.ts';
import type { Output } from '../../cli/output.ts';
import { renderError } from '../../cli/error-report.ts';
import { systemClock } from '../../clock.ts';
import { GreenroomError } from '../../errors.ts';
import { createLogger } from '../../logger.ts';
import { jsonMask } from '../../mask-secrets.ts';
import { ReplayProgress } from '../../replay/replay-progress.ts';
import type { ShutdownRequests } from '../../shutdown.ts';
import { startRelay } from '../relay-server.ts';
import { findRecording, type FoundRecording } from './open-recording.ts';
import { RecordingOpener } from './recording-opener.ts';
import { RecordingUploads } from './recording-uploads.ts';
import { RecordingView } from './recording-view.ts';

export type RunInspectOptions = {
  /** A log; null: the page waits for one. */
  readonly path: string | null;
  /** Begins where a replay of it does something else, where it does; else at its beginning. */
  readonly isAtDivergence?: boolean;
  /** Those that a log may be of. */
  readonly agents: readonly AgentDefinition[];
  readonly address: { readonly host: string; readonly port: number };
  /** What every viewer must bring; undefined where only this machine can ask. */
  readonly token: string | undefined;
  readonly output: Output;
  /** For progress, and what is no result. */
  readonly notices: Output & NodeJS.WritableStream;
  readonly shutdown: ShutdownRequests;
};

/** As of logs that cannot be replayed. */
const UNREADABLE_STATUS = 2;

/**
 * Serves the page with a recorded log, until the process is asked to end.
 *
 * @returns the exit status: that of the signal; 2 where the log cannot be read.
 * @throws GreenroomError `E_USAGE`, `E_REPLAY_AGENT`, and as `startRelay`.
 */
export async function runInspect(options: RunInspectOptions): Promise<{ exitCode: number }> {
  try {
    return await inspect(options);
  } catch (cause) {
    if (!(cause instanceof GreenroomError) || cause.code !== 'E_LOG_FORMAT') throw cause;
    options.notices.write(renderError(cause, { withStack: false }));
    return { exitCode: UNREADABLE_STATUS };
  }
}

async function inspect(options: RunInspectOptions): Promise<{ exitCode: number }> {
  const { path, isAtDivergence = false, agents, address, token } = options;
  const { output, notices, shutdown } = options;
  const found = path === null ? null : await findRecording(path, agents);
  const view = new RecordingView();
  const opener = new RecordingOpener({ agents, view });
  const uploads = new RecordingUploads({ onDropped: (file) => opener.openForViewers(file) });
  const secrets = token === undefined ? [] : [token];
  const relay = await startRelay({
    ...address,
    token,
    viewable: view,
    mask: jsonMask(secrets),
    clock: systemClock,
    logger: createLogger({
      ...{ LOG_LEVEL: 'warn', LOG_PII: false, secrets, isPretty: true, destination: notices },
    }),
    addRoutes: uploads.addRoutes,
  });
  const asked = untilAsked(shutdown, () => opener.stop());
  try {
    output.write(`Inspect at ${relay.url}\n`);
    if (found) await openNamed(opener, { found, notices, isAtDivergence });
    else output.write('Drop an event log on the page, or choose one there.\n');
    return { exitCode: await asked };
  } catch (cause) {
    // Reading that was asked to end is no failure.
    if (cause instanceof GreenroomError) throw cause;
    const exitCode = await Promise.race([asked, Promise.resolve(null)]);
    if (exitCode === null) throw cause;
    return { exitCode };
  } finally {
    opener.stop();
    view.close();
    await relay.close();
    await uploads.close();
  }
}

async function openNamed(
  opener: RecordingOpener,
  {
    found,
    notices,
    isAtDivergence,
  }: { readonly found: FoundRecording; readonly isAtDivergence: boolean } & Pick<
    RunInspectOptions,
    'notices'
  >,
): Promise<void> {
  const progress = new ReplayProgress(notices, [found]);
  try {
    progress.begin(found);
    await opener.open(found, { onRead: progress.read, isAtDivergence });
    progress.end(found);
  } finally {
    progress.stop();
  }
}

const untilAsked = (shutdown: ShutdownRequests, stop: () => void): Promise<number> =>
  new Promise((resolve) => {
    shutdown.subscribe(({ exitCode }) => {
      resolve(exitCode);
      stop();
    });
  });
