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
import { LogReader, type LogPosition, type TornLine } from '../event-log/reader.ts';
import type { Divergence } from './divergence.ts';
import { Passage } from './passage.ts';
import { Stage } from './stage.ts';

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
export class Replayer {
  readonly #machine: AnyStateMachine;
  readonly #options: ReplayOptions;
  readonly #position: () => LogPosition | undefined;
  readonly #passage = new Passage();
  /** What the actors did in this step: compared up to `#next`. */
  #replayed: (LogLine | ProblemLine)[] = [];
  #next = 0;
  #stage: Stage | undefined;
  #stimulus: Stimulus | undefined;
  #divergence: Divergence | undefined;
  #stimuli = 0;
  #seq = 0;
  #ending: Replay['ending'] = 'open';

  /** @param position of the line that is fed, where it stands in a file. */
  constructor(
    machine: AnyStateMachine,
    options: ReplayOptions = {},
    position: () => LogPosition | undefined = () => undefined,
  ) {
    this.#machine = machine;
    this.#options = options;
    this.#position = position;
  }

  /** Where the actors are now; undefined before the head of the log. */
  get stage(): Stage | undefined {
    return this.#stage;
  }

  /** What the log should say next; undefined where the actors have done all they do by themselves. */
  readonly foresee = (): LogLine | ProblemLine | undefined => this.#replayed[this.#next];

  /** Takes the next line of the log. Returns the first difference, from which on it does nothing. */
  feed(line: FileLine | TornLine): Divergence | undefined {
    if (this.#divergence) return this.#divergence;
    const foreseen = this.#replayed[this.#next];
    if (foreseen !== undefined && foreseen === line) {
      this.#pass(foreseen);
      return undefined;
    }
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
    if (isCheckpoint(line) && this.#expectNothingMore(line)) this.#stage.recorder.checkpoint();
    if (!isStimulus(line) || this.#perform(line, this.#stage)) this.#compare(line);
  }

  /** Returns whether it happened, so that its own line can be compared. */
  #perform(line: Stimulus, stage: Stage): boolean {
    if (!this.#expectNothingMore(line)) return false;
    this.#stimuli += 1;
    if (this.#stimulus) this.#passage.passStep(this.#stimulus, this.#replayed);
    this.#stimulus = line;
    this.#replayed = [];
    this.#next = 0;
    const obstacle =
      stage.perform(line, this.#options.overdueToleranceMs ?? LIVE_TOLERANCE_MS) ?? stage.refusal;
    if (obstacle !== undefined) this.#diverge(obstacle, line);
    return obstacle === undefined;
  }

  #compare(recorded: LogLine | ProblemLine): void {
    const replayed = this.#replayed[this.#next];
    if (!replayed) this.#diverge('the replay does not do this', recorded);
    else if (isSame(recorded, replayed)) this.#pass(replayed);
    else this.#diverge('different', recorded, replayed);
  }

  /** Both sides have this line. */
  #pass(line: LogLine | ProblemLine): void {
    this.#next += 1;
    if (line.kind === 'state' || line.kind === 'ended') {
      this.#passage.passState(line, this.#stimulus?.t ?? 0);
    }
  }

  #expectNothingMore(recorded: FileLine): boolean {
    const replayed = this.#replayed[this.#next];
    if (replayed) this.#diverge('the replay does more', recorded, replayed);
    return replayed === undefined;
  }

  #diverge(reason: string, recorded?: FileLine, replayed?: LogLine | ProblemLine): void {
    const about = replayed ?? recorded;
    const actor = about && 'actor' in about ? about.actor : undefined;
    const pathOf = (number: number): string => this.#stage?.pathOf(number) ?? `actor ${number}`;
    this.#divergence ??= {
      seq: replayed?.seq ?? this.#seq,
      t: this.#stimulus?.t ?? 0,
      reason,
      position: this.#position(),
      path: actor === undefined ? undefined : pathOf(actor),
      stimulus: this.#stimulus,
      recorded,
      replayed,
      states: actor === undefined ? [] : this.#passage.statesOf(actor),
      before: this.#passage.steps(pathOf),
    };
  }
}

/** Also one that could not be kept: the replay cannot keep it either. */
const isCheckpoint = (line: LogLine | ProblemLine): boolean =>
  line.kind === 'checkpoint' || (line.kind === 'problem' && line.of === 'checkpoint');

/**
 * Replays a log line by line, so that its length does not matter, and much faster where a reader
 * (`readLog`) gives it.
 *
 * @param machine of the root, as composition builds it; its ports are replaced.
 */
export async function replay(
  log: LogReader | AsyncIterable<FileLine | TornLine> | Iterable<FileLine | TornLine>,
  machine: AnyStateMachine,
  options?: ReplayOptions,
): Promise<Replay> {
  if (log instanceof LogReader) return replayFiles(log, machine, options);
  const replayer = new Replayer(machine, options);
  for await (const line of log) {
    if (replayer.feed(line)) break;
  }
  return replayer.finish();
}

/** What the actors do is compared as the file's own text, so that only what happened to them is decoded. */
async function replayFiles(
  log: LogReader,
  machine: AnyStateMachine,
  options: ReplayOptions | undefined,
): Promise<Replay> {
  const replayer = new Replayer(machine, options, () => log.position);
  for await (const lines of log.batches(replayer.foresee)) {
    for (let line = lines.next(); line; line = lines.next()) {
      if (replayer.feed(line)) return replayer.finish();
    }
  }
  return replayer.finish();
}
