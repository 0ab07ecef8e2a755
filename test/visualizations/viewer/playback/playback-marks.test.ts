import { expect, it } from 'vitest';
import type { Mark, Recording } from '../../../../src/io/inspect/protocol.ts';
import {
  nextAlert,
  playbackMarks,
  playbackSpots,
  shareOf,
} from '../../../../visualizations/viewer/src/playback/playback-marks.ts';

const mark = (at: number, kind: Mark['kind']): Mark => ({
  ...{ system: 'AJ_1', path: 'job', at, kind, text: `${kind} ${at}` },
});

const recordingOf = (
  marks: readonly Mark[],
  divergence: Recording['divergence'] = null,
): Recording => ({
  ...{ file: 'a.1.jsonl', agent: 'monitor', firstAt: 1_000, lastAt: 2_000, steps: 10, divergence },
  ...{ ending: 'closed', isTimelineCut: false, alerts: [] },
  timeline: { room: 'r', rows: [], marks, levels: [] },
});

it('[REC-50] shows alerts, errors and the divergence, and neither messages nor what is resolved', () => {
  const marks = [mark(1_500, 'error'), mark(1_200, 'alert'), mark(1_300, 'message')];
  const sides = { recorded: null, replayed: null };
  const divergence = { step: 9, at: 1_900, reason: 'different', path: null, ...sides };
  const shown = playbackMarks(recordingOf([...marks, mark(1_400, 'resolved')], divergence));
  expect(shown.map(({ kind, at }) => [kind, at])).toEqual([
    ['alert', 1_200],
    ['error', 1_500],
    ['divergence', 1_900],
  ]);
});

it('[REC-50] makes one spot of marks that lie on each other, as grave as the gravest', () => {
  const near = Array.from({ length: 8 }, (_, index) => mark(1_200 + index, 'alert'));
  const spots = playbackSpots(
    recordingOf([...near, mark(1_204, 'error'), mark(1_800, 'alert')]),
    20,
  );
  expect(spots.map(({ kind, share }) => [kind, share])).toEqual([
    ['error', 0.2],
    ['alert', 0.8],
  ]);
  expect(spots[0]?.texts).toHaveLength(6);
  expect(spots[0]?.texts.at(-1)).toBe('and 4 more');
});

it('[REC-51] finds the alert behind and in front of a time', () => {
  const recording = recordingOf([mark(1_200, 'alert'), mark(1_500, 'error'), mark(1_800, 'alert')]);
  expect(nextAlert(recording, 1_200, 1)).toBe(1_800);
  expect(nextAlert(recording, 1_800, 1)).toBeNull();
  expect(nextAlert(recording, 1_800, -1)).toBe(1_200);
  expect(nextAlert(recording, 1_200, -1)).toBeNull();
});

it('[REC-51] places times outside of the recording at its ends', () => {
  const recording = recordingOf([]);
  expect([0, 1_500, 9_000].map((at) => shareOf(recording, at))).toEqual([0, 0.5, 1]);
  expect(shareOf({ ...recording, lastAt: 1_000 }, 1_000)).toBe(0);
});
