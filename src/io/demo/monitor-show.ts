import { participantMonitor } from '../../agents/participant-monitor.agent.ts';
import type { Output } from '../cli/output.ts';
import { LivePainter } from '../cli/live-painter.ts';
import { sleepOn, systemClock } from '../clock.ts';
import { eventLogOptionsOf } from '../compose/event-log-options.ts';
import { AlertList } from '../compose/alert-list.ts';
import { SummaryBook } from '../report/summary-book.ts';
import { createWorkerLog } from '../compose/worker-log.ts';
import { jobConfigOf, runningAgents, workerConfigOf } from '../compose/worker-options.ts';
import { WorkerSystem } from '../compose/worker-system.ts';
import type { Config } from '../config.ts';
import { GreenroomError } from '../errors.ts';
import { EventLogs } from '../event-log/event-logs.ts';
import type { SystemInspector } from '../inspect/inspected-system.ts';
import type { Logger } from '../logger.ts';
import type { DemoStage } from './demo-stage.ts';

type MonitorShowOptions = {
  readonly stage: DemoStage;
  readonly config: Config;
  readonly logger: Logger;
  readonly inspector: SystemInspector | undefined;
  /** Where the sessions are shown; null: nowhere. */
  readonly output: Output | null;
  /** Redraw the view in place; else a line for each change. */
  readonly isTty: boolean;
  /** How many sessions and alerts are kept, each. */
  readonly limit: number;
};

const REGISTRATION_MS = 15_000;
const REGISTRATION_POLL_MS = 50;

/** participant-monitor at work on a stage, in a worker of its own, and what is shown of it. */
export class MonitorShow {
  readonly summaries: SummaryBook;
  readonly alerts: AlertList;
  readonly #stage: DemoStage;
  readonly #logger: Logger;
  readonly #logs: EventLogs;
  readonly #system: WorkerSystem;
  readonly #painter: LivePainter | null;
  #startedAt = 0;

  constructor({ stage, config, logger, inspector, output, isTty, limit }: MonitorShowOptions) {
    const { clock } = stage.world;
    const log = createWorkerLog(logger);
    this.summaries = new SummaryBook(limit);
    this.alerts = new AlertList(limit);
    this.#stage = stage;
    this.#logger = logger;
    this.#logs = new EventLogs({
      ...eventLogOptionsOf(config.worker),
      // Files are of the real world, also those about a simulated one.
      clock: systemClock,
      onProblem: log.onLogProblem,
    });
    this.#system = new WorkerSystem({
      id: `worker-${process.pid}-${systemClock.now()}`,
      agents: runningAgents([participantMonitor], config),
      config: workerConfigOf(config.worker),
      // Who ends a show does not wait for its people to go.
      jobConfig: { ...jobConfigOf(config.worker), drainMs: 0 },
      world: stage.world,
      logs: this.#logs,
      inspector,
      listener: {
        ...log,
        onHealth: () => {},
        onRooms: () => {},
        onVitals: () => {},
        onJobFact: (offer, fact) => {
          this.summaries.observe(offer, fact);
          this.alerts.observe(offer, fact);
        },
      },
    });
    this.#painter =
      output &&
      new LivePainter({
        output,
        // A view is for eyes, lines are for reading later.
        clock: isTty ? systemClock : clock,
        isTty,
        hasColour: isTty,
        read: () => ({
          view: this.#system.view(),
          alerts: this.alerts.latest,
          startedAt: this.#startedAt,
          now: clock.now(),
        }),
      });
  }

  /** Whether a session goes on. */
  get isLive(): boolean {
    return this.#system.view().sessions.some(({ endReason }) => endReason === null);
  }

  /** Registers, asks for the monitors and begins to show them. */
  async open(): Promise<void> {
    this.#system.start();
    await this.#untilRegistered();
    await this.#stage.dispatch();
    this.#startedAt = this.#stage.world.clock.now();
    this.#painter?.start();
  }

  /** Ends all sessions that go on, as drained. */
  async end(exitCode: number): Promise<void> {
    this.#system.drain(exitCode);
    await this.#system.finished;
    this.#painter?.stop();
  }

  /** Cuts off whatever still runs, and gives the terminal back. */
  async close(): Promise<void> {
    await this.#system.close();
    this.#painter?.stop();
    await this.#logs.close();
  }

  async #untilRegistered(): Promise<void> {
    const { clock } = this.#stage.world;
    const deadline = clock.now() + REGISTRATION_MS;
    while (this.#system.unhealthyReason() !== null) {
      if (clock.now() > deadline) {
        this.#logger.error('the worker could not register');
        throw new GreenroomError('E_SERVER_UNREACHABLE', this.#system.unhealthyReason() ?? '');
      }
      await sleepOn(clock, REGISTRATION_POLL_MS);
    }
  }
}
