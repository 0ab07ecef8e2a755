import { describe, expect, test } from 'vitest';
import {
  hitAt,
  hitText,
  segmentAt,
} from '../../../../visualizations/viewer/src/timeline/timeline-hit.ts';
import { tableRows } from '../../../../visualizations/viewer/src/timeline/table-rows.ts';
import { timelineLines } from '../../../../visualizations/viewer/src/timeline/timeline-lines.ts';
import { TimelineModel } from '../../../../visualizations/viewer/src/timeline/timeline-model.ts';
import { exactTime } from '../../../../visualizations/viewer/src/timeline/time-format.ts';
import { agentDetail, ROOM_AT, standup } from '../../../support/viewed-room.ts';

function standupLines() {
  const model = new TimelineModel();
  for (const row of standup.rows) model.begin(row);
  return timelineLines({
    rows: model.rows,
    marks: standup.marks,
    systems: new Map(),
    measured: [],
  });
}

const view = { from: ROOM_AT, to: ROOM_AT + 10_000 };
const WIDTH_PX = 1_000;

function hitOf(kind: 'lane' | 'marks', atMs: number) {
  const line = standupLines().find((one) => one.kind === kind);
  if (!line) throw new Error(`there is no line of ${kind}`);
  return hitAt(line, view, WIDTH_PX, ROOM_AT + atMs);
}

describe('what stands at a place of a timeline', () => {
  test('[TLN-15] a bar says its state, its times and the event that brought it', () => {
    const hit = hitOf('lane', 1_250);
    expect(hit.address).toEqual({ system: 'AJ_1', path: 'job/agent' });
    expect(hitText(hit, agentDetail.entries)).toEqual([
      'speaking',
      `${exactTime(ROOM_AT + 1_000)} to ${exactTime(ROOM_AT + 2_000)}, 1.0 s`,
      'by speech.began',
      `agent, at ${exactTime(ROOM_AT + 1_250)}`,
    ]);
  });

  test('[TLN-15] a state that lasts has no end, and before the first there is none', () => {
    expect(hitText(hitOf('lane', 9_000), [])[1]).toBe(`since ${exactTime(ROOM_AT + 2_000)}`);
    expect(hitOf('lane', -1).segment).toBeNull();
  });

  test('[TLN-15] a mark is met some pixels beside it, and its own time counts', () => {
    const hit = hitOf('marks', 1_530);
    expect(hit.at).toBe(ROOM_AT + 1_500);
    expect(hitText(hit, [])[0]).toBe('alert: quality of alice is poor');
    expect(hitOf('marks', 1_700).mark).toBeNull();
  });

  test('[TLN-15] of bars that meet, the later one has the moment', () => {
    const segments = [
      { lane: '', states: ['on'], from: 0, to: 10 },
      { lane: '', states: ['off'], from: 10, to: null },
    ];
    expect(segmentAt(segments, 9)?.states).toEqual(['on']);
    expect(segmentAt(segments, 10)?.states).toEqual(['off']);
    expect(segmentAt([], 10)).toBeNull();
  });

  test('[TLN-16] the table has the same states and marks, the newest first, and of many says how many it leaves out', () => {
    const { rows, left } = tableRows(standupLines(), view);
    expect(rows.map(({ states, mark }) => mark?.text ?? states.join('.'))).toEqual([
      ...['silent', 'quality of alice is poor', 'speaking', 'silent'],
    ]);
    expect(left).toBe(0);
    const late = tableRows(standupLines(), { from: ROOM_AT + 2_500, to: ROOM_AT + 3_000 });
    expect(late.rows.map(({ states }) => states)).toEqual([['silent']]);
    const model = new TimelineModel();
    const row = { system: 'AJ_1', path: 'job', name: 'job' };
    for (let at = 0; at < 400; at += 1) model.enter(row, at, at % 2 === 0 ? 'on' : 'off');
    const many = timelineLines({ rows: model.rows, marks: [], systems: new Map(), measured: [] });
    expect(tableRows(many, { from: 0, to: 500 })).toMatchObject({ left: 100 });
  });
});
