import { clockTime, exactTime } from './time-format.ts';

/** What of the time is seen, in epoch milliseconds; `from` is always before `to`. */
export type TimeView = { readonly from: number; readonly to: number };

export type Tick = { readonly at: number; readonly label: string };

const MIN_SPAN_MS = 50;
const MAX_SPAN_MS = 7 * 24 * 3_600_000;
/** Of the span, left free behind the present, so that what happens now is not at the very edge. */
export const AHEAD = 0.03;
const TICK_PX = 110;
const STEPS_MS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000,
  300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
];

const spanOf = ({ from, to }: TimeView): number => to - from;

export const pan = ({ from, to }: TimeView, byMs: number): TimeView => ({
  from: from + byMs,
  to: to + byMs,
});

/** Longer (factor over 1) or shorter, while a moment stays where it is. */
export function zoom(view: TimeView, factor: number, at: number): TimeView {
  const span = Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, spanOf(view) * factor));
  const from = at - ((at - view.from) / spanOf(view)) * span;
  return { from, to: from + span };
}

/** A span, by default the same, with the present near its right edge. */
export function follow(view: TimeView, now: number, span = spanOf(view)): TimeView {
  const to = now + span * AHEAD;
  return { from: to - span, to };
}

/** All of it, with a margin. */
export function fit({ from, to }: TimeView): TimeView {
  const span = Math.max(to - from, 1_000);
  return { from: from - span * AHEAD, to: from + span * (1 + AHEAD) };
}

export const xOf = (view: TimeView, widthPx: number, at: number): number =>
  ((at - view.from) / spanOf(view)) * widthPx;

export const atOf = (view: TimeView, widthPx: number, x: number): number =>
  view.from + (x / Math.max(1, widthPx)) * spanOf(view);

/** Whether a view moved by less than anybody sees. */
export const looksSame = (one: TimeView, other: TimeView, widthPx: number): boolean =>
  spanOf(one) === spanOf(other) && Math.abs(xOf(one, widthPx, other.from)) < 0.5;

/** Round times of day where the page is, so far apart that their labels fit. */
export function ticks(view: TimeView, widthPx: number): readonly Tick[] {
  const least = (spanOf(view) / Math.max(1, widthPx)) * TICK_PX;
  const stepMs = STEPS_MS.find((step) => step >= least) ?? MAX_SPAN_MS / 7;
  const zoneMs = new Date(view.from).getTimezoneOffset() * 60_000;
  const first = Math.ceil((view.from - zoneMs) / stepMs) * stepMs + zoneMs;
  const count = Math.max(0, Math.floor((view.to - first) / stepMs) + 1);
  return Array.from({ length: count }, (_, index) => {
    const at = first + index * stepMs;
    return { at, label: stepMs < 1_000 ? exactTime(at) : clockTime(at) };
  });
}
