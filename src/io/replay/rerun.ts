import type { AnyActor, AnyStateMachine } from 'xstate';
import { GreenroomError } from '../errors.ts';
import { fingerprints } from '../event-log/head.ts';
import {
  isStimulus,
  isStimulusKind,
  logVersion,
  type FileLine,
  type HeadLine,
  type LogHead,
  type LogLine,
  type ProblemLine,
  type Stimulus,
} from '../event-log/log-line.ts';
import type { TornLine } from '../event-log/reader.ts';
import { Stage } from './stage.ts';

export type RerunOptions = {
  /** Of the root, as composition builds it; its ports are replaced. */
  readonly machine: AnyStateMachine;
  /** Gives the root another input, or other settings. Fingerprints are those of `machine` anyway. */
  readonly changeHead?: (head: LogHead) => LogHead;
};

/**
 * Runs the inputs of a log through machines that may do something else than the recorded ones, and
 * gives the lines of that run.
 *
 * What came from outside keeps its time and goes to the actor that stands at the same path now; where
 * none does, it is lost and counted. Timers are those of now, and fire when they are due. The recorded
 * ones fired up to a second late on a busy machine, and inputs slipped in front of them; that is not
 * repeated, as a timer of now has no recorded lateness, and two runs are comparable only where neither
 * has any. An input and a timer of the same millisecond keep the order in which the log has them; a timer
 * that the log does not know comes after the inputs.
 *
 * Time ends with the log: what is due later does not happen.
 */
export class Rerun {
  readonly #options: RerunOptions;
  readonly #pathByNumber = new Map<number, string>();
  #stage: Stage | undefined;
  #made: FileLine[] = [];
  #lines = 0;
  #stimuli = 0;
  #lost = 0;
  #missing = 0;
  #t = 0;

  constructor(options: RerunOptions) {
    this.#options = options;
  }

  /** The root of the new run; undefined before the head of the log. */
  get root(): AnyActor | undefined {
    return this.#stage?.root;
  }

  /** What came from outside, and to whom it came. */
  get stimuli(): number {
    return this.#stimuli;
  }

  /** Of these, those whose actor is not there in the new run. */
  get lost(): number {
    return this.#lost;
  }

  /** Lines that are not in the log, because the disk was too slow or JSON cannot hold them. */
  get missing(): number {
    return this.#missing;
  }

  /** Milliseconds from the beginning of the log to its last stimulus so far. */
  get t(): number {
    return this.#t;
  }

  /**
   * Takes the next line of the log, and returns the next lines of the new run.
   *
   * @throws GreenroomError `E_LOG_FORMAT` where the log has no head; `E_LOG_FOREIGN_ACTOR` where a machine
   * starts what would touch the world.
   */
  feed(line: FileLine | TornLine): readonly FileLine[] {
    this.#made = [];
    switch (line.kind) {
      case 'head':
        this.#begin(line);
        break;
      case 'end':
        this.#made.push({ kind: 'end', lines: this.#lines, dropped: 0 });
        break;
      case 'dropped':
        this.#missing += line.count;
        break;
      case 'torn':
        break;
      default:
        this.#follow(line);
    }
    return this.#made;
  }

  #begin(recorded: HeadLine): void {
    const { machine, changeHead } = this.#options;
    const head = { ...(changeHead?.(recorded) ?? recorded), fingerprints: fingerprints(machine) };
    this.#made.push({ ...head, kind: 'head', version: logVersion, part: 1 });
    this.#stage = new Stage({ head, machine, write: (line) => this.#write(line) });
    this.#stage.start();
    this.#refuse(this.#stage);
  }

  #write(line: LogLine | ProblemLine): void {
    this.#lines += 1;
    this.#made.push(line);
  }

  #follow(line: LogLine | ProblemLine): void {
    if (!this.#stage) throw new GreenroomError('E_LOG_FORMAT', 'the log has no head');
    if (line.kind === 'actor') this.#pathByNumber.set(line.actor, line.path);
    if (line.kind === 'ended') this.#pathByNumber.delete(line.actor);
    if (line.kind === 'problem' && isStimulusKind(line.of)) this.#missing += 1;
    if (!isStimulus(line)) return;
    this.#perform(line, this.#stage);
    this.#refuse(this.#stage);
  }

  #perform(line: Stimulus, stage: Stage): void {
    this.#t = line.t;
    if (line.kind === 'timer') {
      stage.passTo(Math.min(line.t, line.dueAt));
      // One that fired too early, as a timer of Node may, comes in its own time.
      if (line.dueAt <= line.t) stage.fireDueAt(line.dueAt);
      return;
    }
    stage.passTo(line.t);
    this.#stimuli += 1;
    const path = this.#pathByNumber.get(line.actor);
    // A root that broke leaves its ports standing.
    const isHeard = stage.isRunning && path !== undefined && stage.deliver(path, line);
    if (!isHeard) this.#lost += 1;
  }

  #refuse({ refusal }: Stage): void {
    if (refusal === undefined) return;
    throw new GreenroomError('E_LOG_FOREIGN_ACTOR', refusal);
  }
}
