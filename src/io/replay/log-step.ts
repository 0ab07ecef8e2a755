import type { StateValue } from 'xstate';
import type { FileLine, HeadLine, LogLine, ProblemLine, Stimulus } from '../event-log/log-line.ts';
import { isStimulus } from '../event-log/log-line.ts';
import type { TornLine } from '../event-log/reader.ts';

/**
 * One step of a log: a stimulus and all that followed from it. What a predicate module is given:
 *
 * ```js
 * export default ({ t, states }) =>
 *   t > 60_000 && Object.values(states).some((state) => state.connected?.video === 'frozen');
 * ```
 */
export type LogStep = {
  /** Of the stimulus; 0: the start of the root, which has none. */
  readonly seq: number;
  /** Milliseconds since the beginning of the log. */
  readonly t: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Of the actor that the stimulus came from or went to; of the root in step 0. */
  readonly path: string;
  readonly stimulus: Stimulus | null;
  /** The stimulus and its consequences, as they stand in the log. */
  readonly lines: readonly (LogLine | ProblemLine)[];
  /** The states of the actors that are there after the step, by path. */
  readonly states: Readonly<Record<string, StateValue>>;
  /** The path of an actor that is there, or has ended in this step, by its number in the lines. */
  readonly pathOf: (actor: number) => string;
};

type Known = { readonly path: string; value: StateValue | undefined };

/** Puts the lines of a log together to steps. It keeps one step, and the states of the actors. */
export class LogSteps {
  readonly #head: HeadLine;
  readonly #actors = new Map<number, Known>();
  readonly #ended = new Set<number>();
  #lines: (LogLine | ProblemLine)[] = [];
  #stimulus: Stimulus | null = null;

  constructor(head: HeadLine) {
    this.#head = head;
  }

  /**
   * Takes the next line of the log. Where it is none of the step before, gives that step to `look`, whose
   * `states` and `pathOf` are true until `look` returns.
   */
  feed(line: FileLine | TornLine, look: (step: LogStep) => void): void {
    if (line.kind === 'head') return;
    const isOfStep = 'seq' in line && line.kind !== 'checkpoint';
    if (!isOfStep || isStimulus(line)) this.finish(look);
    if (isOfStep) this.#add(line);
  }

  /** Gives the last step, which no line has come after. */
  finish(look: (step: LogStep) => void): void {
    if (this.#lines.length === 0) return;
    look(this.#step(this.#lines));
    this.#lines = [];
    for (const actor of this.#ended) this.#actors.delete(actor);
    this.#ended.clear();
  }

  #add(line: LogLine | ProblemLine): void {
    if (isStimulus(line)) this.#stimulus = line;
    this.#lines.push(line);
    if (line.kind === 'actor') {
      this.#actors.set(line.actor, { path: line.path, value: undefined });
    } else if (line.kind === 'ended') {
      this.#ended.add(line.actor);
    } else if (line.kind === 'state') {
      const known = this.#actors.get(line.actor);
      if (known) known.value = line.value;
    }
  }

  #step(lines: LogStep['lines']): LogStep {
    const stimulus = this.#stimulus;
    const t = stimulus?.t ?? 0;
    const pathOf = (actor: number): string => this.#actors.get(actor)?.path ?? `actor ${actor}`;
    const findStates = () => this.#states();
    return {
      seq: stimulus?.seq ?? 0,
      t,
      at: this.#head.startedAt + t,
      path: stimulus ? pathOf(stimulus.actor) : this.#head.rootId,
      stimulus,
      lines,
      // There are steps by the million, and few are looked at as closely as that.
      get states() {
        return findStates();
      },
      pathOf,
    };
  }

  #states(): LogStep['states'] {
    const standing = [...this.#actors].filter(([actor]) => !this.#ended.has(actor));
    return Object.fromEntries(
      standing.flatMap(([, { path, value }]) => (value === undefined ? [] : [[path, value]])),
    );
  }
}
