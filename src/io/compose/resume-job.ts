import type { Actor, AnyActor } from 'xstate';
import type { jobMachine } from '../../machines/job/job.machine.ts';
import { GreenroomError } from '../errors.ts';
import type { EventLogs } from '../event-log/event-logs.ts';
import { readTail } from '../event-log/tail.ts';
import { runInJob } from '../job-scope.ts';
import { resume } from '../replay/resume.ts';
import { JobSystem, type JobSystemOptions } from './job-system.ts';
import { JOB_ROOT_ID } from './log-machines.ts';

export type ResumeJobOptions = Omit<JobSystemOptions, 'logs'> & {
  readonly logs: EventLogs;
  /** Of any part of the log that broke off. The process that wrote it must be gone. */
  readonly logPath: string;
};

/**
 * Lets a job go on whose process was killed: its actors from its log, its room by joining it anew.
 *
 * The job hears of the way back as of a full reconnect: who left meanwhile is gone, who came is there. The
 * log goes on in a new part. Its input, with which the job began, is that of the log; `room` must not have
 * been joined, and is left alone where the job cannot go on.
 *
 * @throws GreenroomError `E_RESUME`, `E_LOG_FORMAT`; the system's error where a file cannot be read.
 */
export async function resumeJob({ logPath, ...options }: ResumeJobOptions): Promise<JobSystem> {
  const { agent, machines, clock, logs, onLogProblem } = options;
  const writer = await logs.goOn(logPath);
  let job: JobSystem | undefined;
  try {
    await runInJob(
      (cause) => job?.onStray(cause),
      () =>
        resume({
          log: readTail(logPath),
          machine: machines.machineOf(agent),
          clock,
          write: writer.write,
          onProblem: onLogProblem,
          onRestored: ({ root, recorder, head: { startedAt }, brokenOffAt }) => {
            if (!isJob(root)) throw noJob();
            job = new JobSystem(options, {
              root,
              recorder,
              writer,
              startedAt,
              lostAt: brokenOffAt,
            });
          },
        }),
    );
  } catch (error) {
    await writer.close();
    throw error;
  }
  if (!job) throw noJob();
  return job;
}

const isJob = (root: AnyActor): root is Actor<typeof jobMachine> => root.id === JOB_ROOT_ID;

const noJob = (): GreenroomError => new GreenroomError('E_RESUME', 'the log is not one of a job');
