import type { Clock } from '../../../actors/ports.ts';
import { systemClock } from '../../clock.ts';
import type { Playback } from './playback.ts';

type PlayerOptions = {
  readonly playback: Playback;
  /** The playhead has moved, or stands. */
  readonly onMoved: () => void;
  readonly clock?: Clock;
};

const TICK_MS = 16;
/** The event loop belongs to the viewers, too: who asks for more than this does gets it slower. */
const MAX_WORK_MS = 20;

const MIN_SPEED = 0.25;
const MAX_SPEED = 1_000;

/** Lets the time of a recording pass. */
export class Player {
  readonly #playback: Playback;
  readonly #onMoved: () => void;
  readonly #clock: Clock;
  #timer: unknown = null;
  #speed = 1;
  /** Where both times were the same. */
  #since = { at: 0, realAt: 0 };

  constructor({ playback, onMoved, clock = systemClock }: PlayerOptions) {
    this.#playback = playback;
    this.#onMoved = onMoved;
    this.#clock = clock;
  }

  get isPlaying(): boolean {
    return this.#timer !== null;
  }

  /** So many times as fast as it happened; kept while it stands. */
  get speed(): number {
    return this.#speed;
  }

  /** At the end it begins anew. */
  play(speed: number): void {
    this.#speed = Math.min(Math.max(MIN_SPEED, speed), MAX_SPEED);
    if (this.#playback.nextAt === undefined) this.#playback.goTo(0);
    this.rebase();
    if (!this.isPlaying) this.#wait();
    this.#onMoved();
  }

  pause(): void {
    if (!this.isPlaying) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#onMoved();
  }

  /** Time goes on from where the playhead was put. */
  rebase(): void {
    this.#since = { at: this.#playback.at, realAt: this.#clock.now() };
  }

  #wait(): void {
    this.#timer = this.#clock.setTimeout(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const startedAt = this.#clock.now();
    const until = this.#since.at + (startedAt - this.#since.realAt) * this.#speed;
    const isCaughtUp = this.#catchUp(until, startedAt + MAX_WORK_MS);
    if (isCaughtUp) this.#playback.passTo(until);
    else this.rebase();
    if (this.#playback.nextAt === undefined) {
      this.pause();
      return;
    }
    this.#wait();
    this.#onMoved();
  }

  #catchUp(until: number, stopAt: number): boolean {
    for (let next = this.#playback.nextAt; next !== undefined && next <= until;) {
      this.#playback.next();
      if (this.#clock.now() >= stopAt) return false;
      next = this.#playback.nextAt;
    }
    return true;
  }
}
