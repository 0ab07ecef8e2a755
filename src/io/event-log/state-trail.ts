import type { StateValue } from 'xstate';

/** One change of one actor's state. */
export type StateStep = {
  /** Of the stimulus that it followed from. */
  readonly seq: number;
  /** Milliseconds since the beginning of the log. */
  readonly t: number;
  readonly path: string;
  /** Type of the event that the actor took. */
  readonly event: string;
  /** Undefined where the actor started. */
  readonly from: StateValue | undefined;
  readonly to: StateValue;
};

const MAX_STEPS = 128;

/**
 * The last 128 changes of state in one actor system, oldest first: what led to where it is now.
 */
export class StateTrail {
  readonly #steps: StateStep[] = [];
  #next = 0;

  note(step: StateStep): void {
    this.#steps[this.#next] = step;
    this.#next = (this.#next + 1) % MAX_STEPS;
  }

  /** The last of those that are wanted. */
  latest(isWanted: (path: string) => boolean, most: number): readonly StateStep[] {
    return [...this.#steps.slice(this.#next), ...this.#steps.slice(0, this.#next)]
      .filter(({ path }) => isWanted(path))
      .slice(-most);
  }
}
