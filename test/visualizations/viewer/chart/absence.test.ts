import { expect, it } from 'vitest';
import type { Recording, TimelineRow } from '../../../../src/io/inspect/protocol.ts';
import { absenceOf } from '../../../../visualizations/viewer/src/chart/absence.ts';

const alice = { system: 'AJ_1', path: 'job/agent/participant:alice' };

const life = (begin: number, endedAt: number | null): TimelineRow => ({
  ...{ ...alice, id: 1, name: 'participant:alice', endedAt },
  changes: [{ at: begin, value: 'waiting' }],
});

const recordingOf = (rows: readonly TimelineRow[]): Recording => ({
  ...{ file: 'a.1.jsonl', agent: 'monitor', firstAt: 1_000, lastAt: 9_000, steps: 10 },
  ...{ divergence: null, ending: 'closed', isTimelineCut: false, alerts: [] },
  timeline: { room: 'r', rows, marks: [], levels: [] },
});

it('[CHP-17] says when an actor of a recording begins that is not there yet', () => {
  const recording = recordingOf([life(2_250, 3_000), life(5_000, null)]);
  expect(absenceOf(alice, recording, 1_000)).toBe('it begins at +1.250 s');
  expect(absenceOf(alice, recording, 3_500)).toBe('it begins at +4.000 s');
});

it('[CHP-17] says when it has ended, and no more than is known', () => {
  const recording = recordingOf([life(2_250, 3_000)]);
  expect(absenceOf(alice, recording, 3_500)).toBe('it ended at +2.000 s');
  expect(absenceOf({ ...alice, path: 'job/room' }, recording, 3_500)).toContain('not begun yet');
  expect(absenceOf(alice, null, 3_500)).toBe('it has ended and is forgotten, or never was');
});
