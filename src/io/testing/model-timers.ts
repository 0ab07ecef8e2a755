import type { AnyActorRef, EventObject } from 'xstate';

/** Whom a machine speaks to. */
export type Listener =
  | { readonly is: 'parent' | 'self' | 'listeners' }
  | { readonly is: 'child'; readonly ref: AnyActorRef };

export type ModelTimer = {
  /** As its machine named it; a timer without a name cannot be cancelled. */
  readonly id: unknown;
  readonly event: EventObject;
  readonly to: Listener;
  /** Milliseconds since the start. */
  readonly dueAt: number;
};

/** A timer under a name that was given again, or has fired, is out of the reach of `cancel`. */
type Entry = { readonly timer: ModelTimer; readonly isCancellable: boolean };

/** The timers of a machine, as XState's scheduler keeps them: as a value. */
export class ModelTimers {
  /** By due time, and by the order in which they were set. */
  readonly #entries: readonly Entry[];

  constructor(entries: readonly Entry[] = []) {
    this.#entries = entries;
  }

  set(timer: ModelTimer): ModelTimers {
    const others = this.#released(timer.id);
    const later = others.findIndex((other) => other.timer.dueAt > timer.dueAt);
    const entry = { timer, isCancellable: timer.id !== undefined };
    return new ModelTimers(others.toSpliced(later < 0 ? others.length : later, 0, entry));
  }

  cancel(id: unknown): ModelTimers {
    return new ModelTimers(
      this.#entries.filter(({ timer, isCancellable }) => !isCancellable || timer.id !== id),
    );
  }

  /** Undefined where none is set that will ever fire. */
  get next(): ModelTimer | undefined {
    const timer = this.#entries[0]?.timer;
    return timer && Number.isFinite(timer.dueAt) ? timer : undefined;
  }

  get all(): readonly ModelTimer[] {
    return this.#entries.map(({ timer }) => timer);
  }

  withoutNext(): ModelTimers {
    const [first] = this.#entries;
    return new ModelTimers(this.#released(first?.timer.id).slice(1));
  }

  #released(id: unknown): readonly Entry[] {
    return this.#entries.map((entry) =>
      entry.timer.id === id ? { ...entry, isCancellable: false } : entry,
    );
  }
}
