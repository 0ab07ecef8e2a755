/** Lets few joins happen at once, in the order they were asked for: media stacks choke on many. */
export interface JoinGate {
  /** Rejects without running the task when the signal aborts while it waits, or where too many wait. */
  run<TResult>(task: () => Promise<TResult>, signal: AbortSignal): Promise<TResult>;
}

export type JoinGateLimits = {
  readonly concurrency: number;
  /** How many may wait; one more is refused. */
  readonly maxWaiting: number;
};

/**
 * One for the whole process, shared by all rooms.
 *
 * Not cockatiel's bulkhead, which never lets anybody in again when it comes upon a task that gave up (3.2.1).
 */
export function createJoinGate(limits: JoinGateLimits): JoinGate {
  return new FifoGate(limits);
}

class FifoGate implements JoinGate {
  readonly #limits: JoinGateLimits;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(limits: JoinGateLimits) {
    this.#limits = limits;
  }

  async run<TResult>(task: () => Promise<TResult>, signal: AbortSignal): Promise<TResult> {
    if (this.#running >= this.#limits.concurrency) await this.#turn(signal);
    else this.#running += 1;
    try {
      return await task();
    } finally {
      this.#passOn();
    }
  }

  /** Resolves with the place of somebody who is done. */
  #turn(signal: AbortSignal): Promise<void> {
    const { maxWaiting } = this.#limits;
    if (this.#waiting.size >= maxWaiting) {
      return Promise.reject(new Error(`${maxWaiting} joins are waiting already`));
    }
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(enter);
        reject(new Error('the join was given up'));
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #passOn(): void {
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      next();
    } else {
      this.#running -= 1;
    }
  }
}
