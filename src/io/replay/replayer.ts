import type { AnyActor, AnyStateMachine } from 'xstate';
import { GreenroomError } from '../errors.ts';
import {
  isStimulus,
  isStimulusKind,
  type FileLine,
  type LogHead,
  type LogLine,
  type ProblemLine,
  type Stimulus,
} from '../event-log/log-line.ts';
import { isSame } from '../event-log/plain-json.ts';
import type { TornLine } from '../event-log/reader.ts';
import { Stage } from './stage.ts';

/** The first step at which the replay differs. */
type Divergence = {
  readonly seq: number;
  readonly reason: string;
  /** Of the actor that it is about, where there is one. */
  readonly path: string | undefined;
  readonly recorded: FileLine | undefined;
  readonly replayed: LogLine | ProblemLine | undefined;
};

export type Replay = {
  readonly root: AnyActor;
  readonly head: LogHead;
  readonly divergence: Divergence | undefined;
  readonly stimuli: number;
  /** `closed` in order; `torn` or `open`: the recording process was killed, or still runs. */
  readonly ending: 'closed' | 'torn' | 'open';
};

export type ReplayOptions = {
  /**
   * A busy event loop makes timers late, so inputs slip in front of them. A log that was recorded
   * on a virtual clock needs 0; 1,000 without it.
   */
  readonly overdueToleranceMs?: number;
  /** Is given the root before it is started, to watch it. */
  readonly onRoot?: (root: AnyActor) => void;
};

const LIVE_TOLERANCE_MS = 1_000;

/**
 * Runs the recorded stimuli through fresh actors and compares every consequence, line by line.
 *
 * It stops at the first difference: what comes after follows from it.
 */
class Replayer {
  readonly #machine: AnyStateMachine;
  readonly #options: ReplayOptions;
  /** What the actors did in this step and the log has not been compared with yet. */
  readonly #replayed: (LogLine | ProblemLine)[] = [];
  #stage: Stage | undefined;
  #divergence: Divergence | undefined;
  #stimuli = 0;
  #seq = 0;
  #ending: Replay['ending'] = 'open';

  constructor(machine: AnyStateMachine, options: ReplayOptions = {}) {
    this.#machine = machine;
    this.#options = options;
  }

  /** Takes the next line of the log. Returns the first difference, from which on it does nothing. */
  feed(line: FileLine | TornLine): Divergence | undefined {
    if (this.#divergence) return this.#divergence;
    switch (line.kind) {
      case 'head':
        this.#begin(line);
        break;
      case 'torn':
        this.#ending = 'torn';
        break;
      case 'end':
        this.#ending = 'closed';
        this.#expectNothingMore(line);
        break;
      case 'dropped':
        this.#diverge(`${line.count} lines were dropped here when the disk was too slow`, line);
        break;
      default:
        this.#follow(line);
    }
    return this.#divergence;
  }

  /** Throws `E_LOG_FORMAT` where the log had no head. */
  finish(): Replay {
    if (!this.#stage) throw new GreenroomError('E_LOG_FORMAT', 'the log has no head');
    return {
      root: this.#stage.root,
      head: this.#stage.head,
      divergence: this.#divergence,
      stimuli: this.#stimuli,
      ending: this.#ending,
    };
  }

  #begin(head: LogHead): void {
    const machine = this.#machine;
    this.#stage = new Stage({ head, machine, write: (line) => this.#replayed.push(line) });
    this.#options.onRoot?.(this.#stage.root);
    this.#stage.start();
    if (this.#stage.refusal !== undefined) this.#diverge(this.#stage.refusal);
  }

  #follow(line: LogLine | ProblemLine): void {
    if (!this.#stage) throw new GreenroomError('E_LOG_FORMAT', 'the log has no head');
    this.#seq = line.seq;
    if (line.kind === 'problem' && isStimulusKind(line.of)) {
      this.#diverge(`what happened here is not in the log: ${line.message}`, line);
      return;
    }
    if (isCheckpoint(line) && this.#expectNothingMore(line)) this.#stage.checkpoint();
    if (!isStimulus(line) || this.#perform(line, this.#stage)) this.#compare(line);
  }

  /** Returns whether it happened, so that its own line can be compared. */
  #perform(line: Stimulus, stage: Stage): boolean {
    if (!this.#expectNothingMore(line)) return false;
    this.#stimuli += 1;
    const obstacle =
      stage.perform(line, this.#options.overdueToleranceMs ?? LIVE_TOLERANCE_MS) ?? stage.refusal;
    if (obstacle !== undefined) this.#diverge(obstacle, line);
    return obstacle === undefined;
  }

  #compare(recorded: LogLine | ProblemLine): void {
    const replayed = this.#replayed.shift();
    if (!replayed) this.#diverge('the replay does not do this', recorded);
    else if (!isSame(recorded, replayed)) this.#diverge('different', recorded, replayed);
  }

  #expectNothingMore(recorded: FileLine): boolean {
    const replayed = this.#replayed.shift();
    if (replayed) this.#diverge('the replay does more', recorded, replayed);
    return replayed === undefined;
  }

  #diverge(reason: string, recorded?: FileLine, replayed?: LogLine | ProblemLine): void {
    const about = replayed ?? recorded;
    const path = about && 'actor' in about ? this.#stage?.pathOf(about.actor) : undefined;
    const seq = replayed?.seq ?? this.#seq;
    this.#divergence ??= { seq, reason, path, recorded, replayed };
  }
}

/** Also one that could not be kept: the replay cannot keep it either. */
const isCheckpoint = (line: LogLine | ProblemLine): boolean =>
  line.kind === 'checkpoint' || (line.kind === 'problem' && line.of === 'checkpoint');

/**
 * Replays a log line by line, so that its length does not matter (`readLog`).
 *
 * @param machine of the root, as composition builds it; its ports are replaced.
 */
export async function replay(
  log: AsyncIterable<FileLine | TornLine> | Iterable<FileLine | TornLine>,
  machine: AnyStateMachine,
  options?: ReplayOptions,
): Promise<Replay> {
  const replayer = new Replayer(machine, options);
  for await (const line of log) {
    if (replayer.feed(line)) break;
  }
  return replayer.finish();
}
