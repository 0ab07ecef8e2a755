import { createActor, type Actor, type InspectionEvent } from 'xstate';
import { createJobsActor } from '../../actors/jobs.actor.ts';
import type { Clock, JobServices, RoomClient } from '../../actors/ports.ts';
import { createVitalsActor } from '../../actors/vitals.actor.ts';
import { createWorkerSocketActor } from '../../actors/worker-socket.actor.ts';
import type { JobCredentials, VitalsProbe, WorkerSocketClient } from '../../actors/worker-ports.ts';
import type { JobConfig } from '../../machines/job/job.machine.ts';
import type { RoomsReport } from '../../machines/supervisor/rooms.machine.ts';
import type { HealthReport } from '../../machines/supervisor/supervisor.machine.ts';
import type { DrainReason } from '../../machines/worker/connection.events.ts';
import type { JobEmitted, JobOffer, VitalsFact } from '../../machines/worker/events.ts';
import type { WorkerConfig } from '../../machines/worker/worker-config.ts';
import { workerConnectionMachine } from '../../machines/worker/worker-connection.machine.ts';
import type { WorkerEmitted, WorkerOutput } from '../../machines/worker/worker.events.ts';
import {
  disconnectedReason,
  workerMachine,
  type WorkerRef,
} from '../../machines/worker/worker.machine.ts';
import type { EventLogs } from '../event-log/event-logs.ts';
import { createHead } from '../event-log/head.ts';
import type { LogProblem } from '../event-log/log-line.ts';
import { Recorder } from '../event-log/recorder.ts';
import { watchSystem } from '../event-log/watch-system.ts';
import type { LogWriter } from '../event-log/writer.ts';
import type { SessionsView, WorkerView } from '../http/sessions-view.ts';
import type { SystemInspector } from '../inspect/inspected-system.ts';
import { greenroomVersion } from '../version.ts';
import { ProcessJobs, type RunningAgent } from './job-systems.ts';
import { WORKER_ROOT_ID } from './log-machines.ts';
import { lookAtWorker } from './worker-view.ts';

/** What a worker needs of the world: the real one, or a simulated one. */
export type WorkerWorld = {
  readonly clock: Clock;
  readonly openSocket: (agent: RunningAgent) => WorkerSocketClient;
  readonly openRoom: (credentials: JobCredentials) => RoomClient;
  readonly services: JobServices;
  readonly openProbe: () => VitalsProbe;
};

/** Who watches a worker: logs, metrics, the live view. */
export type WorkerListener = {
  readonly onEmitted: (emitted: WorkerEmitted) => void;
  readonly onJobFact: (offer: JobOffer, fact: JobEmitted) => void;
  readonly onHealth: (report: HealthReport) => void;
  readonly onRooms: (report: RoomsReport) => void;
  readonly onVitals: (vitals: VitalsFact) => void;
  readonly onLogProblem: (problem: LogProblem) => void;
};

export type WorkerSystemOptions = {
  /** Tells this worker from others, in its log and in `/sessions`. */
  readonly id: string;
  readonly agents: readonly RunningAgent[];
  readonly config: WorkerConfig;
  readonly jobConfig: JobConfig;
  readonly world: WorkerWorld;
  readonly logs: EventLogs;
  readonly listener: WorkerListener;
  /** Shows the worker and its jobs while they live; without it nobody looks. */
  readonly inspector?: SystemInspector | undefined;
};

const VITALS_EVERY_MS = 2_500;

/** The actor system of a worker, and the job systems that it starts. */
export class WorkerSystem {
  /** How the worker ended; its jobs may still be letting go of their rooms. */
  readonly finished: Promise<WorkerOutput>;
  readonly #id: string;
  readonly #jobs: ProcessJobs;
  readonly #sockets = new Map<string, WorkerSocketClient>();
  readonly #clock: Clock;
  readonly #recorder: Recorder;
  readonly #writer: LogWriter;
  readonly #root: Actor<typeof workerMachine>;
  readonly #listener: Pick<WorkerListener, 'onHealth' | 'onRooms'>;

  constructor(options: WorkerSystemOptions) {
    const { id, agents, config, jobConfig, world, logs, listener, inspector } = options;
    const { clock } = world;
    this.#id = id;
    this.#clock = clock;
    this.#jobs = new ProcessJobs({
      agents,
      config: jobConfig,
      clock,
      logs,
      onLogProblem: listener.onLogProblem,
      takeCredentials: ({ agent, jobId }) => this.#sockets.get(agent)?.takeCredentials(jobId),
      openRoom: world.openRoom,
      services: world.services,
      onFact: listener.onJobFact,
      inspector,
    });
    const machine = this.#machine(agents, world);
    const input = {
      agents: agents.map(({ definition: { name: agent, jobType } }) => ({ agent, jobType })),
      config,
    };
    this.#recorder = new Recorder({
      clock,
      write: (line) => this.#writer.write(line),
      onProblem: listener.onLogProblem,
    });
    this.#writer = logs.open(
      id,
      createHead({
        rootId: WORKER_ROOT_ID,
        startedAt: this.#recorder.startedAt,
        agent: WORKER_ROOT_ID,
        machine,
        input,
        inputKeys: ['agents', 'config'],
        settings: {},
        settingKeys: [],
        versions: { greenroom: greenroomVersion, node: process.versions.node },
      }),
    );
    this.#root = createActor(machine, { id: WORKER_ROOT_ID, input, clock: this.#recorder.clock });
    this.#recorder.watch(this.#root);
    watchSystem(this.#root.system, (inspection) => watchVitals(inspection, listener.onVitals));
    inspector?.attach({
      root: this.#root,
      about: { id, kind: 'worker', agent: null, room: null, identity: null },
      timersOf: (actor) => this.#recorder.timersOf(actor),
      session: () => null,
      worker: () => this.workerView(),
    });
    this.#root.on('*', (emitted) => listener.onEmitted(emitted));
    this.finished = outputOf(this.#root);
    this.#listener = listener;
  }

  start(): void {
    this.#root.start();
    const { supervisor, rooms } = this.#root.getSnapshot().children;
    supervisor?.on('health.reported', (report) => this.#listener.onHealth(report));
    rooms?.on('rooms.reported', (report) => this.#listener.onRooms(report));
  }

  /** Takes no more jobs, and finishes when those that run have ended. */
  drain(exitCode: number): void {
    this.#root.send({ type: 'worker.drain', at: this.#clock.now(), exitCode });
  }

  /** Finishes now. */
  stop(exitCode: number): void {
    this.#root.send({ type: 'worker.stop', at: this.#clock.now(), exitCode });
  }

  /** Cuts off whatever still runs; resolves when everything has been let go of. */
  async close(): Promise<void> {
    this.#recorder.stop(this.#root);
    await this.#jobs.close();
    await Promise.all([...this.#sockets.values()].map((socket) => socket.close()));
    await this.#writer.close();
  }

  /** Null while all is well. */
  unhealthyReason(): string | null {
    return disconnectedReason(this.#root.getSnapshot());
  }

  /** Null until it drains. */
  drainReason(): DrainReason | null {
    return this.#root.getSnapshot().context.drainReason;
  }

  /** Of the worker and of all jobs, those that have not ended. */
  get actorCount(): number {
    return this.#recorder.liveActorCount + this.#jobs.actorCount;
  }

  workerView(): WorkerView {
    return lookAtWorker(this.#id, this.#root.getSnapshot());
  }

  view(): SessionsView {
    return { version: 1, worker: this.workerView(), sessions: this.#jobs.views() };
  }

  #machine(agents: readonly RunningAgent[], { clock, openSocket, openProbe }: WorkerWorld) {
    const openSocketOf = (name: string): WorkerSocketClient => {
      const agent = agents.find(({ definition }) => definition.name === name);
      if (!agent) throw new Error(`This worker has no agent "${name}".`);
      const socket = openSocket(agent);
      this.#sockets.set(name, socket);
      return socket;
    };
    const socket = createWorkerSocketActor({ openSocket: openSocketOf });
    return workerMachine.provide({
      actors: {
        connection: workerConnectionMachine.provide({ actors: { socket } }),
        jobs: createJobsActor({ systems: this.#jobs, clock }),
        vitals: createVitalsActor({ openProbe, clock, intervalMs: VITALS_EVERY_MS }),
      },
    });
  }
}

function outputOf(root: WorkerRef): Promise<WorkerOutput> {
  return new Promise((resolve) => {
    root.subscribe({
      complete: () => {
        const { output } = root.getSnapshot();
        resolve(output ?? { exitCode: 0, message: '' });
      },
      error: (cause) => {
        const message = `the worker broke: ${cause instanceof Error ? cause.message : String(cause)}`;
        resolve({ exitCode: 1, message });
      },
    });
  });
}

/** Never throws: a throwing inspector would break the actors. */
function watchVitals(inspection: InspectionEvent, onVitals: (vitals: VitalsFact) => void): void {
  if (inspection.type !== '@xstate.event' || inspection.event.type !== 'vitals.sampled') return;
  const { at, eventLoopP99Ms, rssBytes } = inspection.event;
  if (typeof at !== 'number' || typeof eventLoopP99Ms !== 'number') return;
  if (typeof rssBytes !== 'number') return;
  onVitals({ type: 'vitals.sampled', at, eventLoopP99Ms, rssBytes });
}
