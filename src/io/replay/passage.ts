import type { LogLine, ProblemLine, Stimulus } from '../event-log/log-line.ts';
import type { PassedState, ReplayedStep } from './divergence.ts';

/** The steps before a difference that are told with it. */
export const STEPS_KEPT = 10;
const STATES_KEPT = 20;
/** Of actors that have ended, so many are remembered: a difference may be about one of the last. */
const ENDED_KEPT = 100;

type StateLine = LogLine & { readonly kind: 'state' };
type EndedLine = LogLine & { readonly kind: 'ended' };
type PassedStep = {
  readonly stimulus: Stimulus;
  /** As the recorder wrote them: the stimulus' own line, then what followed. */
  readonly lines: readonly (LogLine | ProblemLine)[];
};

/**
 * How a replay came to where it is: the last steps, and the last states of each actor.
 *
 * Limits: ten steps; 20 states of every actor that lives and of the last 100 that have ended. The oldest
 * are forgotten.
 */
export class Passage {
  readonly #steps: PassedStep[] = [];
  readonly #statesByActor = new Map<number, PassedState[]>();
  readonly #ended: number[] = [];

  /** The lines are kept as they are, since nobody changes them afterwards. */
  passStep(stimulus: Stimulus, lines: readonly (LogLine | ProblemLine)[]): void {
    this.#steps.push({ stimulus, lines });
    if (this.#steps.length > STEPS_KEPT) this.#steps.shift();
  }

  passState(line: StateLine | EndedLine, t: number): void {
    if (line.kind === 'ended') {
      this.#ended.push(line.actor);
      const forgotten = this.#ended.length > ENDED_KEPT ? this.#ended.shift() : undefined;
      if (forgotten !== undefined) this.#statesByActor.delete(forgotten);
      return;
    }
    const states = this.#statesByActor.get(line.actor) ?? [];
    states.push({ t, value: line.value });
    if (states.length > STATES_KEPT) states.shift();
    this.#statesByActor.set(line.actor, states);
  }

  /** Oldest first. */
  statesOf(actor: number): readonly PassedState[] {
    return [...(this.#statesByActor.get(actor) ?? [])];
  }

  /** Oldest first. */
  steps(pathOf: (actor: number) => string): readonly ReplayedStep[] {
    return this.#steps.map(({ stimulus, lines }) => ({
      stimulus,
      path: pathOf(stimulus.actor),
      consequences: lines.slice(1),
    }));
  }
}
