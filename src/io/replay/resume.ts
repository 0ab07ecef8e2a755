import type { AnyActor, AnyStateMachine } from 'xstate';
import type { Clock } from '../../actors/ports.ts';
import { GreenroomError } from '../errors.ts';
import { fingerprints } from '../event-log/head.ts';
import {
  isStimulus,
  isStimulusKind,
  type CheckpointLine,
  type FileLine,
  type HeadLine,
  type LogHead,
  type LogLine,
  type LogProblem,
  type ProblemLine,
} from '../event-log/log-line.ts';
import { isActive } from '../event-log/recorded-actors.ts';
import { isSame } from '../event-log/plain-json.ts';
import type { TornLine } from '../event-log/reader.ts';
import { CHECKPOINT_EVERY_MS, type Recorder } from '../event-log/recorder.ts';
import { HandoverClock } from './handover-clock.ts';
import { LogPorts } from './log-ports.ts';
import { Stage } from './stage.ts';

export type ResumeOptions = {
  /** The lines of a log that broke off: its head, and all from its last checkpoint on (`readTail`) or from its beginning. */
  readonly log: AsyncIterable<FileLine | TornLine> | Iterable<FileLine | TornLine>;
  /** Of the root, as composition builds it, with its real ports. */
  readonly machine: AnyStateMachine;
  readonly clock: Clock;
  /**
   * Gets all that the log lacks, in its order: first what its last step was still to have, then a
   * checkpoint, the timers of the downtime, and what happens from now on.
   */
  readonly write: (line: LogLine | ProblemLine) => void;
  readonly onProblem: (problem: LogProblem) => void;
  /**
   * Called once the actors are where the log ends, before any time passes: to listen to them, and to join
   * the real ports to their system. None of these has started.
   */
  readonly onRestored?: (restored: Restored) => void;
  /** Go on also where a machine is another one than the log was recorded from. */
  readonly allowChangedMachines?: boolean;
};

/** Actors that stand where their log ends. */
type Restored = {
  readonly root: AnyActor;
  readonly recorder: Recorder;
  readonly head: LogHead;
  /** When the log broke off: epoch milliseconds. */
  readonly brokenOffAt: number;
};

export type Resumed = {
  /** May have come to its end in the downtime; then no real port was started. */
  readonly root: AnyActor;
  readonly recorder: Recorder;
  readonly head: LogHead;
  /** Steps that were run again. */
  readonly stimuli: number;
  /** From the last step of the log until now, in milliseconds. */
  readonly downtimeMs: number;
};

/** Timers that were late in the log by less than this are no difference. */
const LIVE_TOLERANCE_MS = 1_000;

/**
 * Builds the actors of a log that broke off once more, and lets them go on from there.
 *
 * They run what the log has on a virtual clock, and then through the downtime, in which every timer
 * fires when it was due and nobody says anything. Then the clock of the process takes over with the
 * timers that are pending, and the real ports start in the actors that stand: it is theirs to say what
 * the world has become meanwhile. The log with what is written from here on is one log, which replays as
 * a whole.
 *
 * Time that nobody saw pass costs what its timers cost: a downtime of days is for the caller to refuse.
 *
 * @throws GreenroomError `E_RESUME` where nothing is to be resumed, or the actors come not to where the
 * log ends; `E_LOG_FORMAT` where it has no head.
 */
export async function resume(options: ResumeOptions): Promise<Resumed> {
  const run = new ResumeRun(options);
  for await (const line of options.log) run.feed(line);
  return run.handOver();
}

class ResumeRun {
  readonly #options: ResumeOptions;
  readonly #time = new HandoverClock();
  readonly #ports = new LogPorts();
  /** What the actors did in this step and the log has not been compared with yet. */
  readonly #replayed: (LogLine | ProblemLine)[] = [];
  #head: HeadLine | undefined;
  #stage: Stage | undefined;
  #stimuli = 0;
  #write = (line: LogLine | ProblemLine): void => void this.#replayed.push(line);

  constructor(options: ResumeOptions) {
    this.#options = options;
  }

  feed(line: FileLine | TornLine): void {
    switch (line.kind) {
      case 'head':
        this.#check(line);
        this.#head = line;
        break;
      case 'torn':
        break;
      case 'end':
        throw failure('the log was closed in order: there is nothing to resume');
      case 'dropped':
        throw failure(`${line.count} lines are missing in the log`);
      default:
        this.#follow(line);
    }
  }

  handOver(): Resumed {
    const { clock, write, onRestored } = this.#options;
    const stage = this.#stage ?? this.#begin();
    const { root, recorder, head } = stage;
    if (!isActive(root.getSnapshot()))
      throw failure('the actors of the log have come to their end');
    const endedAt = this.#time.now();
    for (const line of this.#replayed) write(line);
    this.#write = write;
    recorder.checkpoint();
    onRestored?.({ root, recorder, head, brokenOffAt: head.startedAt + endedAt });

    this.#time.advanceTo(clock.now() - head.startedAt);
    if (isActive(root.getSnapshot())) {
      stage.release();
      this.#time.goLive(clock, head.startedAt);
      recorder.checkpointEvery(CHECKPOINT_EVERY_MS);
      this.#ports.goLive();
    }
    const downtimeMs = this.#time.now() - endedAt;
    return { root, recorder, head, stimuli: this.#stimuli, downtimeMs };
  }

  /** One with the same states may still do something else: then the lines differ. */
  #check(head: HeadLine): void {
    if (this.#options.allowChangedMachines) return;
    const own = fingerprints(this.#options.machine);
    const ids = new Set([...Object.keys(head.fingerprints), ...Object.keys(own)]);
    const changed = [...ids].filter((id) => head.fingerprints[id] !== own[id]);
    if (changed.length === 0) return;
    throw failure(`since the log was recorded these machines have changed: ${changed.join(', ')}`);
  }

  #begin(checkpoint?: CheckpointLine): Stage {
    const head = this.#head;
    if (!head) throw new GreenroomError('E_LOG_FORMAT', 'the log has no head');
    const { machine, onProblem } = this.#options;
    this.#stage = new Stage({
      head,
      machine,
      checkpoint,
      onProblem,
      write: (line) => this.#write(line),
      time: this.#time,
      ports: this.#ports,
    });
    this.#stage.start();
    return this.#stage;
  }

  #follow(line: LogLine | ProblemLine): void {
    if (!this.#stage && line.kind === 'checkpoint') {
      this.#begin(line);
      return;
    }
    const stage = this.#stage ?? this.#begin();
    const kind = line.kind === 'problem' ? line.of : line.kind;
    if (kind === 'checkpoint' || isStimulusKind(kind)) this.#expectNothingMore(line.seq);
    if (kind === 'checkpoint') stage.recorder.checkpoint();
    if (isStimulus(line)) {
      const obstacle = stage.perform(line, LIVE_TOLERANCE_MS) ?? stage.refusal;
      if (obstacle !== undefined) throw parted(line.seq, obstacle);
      this.#stimuli += 1;
    } else if (isStimulusKind(kind)) {
      throw failure('what happened in a step is not in the log: it was no plain finite JSON');
    }
    if (!isSame(line, this.#replayed.shift())) {
      throw parted(line.seq, `a line of the kind ${line.kind} comes out differently`);
    }
  }

  #expectNothingMore(seq: number): void {
    const [more] = this.#replayed;
    if (more) throw parted(seq, `a line of the kind ${more.kind} is not in the log`);
  }
}

const failure = (message: string): GreenroomError => new GreenroomError('E_RESUME', message);

const parted = (seq: number, what: string): GreenroomError =>
  failure(`the actors part from the log in step ${seq}: ${what}; replay it to see more`);
