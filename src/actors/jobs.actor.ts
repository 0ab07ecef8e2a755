import type { ControlFact, ErrorInfo } from '../machines/events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import type { JobsCommand, JobsFact } from '../machines/worker/events.ts';
import type { Clock } from './ports.ts';
import type { JobSystems } from './worker-ports.ts';

export type JobsDeps = { readonly systems: JobSystems; readonly clock: Clock };

/** Starts a job system for each assigned job, brings it the worker's word, and tells what it says. */
export function createJobsActor({ systems, clock }: JobsDeps): PortLogic<null, JobsCommand> {
  return port<null, JobsFact, JobsCommand>(({ send, receive }) => {
    const outbox = new NextTurn<JobsFact>(clock, send);
    const carryOut = (command: JobsCommand) => {
      if (command.type === 'job.start') {
        const { jobId } = command.offer;
        systems.start(command.offer, (fact) => outbox.put({ jobId, ...fact }));
      } else {
        systems.control(command.jobId, controlFact(command.type, clock.now()));
      }
    };
    receive((command) => {
      try {
        carryOut(command);
      } catch (cause) {
        const jobId = command.type === 'job.start' ? command.offer.jobId : command.jobId;
        outbox.put({ jobId, type: 'job.failed', at: clock.now(), error: asErrorInfo(cause) });
      }
    });
    return () => outbox.close();
  });
}

function controlFact(command: Exclude<JobsCommand['type'], 'job.start'>, at: number): ControlFact {
  switch (command) {
    case 'job.terminate':
      return { type: 'control.terminated', at };
    case 'job.drain':
      return { type: 'control.draining', at };
    case 'job.statusReported':
      return { type: 'control.statusReported', at };
    case 'job.untrack':
      return { type: 'control.untracked', at };
  }
}

const asErrorInfo = (cause: unknown): ErrorInfo => ({
  code: 'E_JOB_BROKEN',
  message: cause instanceof Error ? cause.message : String(cause),
  retryable: false,
});

/**
 * Says things in the next turn of the event loop, in their order: a job may answer a command at
 * once, and a port must not speak inside `receive`.
 *
 * It holds what the jobs say within one turn; nothing of it is ever dropped.
 */
class NextTurn<T> {
  readonly #clock: Clock;
  readonly #say: (item: T) => void;
  #waiting: T[] = [];
  #timer: unknown;
  #isClosed = false;

  constructor(clock: Clock, say: (item: T) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  put(item: T): void {
    if (this.#isClosed) return;
    this.#waiting.push(item);
    this.#timer ??= this.#clock.setTimeout(() => this.#flush(), 0);
  }

  close(): void {
    this.#isClosed = true;
    this.#clock.clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #flush(): void {
    this.#timer = undefined;
    for (const item of this.#waiting.splice(0)) this.#say(item);
  }
}
