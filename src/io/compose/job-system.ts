import {
  createActor,
  isMachineSnapshot,
  type Actor,
  type AnyStateMachine,
  type Snapshot,
  type SnapshotFrom,
} from 'xstate';
import type { AgentDefinition, AgentView } from '../../agents/define-agent.ts';
import { createAudioLevelsActor } from '../../actors/audio-levels.actor.ts';
import { JobControl } from '../../actors/control.actor.ts';
import type { Clock, RoomClient, RosterClient } from '../../actors/ports.ts';
import { createRoomConnectionActor } from '../../actors/room-connection.actor.ts';
import { createRosterActor } from '../../actors/roster.actor.ts';
import { createTrackStatsActor } from '../../actors/track-stats.actor.ts';
import type { ControlFact, EndReason, ErrorInfo } from '../../machines/events.ts';
import type { jobMachine, JobConfig, JobInput } from '../../machines/job/job.machine.ts';
import type { JobEmitted, JobOffer } from '../../machines/worker/events.ts';
import { createHead } from '../event-log/head.ts';
import type { LogHead, LogProblem } from '../event-log/log-line.ts';
import type { LogWriter } from '../event-log/writer.ts';
import { Recorder } from '../event-log/recorder.ts';
import { toSessionView, type SessionView } from '../http/sessions-view.ts';
import { runInJob } from '../job-scope.ts';
import { greenroomVersion } from '../version.ts';
import { lookAt } from './agent-view.ts';
import type { JobMachines, JobPorts } from './job-machines.ts';
import { JOB_ROOT_ID } from './log-machines.ts';
import { roomOfJob } from './job-room.ts';
import { snapshotAt } from './snapshot-at.ts';

/** Where the event logs of jobs go. */
export type JobLogs = {
  open(name: string, head: LogHead): Pick<LogWriter, 'write' | 'close'>;
};

export type JobSystemOptions = {
  readonly offer: JobOffer;
  readonly agent: AgentDefinition;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Those of the process. */
  readonly machines: JobMachines;
  /** What no agent of another worker may serve meanwhile; null where the job shares with nobody. */
  readonly serves: string | null;
  readonly config: JobConfig;
  readonly room: RoomClient;
  readonly roster: RosterClient;
  readonly clock: Clock;
  /** When the first poll of statistics comes: rooms poll in turn and not all at once. */
  readonly statsPhaseMs: number;
  readonly logs: JobLogs;
  readonly onLogProblem: (problem: LogProblem) => void;
  readonly onFact: (fact: JobEmitted) => void;
  /** Everything of the job has been let go of. */
  readonly onClosed: () => void;
};

/** One job with its own actor system: its clock, its log and its failure are nobody else's. */
export class JobSystem {
  readonly #options: JobSystemOptions;
  readonly #control: JobControl;
  readonly #recorder: Recorder;
  readonly #writer: ReturnType<JobLogs['open']>;
  readonly #root: Actor<typeof jobMachine>;
  readonly #startedAt: number;
  #roomSid: string | null = null;
  #endReason: EndReason | null = null;
  #lastView: Partial<AgentView> = {};
  #hasBadView = false;
  #hasStrayed = false;
  #isClosed = false;

  constructor(options: JobSystemOptions) {
    this.#options = options;
    const { clock, logs, offer, onLogProblem } = options;
    this.#control = new JobControl(clock);
    this.#startedAt = clock.now();
    const input = jobInput(options, this.#startedAt);
    const machine = options.machines.machineOf(options.agent);
    this.#recorder = new Recorder({
      clock,
      write: (line) => this.#writer.write(line),
      onProblem: onLogProblem,
    });
    const { startedAt } = this.#recorder;
    this.#writer = logs.open(offer.jobId, jobHead({ options, input, machine, startedAt }));
    this.#root = createActor(machine, {
      id: JOB_ROOT_ID,
      input,
      clock: this.#recorder.clock,
    });
    this.#recorder.watch(this.#root);
    options.machines.plugIn(this.#root.system, this.#ports());
    this.#root.on('*', (emitted) => this.#emit({ at: clock.now(), ...emitted }));
    this.#root.subscribe({
      error: (cause) => this.#fail(cause),
      complete: () => this.#close(),
    });
    this.#enter(() => this.#root.start());
  }

  control(fact: ControlFact): void {
    this.#enter(() => this.#control.tell(fact));
  }

  /** Ends at once, without a word to anybody. */
  stop(): void {
    this.#recorder.stop(this.#root);
    this.#close();
  }

  /** Its actors that have not ended. */
  get actorCount(): number {
    return this.#recorder.liveActorCount;
  }

  /** Of the actor at these ids below the root, while it lives there. */
  snapshotOf(ids: readonly string[]): Snapshot<unknown> | undefined {
    return snapshotAt(this.#root, ids);
  }

  view(): SessionView {
    const { tracked } = this.#root.getSnapshot().context;
    const { offer } = this.#options;
    const { metadata } = offer;
    const session = toSessionView(
      {
        jobId: offer.jobId,
        dispatchId: offer.dispatchId,
        agent: offer.agent,
        room: offer.room.name,
        roomSid: this.#roomSid,
        startedAt: this.#startedAt,
        tracked,
        endReason: this.#endReason,
      },
      this.#agentView(),
    );
    // Before the agent runs, and after it broke, the job still knows whom it is for.
    return { ...session, identity: session.identity ?? (metadata.ok ? metadata.target : null) };
  }

  /** The agent is gone before its job is: then its last view stays. */
  #agentView(): AgentView {
    const job = this.#root.getSnapshot();
    const agent = job.children.agent?.getSnapshot();
    if (agent && isMachineSnapshot(agent)) return this.#lookAt(agent);
    if (this.#endReason !== null) return { ...this.#lastView, state: 'ended' };
    const isStandingBy = job.matches({ claiming: { open: 'standingBy' } });
    return { state: isStandingBy ? 'standingBy' : 'joining' };
  }

  #lookAt(snapshot: SnapshotFrom<AnyStateMachine>): AgentView {
    const { agent, offer, onLogProblem } = this.#options;
    const looked = lookAt(agent, snapshot);
    if (looked.ok) return looked.view;
    if (!this.#hasBadView) {
      this.#hasBadView = true;
      const message = `the view of ${agent.name} cannot be shown: ${looked.problem}`;
      onLogProblem({ code: 'E_AGENT_VIEW', message, retryable: false, where: offer.jobId });
    }
    return { state: 'unknown' };
  }

  #ports(): JobPorts {
    const { roster, clock, statsPhaseMs } = this.#options;
    const room = roomOfJob(this.#options.room, this.#enter);
    return {
      room: createRoomConnectionActor({ room, clock }),
      roster: createRosterActor({ roster, clock }),
      control: this.#control.createActor(),
      levels: createAudioLevelsActor({ frames: room, clock }),
      stats: createTrackStatsActor({ room, clock, phaseMs: statsPhaseMs }),
    };
  }

  #emit(fact: JobEmitted): void {
    if (fact.type === 'job.joined') this.#roomSid = this.#options.offer.room.sid;
    if (fact.type === 'job.summaryMade') this.#lastView = this.#agentView();
    if (fact.type === 'job.ending') this.#endReason = fact.reason;
    this.#options.onFact(fact);
  }

  readonly #enter = (run: () => void): void => runInJob(this.#onStray, run);

  /** A timer or promise of the agent's ports threw. The job ends in order, for that reason. */
  readonly #onStray = (cause: unknown): void => {
    // Once is enough: what throws in an interval throws on.
    if (this.#hasStrayed) return;
    this.#hasStrayed = true;
    const error = brokenBy(cause);
    if (this.#isClosed || this.#endReason !== null) {
      const message = `after the end of its job: ${error.message}`;
      this.#options.onLogProblem({ ...error, message, where: this.#options.offer.jobId });
    } else {
      this.control({ type: 'control.broken', at: this.#options.clock.now(), error });
    }
  };

  #fail(cause: unknown): void {
    this.#endReason = 'agent_error';
    const error = brokenBy(cause);
    const { clock } = this.#options;
    this.#emit({ type: 'job.failed', at: clock.now(), error });
    // Closing lets go of the room, behind the final status, which the worker sends as soon as it hears
    // of this.
    clock.setTimeout(() => this.#close(), 0);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#recorder.stopStrays();
    const { room, onClosed } = this.#options;
    void Promise.allSettled([room.close(), this.#writer.close()]).then(onClosed);
  }
}

const brokenBy = (cause: unknown): ErrorInfo => ({
  code: 'E_JOB_BROKEN',
  message: cause instanceof Error ? cause.message : String(cause),
  retryable: false,
});

const jobInput = (
  { offer, settings, serves, config }: JobSystemOptions,
  startedAt: number,
): JobInput => {
  const { jobId, dispatchId, agent, jobType, room, participant, metadata } = offer;
  const job = { jobId, dispatchId, agent, jobType, room, participant };
  // An offer with wrong metadata was never accepted.
  const value = metadata.ok ? metadata.value : {};
  return { agent: { job, metadata: value, settings, startedAt }, serves, config };
};

type HeadParts = {
  readonly options: JobSystemOptions;
  readonly input: JobInput;
  readonly machine: typeof jobMachine;
  readonly startedAt: number;
};

const jobHead = ({ options, input, machine, startedAt }: HeadParts): LogHead =>
  createHead({
    rootId: JOB_ROOT_ID,
    startedAt,
    agent: options.agent.name,
    machine,
    input,
    inputKeys: ['agent', 'serves', 'config'],
    settings: options.settings,
    // defineAgent refuses secrets among them.
    settingKeys: Object.keys(options.settings),
    versions: { greenroom: greenroomVersion, node: process.versions.node },
  });
