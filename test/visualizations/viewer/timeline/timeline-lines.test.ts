import { describe, expect, test } from 'vitest';
import type { Mark } from '../../../../src/io/inspect/protocol.ts';
import {
  heightOf,
  linesBetween,
  timelineLines,
} from '../../../../visualizations/viewer/src/timeline/timeline-lines.ts';
import { TimelineModel } from '../../../../visualizations/viewer/src/timeline/timeline-model.ts';
import { jobRow } from '../../../support/viewed-room.ts';

const mark = (path: string, at: number, text: string): Mark => ({
  ...{ system: 'AJ_1', path, at, text, kind: 'message' },
});

function roomLines() {
  const model = new TimelineModel();
  const regions = { connected: { speech: 'silent', video: 'off' } };
  for (const [system, path, value] of [
    ['AJ_1', 'job/agent/track:2', 'on'],
    ['AJ_1', 'job', 'running'],
    ['AJ_2', 'job', 'running'],
    ['AJ_1', 'job/agent', regions],
    ['AJ_1', 'job/agent/track:10', 'on'],
  ] as const) {
    model.enter({ system, path, name: path.slice(path.lastIndexOf('/') + 1) }, 0, value);
  }
  return timelineLines({
    rows: model.rows,
    marks: [
      mark('job/agent', 9, 'later'),
      mark('job/agent', 5, 'sooner'),
      mark('gone', 1, 'stray'),
    ],
    systems: new Map([['AJ_1', jobRow]]),
    measured: ['AJ_1'],
  });
}

describe('lines of a timeline', () => {
  test('[TLN-14] of each job its actors as in the tree, each with its regions and marks, and its levels', () => {
    expect(roomLines().map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'system alice · participant-monitor · AJ_1',
      'lane job',
      'lane agent',
      'lane speech',
      'lane video',
      'marks marks',
      'lane track:2',
      'lane track:10',
      'levels level, fps',
      'system AJ_2',
      'lane job',
    ]);
  });

  test('[TLN-34] a job for a whole room is called by its agent: its room is that of all the others', () => {
    const model = new TimelineModel();
    model.enter({ system: 'AJ_1', path: 'job', name: 'job' }, 0, 'steady');
    const systems = new Map([['AJ_1', { ...jobRow, identity: null, agent: 'room-analytics' }]]);
    const lines = timelineLines({ rows: model.rows, marks: [], systems, measured: [] });
    expect(lines[0]?.label).toBe('room-analytics · AJ_1');
  });

  test('[TLN-14] marks stand in order of time, and those of an actor without states with its job', () => {
    const texts = roomLines().map((line) =>
      line.kind === 'marks' || line.kind === 'system' ? line.marks.map(({ text }) => text) : [],
    );
    expect(texts.filter(({ length }) => length > 0)).toEqual([['stray'], ['sooner', 'later']]);
  });

  test('[TLN-14] lines stand one below the other, and only those that are seen are looked for', () => {
    const lines = roomLines();
    let y = 0;
    for (const line of lines) {
      expect(line.y).toBe(y);
      y += line.height;
    }
    expect(heightOf(lines)).toBe(y);
    expect(heightOf([])).toBe(0);
    const seen = linesBetween(lines, 30, 50).map(({ label }) => label);
    expect(seen).toEqual(['job', 'agent']);
  });
});
