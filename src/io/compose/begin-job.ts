import { createActor, type Actor } from 'xstate';
import type { Clock } from '../../actors/ports.ts';
import type { AgentDefinition } from '../../agents/define-agent.ts';
import type { jobMachine, JobConfig, JobInput } from '../../machines/job/job.machine.ts';
import { isFor } from '../../machines/rules/match.logic.ts';
import type { JobOffer } from '../../machines/worker/events.ts';
import { createHead } from '../event-log/head.ts';
import type { LogHead, LogProblem } from '../event-log/log-line.ts';
import { Recorder } from '../event-log/recorder.ts';
import type { LogWriter } from '../event-log/writer.ts';
import { greenroomVersion } from '../version.ts';
import type { JobMachines } from './job-machines.ts';
import { JOB_ROOT_ID } from './log-machines.ts';

/** Where the event logs of jobs go. */
export type JobLogs = {
  open(name: string, head: LogHead): Pick<LogWriter, 'write' | 'close'>;
};

export type NewJob = {
  readonly offer: JobOffer;
  readonly agent: AgentDefinition;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Those of the process. */
  readonly machines: JobMachines;
  /** What no agent of another worker may serve meanwhile; null where the job shares with nobody. */
  readonly serves: string | null;
  readonly config: JobConfig;
  readonly clock: Clock;
  readonly logs: JobLogs;
  readonly onLogProblem: (problem: LogProblem) => void;
};

/** The actors of a job, recorded, whose ports have not started. */
export type RecordedJob = {
  readonly root: Actor<typeof jobMachine>;
  readonly recorder: Recorder;
  readonly writer: Pick<LogWriter, 'write' | 'close'>;
  /** Epoch milliseconds. */
  readonly startedAt: number;
};

/** A new job; its root is to be started. */
export function beginJob(options: NewJob): RecordedJob {
  const { clock, logs, offer, onLogProblem } = options;
  const startedAt = clock.now();
  const input = jobInput(options, startedAt);
  const machine = options.machines.machineOf(options.agent);
  const recorder = new Recorder({
    clock,
    write: (line) => writer.write(line),
    onProblem: onLogProblem,
  });
  const head = jobHead({ options, input, machine, startedAt: recorder.startedAt });
  const writer = logs.open(offer.jobId, head);
  const root = createActor(machine, { id: JOB_ROOT_ID, input, clock: recorder.clock });
  recorder.watch(root);
  return { root, recorder, writer, startedAt };
}

const jobInput = ({ offer, settings, serves, config }: NewJob, startedAt: number): JobInput => {
  const { jobId, dispatchId, agent, jobType, room, participant, metadata } = offer;
  const job = { jobId, dispatchId, agent, jobType, room, participant };
  // An offer with wrong metadata was never accepted.
  const value = metadata.ok ? metadata.value : {};
  return {
    agent: { job, metadata: value, settings, startedAt },
    identity: metadata.ok ? metadata.target : null,
    serves,
    config: {
      ...config,
      rules: config.rules.filter((rule) => isFor(rule, { agent, room: room.name })),
    },
  };
};

type HeadParts = {
  readonly options: NewJob;
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
    inputKeys: ['agent', 'identity', 'serves', 'config'],
    settings: options.settings,
    // defineAgent refuses secrets among them.
    settingKeys: Object.keys(options.settings),
    versions: { greenroom: greenroomVersion, node: process.versions.node },
  });
