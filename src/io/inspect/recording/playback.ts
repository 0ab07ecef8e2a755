import { Stage } from '../../replay/stage.ts';
import type { InspectedSystem } from '../inspected-system.ts';
import type { OpenedRecording } from './open-recording.ts';

type PlaybackOptions = {
  readonly recording: OpenedRecording;
  /** Is given a jump to do, in which all actors become others. */
  readonly onJump: (jump: () => void) => void;
  /** Gets actors before they are started, and from when on they run. */
  readonly onActors: (system: InspectedSystem, from: number) => void;
};

/** Whatever the log says has been compared when it was opened: it alone decides what happens when. */
const ANY_LATENESS = Number.POSITIVE_INFINITY;

/**
 * The actors of a recording as they were behind one of its steps.
 *
 * They run forwards only. To go back, fresh ones go on from a keyframe some way in front of that step.
 */
export class Playback {
  readonly #options: PlaybackOptions;
  #stage: Stage | undefined;
  #step = 0;
  /** Milliseconds since the beginning of the log. */
  #t = 0;
  #knownFromT = 0;

  constructor(options: PlaybackOptions) {
    this.#options = options;
  }

  get step(): number {
    return this.#step;
  }

  /** The last that can be gone to: behind it the log is over, or a replay does something else. */
  get lastStep(): number {
    return this.#options.recording.stimuli.length;
  }

  /** Epoch milliseconds of the recording. */
  get at(): number {
    return this.#toEpoch(this.#t);
  }

  /** What the actors did before this time is not known here; epoch milliseconds. */
  get knownFrom(): number {
    return this.#toEpoch(this.#knownFromT);
  }

  /** When the next step comes; undefined where there is none. */
  get nextAt(): number | undefined {
    const next = this.#options.recording.stimuli[this.#step];
    return next && this.#toEpoch(next.t);
  }

  /** Goes to where so many steps have been done. Before the first call there are no actors. */
  goTo(step: number): void {
    const target = Math.min(Math.max(0, step), this.lastStep);
    const { keyframes } = this.#options.recording;
    const isAhead = target >= this.#step && target - this.#step <= keyframes.stepsApart;
    if (this.#stage && isAhead) {
      this.#runTo(target);
      return;
    }
    this.#options.onJump(() => {
      this.#stage = this.#begin(target);
      this.#runTo(target);
    });
  }

  /** Goes behind the last step of that time or before. */
  goToTime(at: number): void {
    this.goTo(this.#stepsUntil(at));
    this.passTo(at);
  }

  /** Does the next step, where there is one. */
  next(): void {
    const { stimuli } = this.#options.recording;
    const stimulus = stimuli[this.#step];
    if (!stimulus || !this.#stage) return;
    this.#t = Math.max(this.#t, stimulus.t);
    const obstacle = this.#stage.perform(stimulus, ANY_LATENESS);
    if (obstacle !== undefined)
      throw new Error(`step ${this.#step + 1} went otherwise: ${obstacle}`);
    this.#step += 1;
  }

  /** It becomes that time, where nothing more happens until then. */
  passTo(at: number): void {
    const { firstAt, lastAt } = this.#options.recording.about;
    const until = Math.min(at, this.nextAt ?? lastAt);
    this.#t = Math.max(this.#t, until - firstAt);
  }

  #runTo(step: number): void {
    while (this.#step < step) this.next();
  }

  #begin(target: number): Stage {
    const { recording, onActors } = this.#options;
    const { head, machine, system, keyframes } = recording;
    const from = keyframes.before(target);
    const stage = new Stage({ head, machine, write: () => {}, checkpoint: from?.checkpoint });
    const { root, recorder } = stage;
    this.#step = from?.step ?? 0;
    this.#t = from?.checkpoint.t ?? 0;
    this.#knownFromT = this.#t;
    const inspected: InspectedSystem = {
      root,
      about: system.about,
      // The clock of the stage begins at 0.
      timersOf: (actor) =>
        recorder
          .timersOf(actor)
          .map(({ event, dueAt }) => ({ event, dueAt: this.#toEpoch(dueAt) })),
      session: () => system.sessionOf(root),
      worker: () => system.workerOf(root),
    };
    onActors(inspected, this.at);
    stage.start();
    return stage;
  }

  /** So many steps come at that time or before. */
  #stepsUntil(at: number): number {
    const { stimuli } = this.#options.recording;
    let [low, high] = [0, stimuli.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const stimulus = stimuli[middle];
      if (stimulus && this.#toEpoch(stimulus.t) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #toEpoch(t: number): number {
    return this.#options.recording.head.startedAt + t;
  }
}
