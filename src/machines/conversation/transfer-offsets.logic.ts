/**
 * How long responses take, as a histogram that does not grow with the conversation.
 *
 * An offset is kept as one of 50 ms steps from -5 s to 30 s, so a quantile is right within 25 ms;
 * what lies beyond counts as the nearest limit. By step: how many there were.
 */
export type TransferOffsets = Readonly<Record<string, number>>;

const STEP_MS = 50;
const LEAST_MS = -5_000;
const MOST_MS = 30_000;

export function addOffset(offsets: TransferOffsets, offsetMs: number): TransferOffsets {
  const within = Math.min(MOST_MS, Math.max(LEAST_MS, offsetMs));
  const step = String(Math.round(within / STEP_MS) * STEP_MS);
  return { ...offsets, [step]: (offsets[step] ?? 0) + 1 };
}

const countOffsets = (offsets: TransferOffsets): number =>
  Object.values(offsets).reduce((sum, count) => sum + count, 0);

/** The nearest-rank quantile in milliseconds; null where there is none yet. */
export function offsetQuantile(offsets: TransferOffsets, share: number): number | null {
  const steps = Object.entries(offsets)
    .map(([step, count]) => ({ offsetMs: Number(step), count }))
    .sort((one, other) => one.offsetMs - other.offsetMs);
  const rank = Math.max(1, Math.ceil(share * countOffsets(offsets)));
  let seen = 0;
  for (const { offsetMs, count } of steps) {
    seen += count;
    if (seen >= rank) return offsetMs;
  }
  return null;
}
