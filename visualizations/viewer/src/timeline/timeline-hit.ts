import type { ActorAddress, Entry, Mark } from '../../../../src/io/inspect/protocol.ts';
import { duration, exactTime } from './time-format.ts';
import { xOf, type TimeView } from './time-view.ts';
import type { TimelineLine } from './timeline-lines.ts';
import type { Segment } from './timeline-model.ts';

/** What stands at a place of a timeline. */
export type Hit = {
  readonly at: number;
  /** Null where there is no actor. */
  readonly address: ActorAddress | null;
  readonly segment: Segment | null;
  readonly mark: Mark | null;
  /** The lane's actor and region. */
  readonly place: string;
};

const MARK_PX = 7;

export function hitAt(line: TimelineLine, view: TimeView, widthPx: number, at: number): Hit {
  const row = line.kind === 'lane' || line.kind === 'marks' ? line.row : null;
  const address = row && { system: row.system, path: row.path };
  const marks = line.kind === 'marks' || line.kind === 'system' ? line.marks : [];
  const mark = nearestMark(marks, view, widthPx, at);
  const segment = line.kind === 'lane' ? segmentAt(line.lane.segments, at) : null;
  const region = line.kind === 'lane' ? line.lane.name : '';
  const place = row ? [row.name, region].filter((part) => part !== '').join(' ') : line.label;
  return { at: mark?.at ?? at, address: mark ? addressOf(mark) : address, segment, mark, place };
}

/** What is said of it, a line each. `entries` are the chosen actor's, if it is that one. */
export function hitText(
  { at, segment, mark, place }: Hit,
  entries: readonly Entry[],
): readonly string[] {
  if (mark) return [`${MARK_WORDS[mark.kind]}: ${mark.text}`, exactTime(mark.at), place];
  if (!segment) return [place, exactTime(at)];
  const { states, from, to } = segment;
  const cause = entries.find((entry) => entry.at === from && entry.value !== null);
  return [
    states.join(' › '),
    to === null
      ? `since ${exactTime(from)}`
      : `${exactTime(from)} to ${exactTime(to)}, ${duration(to - from)}`,
    ...(cause ? [`by ${cause.event.type}`] : []),
    `${place}, at ${exactTime(at)}`,
  ];
}

/** Oldest first, so the place of one is found by halving. */
export function segmentAt(segments: readonly Segment[], at: number): Segment | null {
  const segment = segments[firstEndingAfter(segments, at)];
  return segment && segment.from <= at ? segment : null;
}

/** Index of the first segment that is not over at a time. */
export function firstEndingAfter(segments: readonly Segment[], at: number): number {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.to ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const MARK_WORDS: Readonly<Record<Mark['kind'], string>> = {
  alert: 'alert',
  resolved: 'resolved',
  message: 'message',
  error: 'error',
};

function nearestMark(
  marks: readonly Mark[],
  view: TimeView,
  widthPx: number,
  at: number,
): Mark | null {
  const distance = (mark: Mark): number =>
    Math.abs(xOf(view, widthPx, mark.at) - xOf(view, widthPx, at));
  let nearest: Mark | null = null;
  for (const mark of marks) {
    const isNear = distance(mark) <= MARK_PX;
    if (isNear && (nearest === null || distance(mark) < distance(nearest))) nearest = mark;
  }
  return nearest;
}

const addressOf = ({ system, path }: Mark): ActorAddress => ({ system, path });
