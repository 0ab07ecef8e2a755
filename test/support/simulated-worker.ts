import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AgentDefinition } from '../../src/agents/define-agent.ts';
import { readMetadata } from '../../src/agents/read-metadata.ts';
import type { JobServices, RoomClient } from '../../src/actors/ports.ts';
import type { WorkerSocketClient } from '../../src/actors/worker-ports.ts';
import { heldEngine } from '../../src/io/analysis/held-engine.ts';
import { bareServices } from '../../src/io/compose/bare-services.ts';
import { WorkerSystem } from '../../src/io/compose/worker-system.ts';
import type { SystemInspector } from '../../src/io/inspect/inspected-system.ts';
import { EventLogs } from '../../src/io/event-log/event-logs.ts';
import type { DispatchFaults } from '../../src/io/simulated/dispatch-faults.ts';
import { Director } from '../../src/io/simulated/director.ts';
import type { SimulatedRoomClient } from '../../src/io/simulated/room-client.ts';
import { seededRandom } from '../../src/io/simulated/seeded-random.ts';
import { SimulatedServer } from '../../src/io/simulated/server.ts';
import { SimulatedWorkerServer, type SimulatedJob } from '../../src/io/simulated/worker-socket.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import { passBy } from '../../src/io/virtual-time.ts';
import type { JobEmitted } from '../../src/machines/worker/events.ts';
import type { JobConfig } from '../../src/machines/job/job.machine.ts';
import type { MonitorSettings } from '../../src/machines/monitor/monitor-settings.logic.ts';
import { defaultWorkerConfig, type WorkerConfig } from '../../src/machines/worker/worker-config.ts';
import type { WorkerEmitted } from '../../src/machines/worker/worker.events.ts';
import type { RoomsReport } from '../../src/machines/supervisor/rooms.machine.ts';
import type { HealthReport } from '../../src/machines/supervisor/supervisor.machine.ts';
import { givenDiskTime } from './disk-time.ts';
import { jobConfig } from './job-stage.ts';
import { monitorSettings } from './monitor-facts.ts';

export type SimulatedWorkerOptions = {
  readonly seed?: number;
  /** Of the rooms: 0 (unless told otherwise) to 1. */
  readonly nastiness?: number;
  /** Of those who dispatch. */
  readonly dispatching?: DispatchFaults;
  readonly config?: Partial<WorkerConfig>;
  readonly jobConfig?: Partial<JobConfig>;
  /** Of all its agents. */
  readonly settings?: Partial<MonitorSettings> & Readonly<Record<string, unknown>>;
  /** In the place of those that answer nothing, and of the simulated server's own. */
  readonly services?: (server: SimulatedServer) => Partial<JobServices>;
  /** Put between the worker and its world, to see what passes there. */
  readonly watchSocket?: (socket: WorkerSocketClient, agent: string) => WorkerSocketClient;
  readonly watchRoom?: (room: RoomClient, jobId: string) => RoomClient;
  /** Of the worker's own time. */
  readonly inspect?: (clock: VirtualClock) => SystemInspector;
};

const lookEveryMs = 10;
/** As the simulated server makes its tokens. */
const tokenPrefix = 'token-of-';

/** A whole worker, as composed for a process, with a simulated dispatcher and rooms, on virtual time. */
export class SimulatedWorker {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
  readonly rooms: SimulatedServer;
  readonly dispatchers: ReadonlyMap<string, SimulatedWorkerServer>;
  readonly system: WorkerSystem;
  readonly emitted: WorkerEmitted[] = [];
  readonly jobFacts: (JobEmitted & { readonly jobId: string })[] = [];
  readonly health: HealthReport[] = [];
  readonly roomReports: RoomsReport[] = [];
  readonly problems: unknown[] = [];
  /** Where the event logs are. */
  readonly directory: string;
  readonly logs: EventLogs;
  readonly #offered = new Map<string, { readonly agent: string; readonly room: string }>();
  readonly #clients: SimulatedRoomClient[] = [];
  #closed: Promise<void> | undefined;

  /** Until the end of the test. */
  static async start(
    agents: readonly AgentDefinition[],
    options: SimulatedWorkerOptions = {},
  ): Promise<SimulatedWorker> {
    const directory = await mkdtemp(join(tmpdir(), 'greenroom-simulated-'));
    const worker = new SimulatedWorker(agents, options, directory);
    onTestFinished(async () => {
      await worker.close();
      await rm(directory, { recursive: true });
    });
    return worker.#begin();
  }

  /** Its logs go to the folder; it must be closed. */
  static open(
    agents: readonly AgentDefinition[],
    options: SimulatedWorkerOptions,
    directory: string,
  ): Promise<SimulatedWorker> {
    return new SimulatedWorker(agents, options, directory).#begin();
  }

  private constructor(
    agents: readonly AgentDefinition[],
    options: SimulatedWorkerOptions,
    directory: string,
  ) {
    const { clock } = this;
    const { seed = 1, nastiness = 0, dispatching, settings, watchSocket, watchRoom } = options;
    this.rooms = new SimulatedServer({ clock, seed, nastiness });
    this.directory = directory;
    const onProblem = (problem: unknown): void => void this.problems.push(problem);
    this.logs = new EventLogs({
      directory,
      clock,
      maxBytes: 1e9,
      maxAgeMs: 1e12,
      onProblem,
    });
    this.dispatchers = new Map(
      agents.map((agent) => [
        agent.name,
        new SimulatedWorkerServer(
          {
            agent: agent.name,
            jobType: agent.jobType,
            readMetadata: (offer) => readMetadata(agent, offer),
          },
          {
            clock,
            random: dispatching ? seededRandom(seed, agent.name) : () => 0.5,
            ...(dispatching && { faults: dispatching }),
          },
        ),
      ]),
    );
    this.system = new WorkerSystem({
      id: 'worker-simulated',
      agents: agents.map((definition) => ({
        definition,
        settings: { ...monitorSettings, ...settings },
      })),
      config: { ...defaultWorkerConfig, maxJobs: 10, ...options.config },
      jobConfig: { ...jobConfig, ...options.jobConfig },
      world: {
        clock,
        openSocket: ({ definition: { name } }) => {
          const { socket } = this.dispatcher(name);
          return watchSocket?.(socket, name) ?? socket;
        },
        openRoom: ({ token }) => {
          const jobId = token.slice(tokenPrefix.length);
          const job = this.#offered.get(jobId);
          if (!job) throw new Error('nobody has offered the job of this token');
          const attributes = this.dispatcher(job.agent).attributesOf(token);
          const identity = `agent-${this.#clients.length + 1}`;
          const client = this.rooms.client(job.room, { identity, attributes });
          this.#clients.push(client);
          return watchRoom?.(client, jobId) ?? client;
        },
        services: {
          ...bareServices,
          analysis: heldEngine(bareServices.analysis, clock),
          ...this.rooms.services,
          ...options.services?.(this.rooms),
        },
        openProbe: () => ({ eventLoopP99Ms: () => 0, rssBytes: () => 1, close: () => {} }),
      },
      logs: this.logs,
      inspector: options.inspect?.(clock),
      listener: {
        onEmitted: (emitted) => this.emitted.push(emitted),
        onJobFact: ({ jobId }, fact) => this.jobFacts.push({ jobId, ...fact }),
        onHealth: (report) => this.health.push(report),
        onRooms: (report) => this.roomReports.push(report),
        onVitals: () => {},
        onLogProblem: onProblem,
      },
    });
  }

  async #begin(): Promise<this> {
    this.system.start();
    await this.until(() => this.system.unhealthyReason() === null);
    return this;
  }

  dispatcher(agent: string): SimulatedWorkerServer {
    const dispatcher = this.dispatchers.get(agent);
    if (!dispatcher) throw new Error(`There is no agent "${agent}".`);
    return dispatcher;
  }

  director(room: string): Director {
    return new Director(this.rooms.room(room), this.clock);
  }

  offer(agent: string, jobId: string, room: string, metadata: object = {}): void {
    this.offerJob(agent, {
      jobId,
      dispatchId: `AD_${jobId}`,
      room: { name: room, sid: '' },
      participant: null,
      metadata: JSON.stringify(metadata),
    });
  }

  offerJob(agent: string, job: SimulatedJob): void {
    this.#offered.set(job.jobId, { agent, room: job.room.name });
    this.dispatcher(agent).offer(job);
  }

  /** What the clients of the jobs hold: timers, and places in rooms. */
  get heldCount(): number {
    return this.#clients.reduce((count, client) => count + client.heldCount, 0);
  }

  /** Lets go of everything; once more does nothing. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.system.close();
    this.rooms.stop();
    await this.logs.close();
  }

  session(jobId: string) {
    return this.system.view().sessions.find((session) => session.jobId === jobId);
  }

  /** Statistics, rosters and files are promises: they come between the moments at which timers are due. */
  async pass(durationMs: number): Promise<void> {
    await passBy(this.clock, durationMs);
  }

  async until(predicate: () => boolean, deadlineMs = 30_000): Promise<void> {
    const deadline = this.clock.now() + deadlineMs;
    while (!predicate() && this.clock.now() <= deadline) await this.pass(lookEveryMs);
    if (!(await givenDiskTime(predicate))) throw new Error(`Waited for ${String(predicate)}.`);
  }
}
