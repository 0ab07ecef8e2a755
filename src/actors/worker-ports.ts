import type { Observable } from 'rxjs';
import type { ControlFact } from '../machines/events.ts';
import type { JobEmitted, JobOffer, SocketCommand, SocketFact } from '../machines/worker/events.ts';

/** How to join the room of an assigned job. A secret: it stands in no event and no log. */
export type JobCredentials = { readonly url: string; readonly token: string };

/**
 * One agent's connection to the dispatcher of a LiveKit server.
 *
 * Rules that the contract suite holds for every implementation:
 * - Nothing is said inside a call: the next turn of the event loop at the earliest.
 * - `facts$` is hot, never completes and never errors.
 * - `socket.open` is answered by `socket.opened` or `socket.closed`; each connection says once that
 *   it is closed, also where `socket.close` asked for it, and nothing after that.
 * - While closed only `socket.open` does anything; while open a second one does nothing.
 * - A message from the server that cannot be understood is `socket.messageRejected` and harms nothing.
 */
export interface WorkerSocketClient {
  readonly facts$: Observable<SocketFact>;
  perform(command: SocketCommand): void;
  /**
   * Hands out, once, how to join an assigned job's room. Undefined where the job was not assigned
   * here; the credentials of the latest 1,000 assignments are kept, the oldest are forgotten first.
   */
  takeCredentials(jobId: string): JobCredentials | undefined;
  /** Lets go of everything for good; resolves when what was said before has left this process. */
  close(): Promise<void>;
}

/** Starts job systems and reaches into them, so that the worker needs to know nothing about them. */
export interface JobSystems {
  /** The listener may be called at any time, also inside `start`. An exception fails this job only. */
  start(offer: JobOffer, listener: (fact: JobEmitted) => void): void;
  /** Does nothing where there is no such job. */
  control(jobId: string, fact: ControlFact): void;
}

/** How busy and how big the process is. */
export interface VitalsProbe {
  /** The 99th percentile of the event loop's lag over the last 10 s, at the most; 0 when unknown. */
  eventLoopP99Ms(): number;
  rssBytes(): number;
  close(): void;
}
