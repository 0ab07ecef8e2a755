/** One job of participant-monitor with the machines of `src`, and every port played. */
import { createActor, isMachineSnapshot, type Actor } from 'xstate';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import type { Clock } from '../../src/actors/ports.ts';
import { lookAt } from '../../src/io/compose/agent-view.ts';
import type { JobMachines } from '../../src/io/compose/job-machines.ts';
import type { EventLogs } from '../../src/io/event-log/event-logs.ts';
import { createHead } from '../../src/io/event-log/head.ts';
import type { LogProblem } from '../../src/io/event-log/log-line.ts';
import { Recorder } from '../../src/io/event-log/recorder.ts';
import { toSessionView, type SessionView } from '../../src/io/http/sessions-view.ts';
import type { InspectedSystem, SystemInspector } from '../../src/io/inspect/inspected-system.ts';
import type { jobMachine, JobInput } from '../../src/machines/job/job.machine.ts';
import { jobInput } from './job-stage.ts';
import { job } from './monitor-facts.ts';
import { PlayedPorts } from './played-ports.ts';

const ROOT_ID = 'job';

export type PlayedJobOptions = {
  readonly jobId: string;
  readonly identity: string;
  /** Those of all jobs, as in a worker. */
  readonly machines: JobMachines;
  readonly clock: Clock;
  /** Undefined: nobody watches the actors. */
  readonly logs: EventLogs | undefined;
  readonly inspection?: PlayedInspection;
};

/** Who inspects a job, and where the job says that it is. */
type PlayedInspection = { readonly inspector: SystemInspector; readonly room: string };

export class PlayedJob extends PlayedPorts {
  readonly root: Actor<typeof jobMachine>;
  /** Ends the actors, and resolves when the log is closed, where there is one. */
  readonly close: () => Promise<void>;
  readonly #startedAt: number;

  constructor({ jobId, identity, machines, clock, logs, inspection }: PlayedJobOptions) {
    super();
    this.#startedAt = clock.now();
    const machine = machines.machineOf(participantMonitor);
    const input = jobInput({}, { participant_identity: identity });
    let timersOf: InspectedSystem['timersOf'] = () => [];
    if (logs === undefined) {
      this.root = createActor(machine, { id: ROOT_ID, input, clock });
      this.close = () => {
        this.root.stop();
        return Promise.resolve();
      };
    } else {
      const recorder = new Recorder({
        clock,
        write: (line) => writer.write(line),
        onProblem: throwProblem,
      });
      const writer = logs.open(jobId, headOf(input, machine, recorder.startedAt));
      this.root = createActor(machine, {
        id: ROOT_ID,
        input,
        clock: recorder.clock,
      });
      recorder.watch(this.root);
      timersOf = (actor) => recorder.timersOf(actor);
      this.close = () => {
        recorder.stop(this.root);
        return writer.close();
      };
    }
    this.plugInto(machines, this.root.system);
    inspection?.inspector.attach({
      root: this.root,
      about: {
        id: jobId,
        kind: 'job',
        agent: participantMonitor.name,
        room: inspection.room,
        identity,
      },
      timersOf,
      session: () => this.#viewOf(jobId, inspection.room),
      worker: () => null,
    });
    this.root.start();
  }

  #viewOf(jobId: string, room: string): SessionView | null {
    const agent = this.root.getSnapshot().children.agent?.getSnapshot();
    if (!agent || !isMachineSnapshot(agent)) return null;
    const looked = lookAt(participantMonitor, agent);
    if (!looked.ok) throw new Error(looked.problem);
    const about = { jobId, dispatchId: job.dispatchId, agent: participantMonitor.name, room };
    const startedAt = this.#startedAt;
    const alerts = this.root.getSnapshot().context.openAlerts;
    return toSessionView(
      { ...about, roomSid: job.room.sid, startedAt, tracked: true, endReason: null, alerts },
      looked.view,
    );
  }
}

export function throwProblem({ code, message, where }: LogProblem): never {
  throw new Error(`${code}: ${message} ${where ?? ''}`);
}

const headOf = (input: JobInput, machine: typeof jobMachine, startedAt: number) =>
  createHead({
    rootId: ROOT_ID,
    startedAt,
    agent: participantMonitor.name,
    machine,
    input,
    inputKeys: Object.keys(input),
    settings: {},
    settingKeys: [],
    versions: {},
  });
