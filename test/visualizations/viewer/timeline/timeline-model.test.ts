import { describe, expect, test } from 'vitest';
import type { ActorRow } from '../../../../src/io/inspect/protocol.ts';
import { TimelineModel } from '../../../../visualizations/viewer/src/timeline/timeline-model.ts';

const alice = { system: 'AJ_1', path: 'job/agent/alice', name: 'alice' };

const actorRow = (of: Partial<ActorRow>): ActorRow => ({
  ...alice,
  id: 7,
  parent: null,
  kind: 'machine',
  machine: 0,
  status: 'active',
  value: 'silent',
  startedAt: 1_000,
  endedAt: null,
  restarts: 0,
  error: null,
  ...of,
});

/** `lane: state from-to` of each segment. */
const drawn = (model: TimelineModel): readonly string[] =>
  model.rows.flatMap(({ lanes }) =>
    lanes.flatMap(({ name, segments }) =>
      segments.map(
        ({ states, from, to }) =>
          `${name === '' ? '' : `${name}: `}${states.join('.')} ${from}-${to ?? ''}`,
      ),
    ),
  );

describe('the model of a timeline', () => {
  test('[TLN-3] a row begins with its past, and only what changed in a lane makes a bar there', () => {
    const model = new TimelineModel();
    model.begin({
      ...alice,
      endedAt: 60,
      changes: [
        { at: 10, value: 'waiting' },
        { at: 20, value: { connected: { presence: 'present', speech: 'silent' } } },
        { at: 30, value: { connected: { presence: 'present', speech: 'speaking' } } },
        { at: 50, value: 'ended' },
      ],
    });
    expect(drawn(model)).toEqual([
      'waiting 10-20',
      'connected 20-50',
      'ended 50-60',
      'connected.presence: present 20-50',
      'connected.speech: silent 20-30',
      'connected.speech: speaking 30-50',
    ]);
    expect(model.extent).toEqual({ from: 10, to: 60 });
  });

  test('[TLN-3] an actor of the tree begins at its start and goes on with each change', () => {
    const model = new TimelineModel();
    model.follow(actorRow({}), 1_500);
    model.follow(actorRow({ value: 'silent' }), 1_600);
    model.follow(actorRow({ value: 'speaking' }), 1_700);
    expect(drawn(model)).toEqual(['silent 1000-1700', 'speaking 1700-']);
    model.follow(actorRow({ value: 'speaking', status: 'stopped', endedAt: 1_900 }), 2_000);
    expect(drawn(model)).toEqual(['silent 1000-1700', 'speaking 1700-1900']);
  });

  test('[TLN-3] an actor that was started again goes on in the same row', () => {
    const model = new TimelineModel();
    model.follow(actorRow({}), 1_500);
    model.follow(actorRow({ endedAt: 1_600 }), 1_600);
    model.follow(actorRow({ id: 8, value: 'silent', startedAt: 1_800 }), 1_900);
    expect(model.rows).toHaveLength(1);
    expect(drawn(model)).toEqual(['silent 1000-1600', 'silent 1800-']);
  });

  test('[TLN-3] an actor without states has no row, nor has one that ended unseen', () => {
    const model = new TimelineModel();
    model.follow(actorRow({ kind: 'port', value: null }), 1_500);
    model.follow(actorRow({ endedAt: 1_400, status: 'done' }), 1_500);
    expect(model.rows).toEqual([]);
    expect(model.extent).toBeNull();
  });

  test('[TLN-4] keeps a limited number of segments: the oldest that are over go, and it is told', () => {
    const model = new TimelineModel(100);
    model.enter({ ...alice, path: 'job' }, 0, 'running');
    for (let at = 1; at <= 1_000; at += 1) model.enter(alice, at, at % 2 === 0 ? 'on' : 'off');
    const [job, row] = model.rows;
    expect(job?.lanes[0]?.segments).toEqual([{ lane: '', states: ['running'], from: 0, to: null }]);
    const segments = row?.lanes[0]?.segments ?? [];
    expect(segments.length).toBeGreaterThan(80);
    expect(segments.length).toBeLessThan(100);
    expect(segments.at(-1)).toEqual({ lane: '', states: ['on'], from: 1_000, to: null });
    expect(row?.forgottenBefore).toBe(segments[0]?.from);
    expect(job?.forgottenBefore).toBeNull();
  });

  test('[TLN-4] a row goes with the last of its segments', () => {
    const model = new TimelineModel(100);
    model.begin({ ...alice, path: 'gone', endedAt: 1, changes: [{ at: 0, value: 'on' }] });
    for (let at = 2; at <= 300; at += 1) model.enter(alice, at, at % 2 === 0 ? 'on' : 'off');
    expect(model.rows.map(({ path }) => path)).toEqual([alice.path]);
  });
});
