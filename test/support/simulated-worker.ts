import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AgentDefinition } from '../../src/agents/define-agent.ts';
import { readMetadata } from '../../src/agents/read-metadata.ts';
import { nextTurn } from '../../src/io/clock.ts';
import { WorkerSystem } from '../../src/io/compose/worker-system.ts';
import { EventLogs } from '../../src/io/event-log/event-logs.ts';
import { Director } from '../../src/io/simulated/director.ts';
import { SimulatedServer } from '../../src/io/simulated/server.ts';
import { SimulatedWorkerServer } from '../../src/io/simulated/worker-socket.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { JobEmitted } from '../../src/machines/worker/events.ts';
import { defaultWorkerConfig } from '../../src/machines/worker/worker-config.ts';
import type { WorkerEmitted } from '../../src/machines/worker/worker.events.ts';
import type { HealthReport } from '../../src/machines/supervisor/supervisor.machine.ts';
import { jobConfig } from './job-stage.ts';
import { monitorSettings } from './monitor-facts.ts';

const stepMs = 10;

/** A whole worker, as composed for a process, with a simulated dispatcher and rooms, on virtual time. */
export class SimulatedWorker {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
  readonly rooms = new SimulatedServer({ clock: this.clock });
  readonly dispatchers: ReadonlyMap<string, SimulatedWorkerServer>;
  readonly system: WorkerSystem;
  readonly emitted: WorkerEmitted[] = [];
  readonly jobFacts: (JobEmitted & { readonly jobId: string })[] = [];
  readonly health: HealthReport[] = [];
  readonly problems: unknown[] = [];
  /** Where the event logs are. */
  readonly directory: string;
  readonly logs: EventLogs;
  readonly #jobOfToken = new Map<string, { readonly agent: string; readonly room: string }>();
  #clients = 0;

  static async start(agents: readonly AgentDefinition[]): Promise<SimulatedWorker> {
    const directory = await mkdtemp(join(tmpdir(), 'greenroom-simulated-'));
    const worker = new SimulatedWorker(agents, directory);
    onTestFinished(async () => {
      await worker.system.close();
      worker.rooms.stop();
      await worker.logs.close();
      await rm(directory, { recursive: true });
    });
    worker.system.start();
    await worker.until(() => worker.system.unhealthyReason() === null);
    return worker;
  }

  private constructor(agents: readonly AgentDefinition[], directory: string) {
    const { clock } = this;
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
          { clock, random: () => 0.5 },
        ),
      ]),
    );
    this.system = new WorkerSystem({
      id: 'worker-simulated',
      agents: agents.map((definition) => ({ definition, settings: monitorSettings })),
      config: { ...defaultWorkerConfig, maxJobs: 10 },
      jobConfig,
      world: {
        clock,
        openSocket: ({ definition }) => this.dispatcher(definition.name).socket,
        openRoom: ({ token }) => {
          this.#clients += 1;
          const job = this.#jobOfToken.get(token);
          if (!job) throw new Error('nobody has offered the job of this token');
          const attributes = this.dispatcher(job.agent).attributesOf(token);
          const identity = `agent-${this.#clients}`;
          return this.rooms.client(job.room, { identity, attributes });
        },
        roster: this.rooms.roster,
        openProbe: () => ({ eventLoopP99Ms: () => 0, rssBytes: () => 1, close: () => {} }),
      },
      logs: this.logs,
      listener: {
        onEmitted: (emitted) => this.emitted.push(emitted),
        onJobFact: ({ jobId }, fact) => this.jobFacts.push({ jobId, ...fact }),
        onHealth: (report) => this.health.push(report),
        onVitals: () => {},
        onLogProblem: onProblem,
      },
    });
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
    this.#jobOfToken.set(`token-of-${jobId}`, { agent, room });
    this.dispatcher(agent).offer({
      jobId,
      dispatchId: `AD_${jobId}`,
      room: { name: room, sid: '' },
      participant: null,
      metadata: JSON.stringify(metadata),
    });
  }

  session(jobId: string) {
    return this.system.view().sessions.find((session) => session.jobId === jobId);
  }

  async pass(durationMs: number): Promise<void> {
    const end = this.clock.now() + durationMs;
    while (this.clock.now() < end) {
      this.clock.advanceBy(stepMs);
      // Statistics, rosters and files are promises, and come between the steps.
      await new Promise<void>((resolve) => nextTurn(resolve));
    }
  }

  async until(predicate: () => boolean, deadlineMs = 30_000): Promise<void> {
    const deadline = this.clock.now() + deadlineMs;
    while (!predicate()) {
      if (this.clock.now() > deadline) throw new Error(`Waited for ${String(predicate)}.`);
      await this.pass(stepMs);
    }
  }
}
