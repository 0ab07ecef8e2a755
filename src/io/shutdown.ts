import { giveToItsJob } from './job-scope.ts';

/** Something that wants the process to end. The exit code is that of whatever came first. */
export type ShutdownRequest = {
  /** `drain`: jobs may end by themselves. `now`: whatever still runs is cut off. */
  readonly urgency: 'drain' | 'now';
  readonly exitCode: number;
};

type ShutdownListener = (request: ShutdownRequest) => void;
type FatalListener = (error: unknown) => void;

export interface ShutdownRequests {
  /** What was requested before is said at once. Returns how to stop listening. */
  subscribe(listener: ShutdownListener): () => void;
  /** Hears of exceptions and rejections that nobody caught: they belong to no job. */
  onFatal(listener: FatalListener): () => void;
}

/** The part of `process` that says when to end. */
type SignalSource = Pick<NodeJS.EventEmitter, 'on' | 'off'>;

/** 128 and the number of the signal, as shells have it. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Turns signals, and errors that nobody caught, into requests to end.
 *
 * The first signal asks to drain, a second one to end at once. An uncaught error asks to drain with
 * exit code 1, because after it nobody knows what the process still does right; where it comes from a
 * job, that job alone ends.
 */
export class Shutdown implements ShutdownRequests {
  readonly #source: SignalSource;
  readonly #fatalListeners = new Set<FatalListener>();
  readonly #listeners = new Set<ShutdownListener>();
  #requested: ShutdownRequest | null = null;

  readonly #onSighup = (): void => this.#signal(exitCodes.SIGHUP);
  readonly #onSigint = (): void => this.#signal(exitCodes.SIGINT);
  readonly #onSigterm = (): void => this.#signal(exitCodes.SIGTERM);
  readonly #onError = (error: unknown): void => {
    if (giveToItsJob(error)) return;
    for (const listener of this.#fatalListeners) listener(error);
    if (!this.#requested) this.#request({ urgency: 'drain', exitCode: 1 });
  };

  /**
   * @param isOnTerminal whether it also ends with its terminal. Whatever may run behind `nohup`, which has
   * it ignore that, must not listen to it.
   */
  constructor(source: SignalSource, { isOnTerminal = false } = {}) {
    this.#source = source;
    if (isOnTerminal) source.on('SIGHUP', this.#onSighup);
    source.on('SIGINT', this.#onSigint);
    source.on('SIGTERM', this.#onSigterm);
    source.on('uncaughtException', this.#onError);
    source.on('unhandledRejection', this.#onError);
  }

  subscribe(listener: ShutdownListener): () => void {
    this.#listeners.add(listener);
    if (this.#requested) listener(this.#requested);
    return () => this.#listeners.delete(listener);
  }

  onFatal(listener: FatalListener): () => void {
    this.#fatalListeners.add(listener);
    return () => this.#fatalListeners.delete(listener);
  }

  /** From here on signals and errors do what they do in any Node program. */
  close(): void {
    const source = this.#source;
    source.off('SIGHUP', this.#onSighup);
    source.off('SIGINT', this.#onSigint);
    source.off('SIGTERM', this.#onSigterm);
    source.off('uncaughtException', this.#onError);
    source.off('unhandledRejection', this.#onError);
    this.#listeners.clear();
    this.#fatalListeners.clear();
  }

  #signal(exitCode: number): void {
    if (this.#requested) {
      this.#request({ urgency: 'now', exitCode: this.#requested.exitCode });
    } else {
      this.#request({ urgency: 'drain', exitCode });
    }
  }

  #request(request: ShutdownRequest): void {
    this.#requested = request;
    for (const listener of [...this.#listeners]) listener(request);
  }
}
