import { conversationAnalyst } from '../../agents/conversation-analyst.agent.ts';
import { createAnalysisEngine } from '../analysis/analysis-engine.ts';
import { loadLexicon } from '../analysis/lexicon-engine.ts';
import type { RunWorkerOptions } from '../cli/commands.ts';
import { renderSummaries } from '../cli/summaries-view.ts';
import { systemClock } from '../clock.ts';
import { EventLogs } from '../event-log/event-logs.ts';
import { startHttpServer } from '../http/server.ts';
import { disposeRtc, openRtc } from '../livekit/load-rtc.ts';
import { createMetrics } from '../metrics.ts';
import { secretsOf } from '../settings.ts';
import { closeInTime } from './close-in-time.ts';
import { eventLogOptionsOf } from './event-log-options.ts';
import { createLivekitWorld } from './livekit-world.ts';
import { createWorkerLog } from './worker-log.ts';
import { openInspection } from './open-inspection.ts';
import { openRuleFunctions } from './open-rule-functions.ts';
import { openWebhooks } from './open-webhooks.ts';
import { jobConfigOf, runningAgents, workerConfigOf } from './worker-options.ts';
import { SummaryBook } from '../report/summary-book.ts';
import { WorkerSystem } from './worker-system.ts';

/**
 * Runs a worker until it is asked to end, has failed, or has grown too big.
 *
 * @returns the exit status: that of the signal, 0, or 1.
 * @throws GreenroomError `E_RTC_VERSION` where rooms could not be joined with the installed packages,
 * `E_HTTP_LISTEN` where health or the inspection cannot be served, `E_INSPECT_PAGE`.
 */
export async function runWorker(options: RunWorkerOptions): Promise<{ exitCode: number }> {
  const { agents, config, rules, logger, shutdown, output } = options;
  const { worker: settings } = config;
  if (agents.some(({ name }) => name === conversationAnalyst.name)) await loadLexicon();
  // Now, and not with the first job: a worker that cannot join must not take any, and loading holds
  // up everything.
  const media = openRtc(settings.RTC_ROUTER, logger);
  const log = createWorkerLog(logger);
  const logs = new EventLogs({
    ...eventLogOptionsOf(settings),
    clock: systemClock,
    onProblem: log.onLogProblem,
  });
  const summaries = new SummaryBook();
  const metrics = createMetrics(() => system.view());
  metrics.watchEventLogs(logs);
  metrics.watchMedia(media);
  const webhooks = openWebhooks({
    settings,
    clock: systemClock,
    logger,
    onSettled: metrics.observeWebhook,
  });
  metrics.watchWebhooks(webhooks);
  shutdown.onFatal(() => metrics.countFatalError());
  const inspection = await openInspection({
    settings,
    command: 'start',
    clock: systemClock,
    secrets: [settings.LIVEKIT_API_KEY, ...secretsOf(settings)],
    logger,
  });
  const system = new WorkerSystem({
    id: `worker-${process.pid}-${systemClock.now()}`,
    agents: runningAgents(agents, config),
    config: workerConfigOf(settings),
    jobConfig: jobConfigOf(settings, rules.rules),
    world: createLivekitWorld({
      connection: settings,
      joinConcurrency: settings.JOIN_CONCURRENCY,
      maxJobs: settings.MAX_JOBS,
      registeredName: settings.LIVEKIT_AGENT_NAME,
      services: {
        analysis: createAnalysisEngine({
          settings,
          clock: systemClock,
          onOutcome: metrics.observeAnalysis,
        }),
        ruleFunctions: openRuleFunctions(rules, logger),
        webhooks: webhooks.sender,
      },
      logger,
    }),
    logs,
    inspector: inspection?.inspector,
    listener: {
      ...log,
      onEmitted: (emitted) => {
        log.onEmitted(emitted);
        metrics.observe(emitted);
      },
      onJobFact: (offer, fact) => {
        log.onJobFact(offer, fact);
        metrics.observeJob(offer, fact);
        summaries.observe(offer, fact);
      },
      onVitals: metrics.observeVitals,
    },
  });
  metrics.watchActors(system);
  const http = await startHttpServer({
    host: settings.HTTP_HOST,
    port: settings.HTTP_PORT,
    token: settings.HTTP_TOKEN,
    registeredName: settings.LIVEKIT_AGENT_NAME,
    status: {
      workerView: () => system.workerView(),
      view: () => system.view(),
      unhealthyReason: () => system.unhealthyReason(),
      drainReason: () => system.drainReason(),
    },
    metrics,
    logger,
  }).catch(async (error: unknown) => {
    await inspection?.close();
    throw error;
  });
  const stopListening = shutdown.subscribe(({ urgency, exitCode }) => {
    logger.info({ urgency }, 'asked to end');
    if (urgency === 'drain') system.drain(exitCode);
    else system.stop(exitCode);
  });
  logger.info({ host: http.host, port: http.port }, 'serving health, metrics and sessions');
  if (inspection) {
    const { url, statelyUrl } = inspection;
    logger.info({ url, statelyUrl }, 'serving the page for inspection');
  }
  system.start();
  const { exitCode, message } = await system.finished;
  stopListening();
  if (message !== '') {
    logger[exitCode === 0 ? 'info' : 'error']({ reason: message }, 'the worker ends');
  }
  const isClosed = await closeInTime([
    () => system.close(),
    () => logs.close(),
    () => webhooks.close(),
    () => http.close(),
    async () => inspection?.close(),
    disposeRtc,
  ]);
  if (!isClosed) logger.error('closing took too long, and is cut off');
  const { totals } = summaries;
  if (totals) logger.info(totals, 'rooms in all');
  output?.write(renderSummaries(summaries));
  logger.info({ exitCode }, 'worker ended');
  return { exitCode };
}
