import { LineDecoder } from '../../event-log/log-line.codec.ts';
import type { CheckpointLine } from '../../event-log/log-line.ts';

/** As text: it takes a fifth of the memory, and each use needs a copy of its own anyway. */
type Keyframe = { readonly step: number; readonly text: string };

/** So far apart, a jump runs some thousand steps again: less than 100 ms. */
const FIRST_STEPS_APART = 1_000;
const MAX_KEYFRAMES = 500;
const MAX_CHARACTERS = 64 * 1024 * 1024;

type KeyframeLimits = { readonly stepsApart?: number; readonly maxCount?: number };

/**
 * What was true behind some steps of a recording, so that a jump need not run all of it again.
 *
 * Limits: 500 keyframes, and 64 MiB of text: beyond that every second one goes, and they are made half as
 * often.
 */
export class Keyframes {
  readonly #maxCount: number;
  #frames: Keyframe[] = [];
  #stepsApart: number;
  #characters = 0;

  constructor({ stepsApart = FIRST_STEPS_APART, maxCount = MAX_KEYFRAMES }: KeyframeLimits = {}) {
    this.#stepsApart = stepsApart;
    this.#maxCount = maxCount;
  }

  get count(): number {
    return this.#frames.length;
  }

  /** They are so many steps apart; a jump begins at least so far in front of where it goes. */
  get stepsApart(): number {
    return this.#stepsApart;
  }

  isDueBehind(step: number): boolean {
    return step > 0 && step % this.#stepsApart === 0;
  }

  add(step: number, checkpoint: CheckpointLine): void {
    const text = JSON.stringify(checkpoint);
    this.#frames.push({ step, text });
    this.#characters += text.length;
    while (this.#frames.length > this.#maxCount || this.#characters > MAX_CHARACTERS) {
      this.#stepsApart *= 2;
      this.#frames = this.#frames.filter((frame) => frame.step % this.#stepsApart === 0);
      this.#characters = this.#frames.reduce((sum, frame) => sum + frame.text.length, 0);
    }
  }

  /**
   * The last one that is far enough in front of a step for the steps between to tell what led to it.
   * Null: only the beginning is.
   */
  before(step: number): { readonly step: number; readonly checkpoint: CheckpointLine } | null {
    const frame = this.#frames.findLast((one) => one.step <= step - this.#stepsApart);
    if (!frame) return null;
    const checkpoint = new LineDecoder().decode(frame.text);
    return checkpoint.kind === 'checkpoint' ? { step: frame.step, checkpoint } : null;
  }
}
