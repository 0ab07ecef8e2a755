import type { Recording } from '../../../../src/io/inspect/protocol.ts';

/** A place on the scrubber worth going to. */
export type PlaybackMark = {
  readonly at: number;
  readonly kind: 'alert' | 'error' | 'divergence';
  readonly text: string;
};

/** Marks that stand so close that one hides the other. */
export type PlaybackSpot = {
  /** Of the whole length, 0 to 1. */
  readonly share: number;
  readonly at: number;
  /** The gravest of them. */
  readonly kind: PlaybackMark['kind'];
  readonly texts: readonly string[];
};

/** What a spot tells; more is a number. */
const MAX_TEXTS = 5;
const GRAVITY: Readonly<Record<PlaybackMark['kind'], number>> = {
  alert: 0,
  error: 1,
  divergence: 2,
};

/** In the order of their times. */
export function playbackMarks({ timeline, divergence }: Recording): readonly PlaybackMark[] {
  const marks = timeline.marks.flatMap(({ at, kind, text }): PlaybackMark[] =>
    kind === 'alert' || kind === 'error' ? [{ at, kind, text }] : [],
  );
  const end: PlaybackMark[] = divergence
    ? [{ at: divergence.at, kind: 'divergence', text: divergence.reason }]
    : [];
  return [...marks, ...end].toSorted((one, other) => one.at - other.at);
}

/** @param places so many are told apart over the whole length. */
export function playbackSpots(recording: Recording, places: number): readonly PlaybackSpot[] {
  const byPlace = new Map<number, PlaybackMark[]>();
  for (const mark of playbackMarks(recording)) {
    const place = Math.round(shareOf(recording, mark.at) * places);
    byPlace.set(place, [...(byPlace.get(place) ?? []), mark]);
  }
  return [...byPlace.values()].flatMap((marks) => {
    const [first] = marks;
    if (!first) return [];
    const gravest = marks.reduce((a, b) => (GRAVITY[b.kind] > GRAVITY[a.kind] ? b : a));
    const texts = marks.slice(0, MAX_TEXTS).map(({ text }) => text);
    const more = marks.length - texts.length;
    return {
      share: shareOf(recording, first.at),
      at: first.at,
      kind: gravest.kind,
      texts: more > 0 ? [...texts, `and ${more} more`] : texts,
    };
  });
}

/** The alert behind (1) or in front of (-1) a time, in epoch milliseconds; null where there is none. */
export function nextAlert(recording: Recording, at: number, direction: 1 | -1): number | null {
  const times = playbackMarks(recording).flatMap((mark) =>
    mark.kind === 'alert' ? [mark.at] : [],
  );
  const found =
    direction === 1 ? times.find((time) => time > at) : times.findLast((time) => time < at);
  return found ?? null;
}

/** 0 to 1. */
export function shareOf({ firstAt, lastAt }: Recording, at: number): number {
  if (lastAt <= firstAt) return 0;
  return Math.min(1, Math.max(0, (at - firstAt) / (lastAt - firstAt)));
}
