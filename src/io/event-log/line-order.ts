import { GreenroomError } from '../errors.ts';
import { isStimulus, isStimulusKind, type FileLine } from './log-line.ts';

/** Holds the lines of a log to their order, so that one that is lost, moved or doubled is named as that. */
export class LineOrder {
  #seq = 0;
  #t = 0;
  /** Lines were dropped: whatever came next is the next. */
  #isGap = false;
  #hasEnded = false;

  /** Throws `E_LOG_FORMAT`, which says what was found and what was expected. */
  check(line: FileLine): void {
    if (this.#hasEnded)
      throw outOfOrder(`a line of the kind "${line.kind}" behind the end of the log`);
    if (line.kind === 'end') this.#hasEnded = true;
    if (line.kind === 'dropped') this.#isGap = true;
    if (!('seq' in line)) return;

    if (this.#isGap && line.seq >= this.#seq) this.#seq = line.seq;
    else if (isStimulusKind(line.kind === 'problem' ? line.of : line.kind)) this.#goOn(line.seq);
    else this.#stay(line.seq);

    if (!isStimulus(line)) return;
    this.#isGap = false;
    if (line.t < this.#t) {
      throw outOfOrder(`the time goes back from ${this.#t} to ${line.t} ms: lines are reordered`);
    }
    this.#t = line.t;
  }

  #goOn(seq: number): void {
    const next = this.#seq + 1;
    if (seq < next) {
      throw outOfOrder(
        `stimulus ${seq}, expected ${next}: a line stands twice, or lines are reordered`,
      );
    }
    if (seq > next) {
      throw outOfOrder(`stimulus ${seq}, expected ${next}: lines are missing or reordered`);
    }
    this.#seq = next;
  }

  #stay(seq: number): void {
    if (seq === this.#seq) return;
    throw outOfOrder(
      `something that followed from stimulus ${seq}, expected from ${this.#seq}: lines are missing, doubled or reordered`,
    );
  }
}

const outOfOrder = (message: string): GreenroomError => new GreenroomError('E_LOG_FORMAT', message);
