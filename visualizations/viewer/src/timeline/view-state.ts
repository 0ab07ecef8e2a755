import { batch, signal } from '@preact/signals';
import { AHEAD, fit, follow, looksSame, pan, zoom, type TimeView } from './time-view.ts';

/** So much of the past is seen while it follows. */
const BEGIN_SPAN_MS = 60_000;
const LEAST_SPAN_MS = 10_000;
/** Of what began a short time ago as much is seen as there is; it grows in steps, since each draws all anew. */
const SPAN_STEP_MS = 5_000;

/** What of the time is seen, and whether it goes with the present. */
export class ViewState {
  readonly view = signal<TimeView>({ from: 0, to: BEGIN_SPAN_MS });
  readonly isFollowing = signal(true);
  /** Under the pointer, or moved by keys; null where there is none. */
  readonly cursor = signal<number | null>(null);
  #now = 0;
  #hasOwnSpan = false;

  /**
   * The present; `widthPx` of what is seen decides whether that shows.
   *
   * @param beganAt of what is shown, in epoch milliseconds; null where that is not known.
   */
  tick(now: number, widthPx: number, beganAt: number | null = null): void {
    this.#now = now;
    if (!this.isFollowing.peek()) return;
    const spanMs =
      this.#hasOwnSpan || beganAt === null ? undefined : spanSince(Math.max(0, now - beganAt));
    const view = follow(this.view.peek(), now, spanMs);
    if (!looksSame(this.view.peek(), view, widthPx)) this.view.value = view;
  }

  follow(): void {
    batch(() => {
      this.isFollowing.value = true;
      this.cursor.value = null;
      this.view.value = follow(this.view.peek(), this.#now);
    });
  }

  pan(byMs: number): void {
    this.#go(pan(this.view.peek(), byMs));
  }

  /** While it follows, the present stays where it is. */
  zoom(factor: number, at: number): void {
    const isFollowing = this.isFollowing.peek();
    this.#hasOwnSpan = true;
    this.view.value = zoom(this.view.peek(), factor, isFollowing ? this.#now : at);
  }

  fit(extent: TimeView): void {
    this.#hasOwnSpan = true;
    this.#go(fit(extent));
  }

  /** Moved as little as it takes for a moment to be seen. */
  reveal(at: number): void {
    const { from, to } = this.view.peek();
    if (at < from) this.pan(at - from);
    else if (at > to) this.pan(at - to);
  }

  #go(view: TimeView): void {
    batch(() => {
      this.isFollowing.value = false;
      this.view.value = view;
    });
  }
}

const spanSince = (ageMs: number): number =>
  Math.min(
    BEGIN_SPAN_MS,
    Math.max(LEAST_SPAN_MS, Math.ceil(ageMs / (1 - AHEAD) / SPAN_STEP_MS) * SPAN_STEP_MS),
  );
