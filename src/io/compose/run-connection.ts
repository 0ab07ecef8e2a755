import { randomUUID } from 'node:crypto';
import { readMetadata } from '../../agents/read-metadata.ts';
import type { ParticipantRef } from '../../machines/events.ts';
import type { JobOffer } from '../../machines/worker/events.ts';
import { createAnalysisEngine } from '../analysis/analysis-engine.ts';
import type { RunConnectionOptions } from '../cli/commands.ts';
import { LivePainter } from '../cli/live-painter.ts';
import { renderSummaries } from '../cli/summaries-view.ts';
import { systemClock } from '../clock.ts';
import { DataSeal } from '../data-seal.ts';
import { GreenroomError } from '../errors.ts';
import { EventLogs } from '../event-log/event-logs.ts';
import { mintAgentToken } from '../livekit/agent-token.ts';
import { disposeRtc, openRtc } from '../livekit/load-rtc.ts';
import { createJoinGate } from '../livekit/join-gate.ts';
import { createLivekitRoom } from '../livekit/room-client.ts';
import { statusOf, toServerError } from '../livekit/server-error.ts';
import { secretsOf } from '../settings.ts';
import { createLogger, type Logger } from '../logger.ts';
import type { SystemInspector } from '../inspect/inspected-system.ts';
import { AlertList } from './alert-list.ts';
import { closeInTime } from './close-in-time.ts';
import { createJobServices } from './job-services.ts';
import { DirectJob, type JobEnd } from './direct-job.ts';
import { jobConfigFor } from './job-config-for.ts';
import { eventLogOptionsOf } from './event-log-options.ts';
import { SummaryBook } from '../report/summary-book.ts';
import { createWorkerLog } from './worker-log.ts';
import { describeInspection, openInspection } from './open-inspection.ts';
import { openRuleFunctions } from './open-rule-functions.ts';
import { openWebhooks, type OpenWebhooks } from './open-webhooks.ts';
import { jobConfigOf } from './worker-options.ts';

type Summary = Readonly<Record<string, unknown>>;

type Outcome = {
  summary: Summary | null;
  /** Of the signal that ended it. */
  askedExitCode: number | null;
};

const CONNECT_TIMEOUT_MS = 15_000;
/** The newest are kept. */
const MAX_ALERTS = 1_000;

/**
 * Runs one job that nobody dispatched: joins a room directly, as an agent of its own, and shows it.
 *
 * @returns the exit status: that of a signal; else 0, or 1 where the session ended as failed.
 * @throws GreenroomError `E_RTC_VERSION`, `E_UNAUTHORIZED`, `E_SERVER_UNREACHABLE`, `E_ROSTER`,
 * `E_ROOM_JOIN`, `E_JOB_BROKEN`.
 */
export async function runConnection(options: RunConnectionOptions): Promise<{ exitCode: number }> {
  const { agent, config, room, isJson, isTty, output, notices, shutdown } = options;
  const secrets = secretsOf(config.worker);
  const logger = createLogger({ ...config.worker, secrets, isPretty: true, destination: notices });
  for (const warning of config.warnings) logger.warn({ warning }, 'a setting looks misspelt');
  openRtc(config.worker.RTC_ROUTER, logger);
  const offer = await ownOffer(options);
  const alerts = new AlertList(MAX_ALERTS);
  const outcome: Outcome = { summary: null, askedExitCode: null };
  const summaries = new SummaryBook();
  const inspection = await openInspection({
    settings: config.worker,
    command: 'connect',
    clock: systemClock,
    secrets: [config.worker.LIVEKIT_API_KEY, ...secrets],
    logger,
  });
  if (inspection) (isJson ? notices : output).write(describeInspection(inspection));
  const inspector = inspection?.inspector;
  const webhooks = openWebhooks({
    settings: config.worker,
    clock: systemClock,
    logger,
    onSettled: () => {},
  });
  const { job, logs } = await openJob({ options, offer, logger, inspector, webhooks }, (fact) => {
    alerts.observe(offer, fact);
    summaries.observe(offer, fact);
    if (fact.type === 'job.summaryMade') outcome.summary = fact.summary;
  });
  const startedAt = systemClock.now();
  const painter = new LivePainter({
    output,
    clock: systemClock,
    isTty,
    hasColour: isTty,
    read: () => ({
      view: { worker: null, sessions: [job.view()] },
      alerts: alerts.latest,
      startedAt,
      now: systemClock.now(),
    }),
  });
  if (!isJson) {
    output.write(`Joining room ${room} at ${config.worker.LIVEKIT_URL} as ${identityOf(offer)}\n`);
    painter.start();
  }
  const stopListening = shutdown.subscribe(({ urgency, exitCode }) => {
    outcome.askedExitCode = exitCode;
    if (urgency === 'drain') job.drain();
    else job.stop();
  });
  const end = await job.ended;
  stopListening();
  painter.stop();
  const isClosed = await closeInTime([
    () => job.close(),
    () => logs.close(),
    () => webhooks.close(),
    async () => inspection?.close(),
    disposeRtc,
  ]);
  if (!isClosed) logger.error('closing took too long, and is cut off');
  const { summary, askedExitCode } = outcome;
  if (isJson) {
    const shown = alerts.latest.map(({ alert }) => alert);
    const result = { room, agent: agent.name, endReason: end.reason, summary, alerts: shown };
    output.write(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    output.write(renderEnd(end, summaries));
    output.write(`Event logs: ${config.worker.EVENT_LOG_DIR}\n`);
  }
  throwBroken(end, room);
  return { exitCode: askedExitCode ?? (end.status === 'success' ? 0 : 1) };
}

/**
 * The job as a server would offer it. Asks the server who is inside, which tells a wrong address or
 * key before the media stack tries them for long.
 */
async function ownOffer({
  agent,
  config: { worker },
  room,
  participant,
  metadata,
}: RunConnectionOptions): Promise<JobOffer> {
  const jobId = `connect-${randomUUID()}`;
  const about = { jobId, dispatchId: jobId, metadata: JSON.stringify(metadata) };
  const inside = await whoIsInside(worker, room);
  const trigger =
    agent.jobType === 'room' ? undefined : inside.find(({ identity }) => identity === participant);
  const read = readMetadata(agent, { ...about, participant: trigger ?? null });
  return {
    ...about,
    agent: agent.name,
    jobType: agent.jobType,
    // Whatever room of this name is there, or will be.
    room: { name: room, sid: '' },
    participant: trigger ?? null,
    metadata: read,
  };
}

async function whoIsInside(
  {
    LIVEKIT_URL: url,
    LIVEKIT_API_KEY: apiKey,
    LIVEKIT_API_SECRET: apiSecret,
  }: RunConnectionOptions['config']['worker'],
  room: string,
): Promise<readonly ParticipantRef[]> {
  try {
    const entries = await createJobServices({ url, apiKey, apiSecret }).roster.list(room);
    return entries.map(({ identity, sid }) => ({ identity, sid }));
  } catch (cause) {
    // The room comes to be when we join it, where the server allows that.
    if (statusOf(cause) === 404) return [];
    throw toServerError(cause, { url, otherwise: 'E_ROSTER' });
  }
}

const identityOf = ({ jobId }: JobOffer): string => `agent-${jobId}`;

type JobParts = {
  readonly options: RunConnectionOptions;
  readonly offer: JobOffer;
  readonly logger: Logger;
  readonly inspector: SystemInspector | undefined;
  readonly webhooks: OpenWebhooks;
};

async function openJob(
  { options: { agent, config, rules, room }, offer, logger, inspector, webhooks }: JobParts,
  onFact: ConstructorParameters<typeof DirectJob>[0]['onFact'],
): Promise<{ readonly job: DirectJob; readonly logs: EventLogs }> {
  const { worker } = config;
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = worker;
  const settings = config.agents.get(agent.name) ?? {};
  const token = await mintAgentToken({
    apiKey,
    apiSecret,
    room,
    identity: identityOf(offer),
    name: agent.name,
    permissions: agent.permissions(settings),
  });
  const { onLogProblem } = createWorkerLog(logger);
  const logs = new EventLogs({
    ...eventLogOptionsOf(worker),
    clock: systemClock,
    onProblem: onLogProblem,
  });
  const job = new DirectJob({
    offer,
    agent,
    settings,
    serves: null,
    // Somebody waits for this one at a terminal.
    config: jobConfigFor(agent, { ...jobConfigOf(worker, rules.rules), drainMs: 0 }),
    room: createLivekitRoom({
      url,
      token,
      clock: systemClock,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      joinGate: createJoinGate({ concurrency: 1, maxWaiting: 1 }),
      dataSeal: new DataSeal(apiSecret),
      onDefect: (err) => logger.error({ err }, 'a room event could not be handled'),
    }),
    services: createJobServices(
      { url, apiKey, apiSecret },
      {
        analysis: createAnalysisEngine({ settings: worker, clock: systemClock }),
        ruleFunctions: openRuleFunctions(rules, logger),
        webhooks: webhooks.sender,
      },
    ),
    clock: systemClock,
    logs,
    inspector,
    onLogProblem,
    onFact,
  });
  return { job, logs };
}

function renderEnd({ reason }: JobEnd, summaries: SummaryBook): string {
  const figures = summaries.isEmpty ? '' : renderSummaries(summaries);
  return `\n${figures}${summaries.sessions.length > 0 ? '' : `Ended: ${reason}\n`}`;
}

function throwBroken({ reason, error }: JobEnd, room: string): void {
  if (error === '') return;
  if (reason === 'join_failed') {
    throw new GreenroomError('E_ROOM_JOIN', `${room}: ${error}`, {
      remedy:
        'Check that media ports of the server can be reached. Where the server does not make ' +
        'rooms by itself (room.auto_create), make the room first.',
    });
  }
  throw new GreenroomError('E_JOB_BROKEN', error);
}
