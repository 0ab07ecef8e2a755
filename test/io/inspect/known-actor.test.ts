import { expect, it } from 'vitest';
import type { Entry } from '../../../src/io/inspect/protocol.ts';
import {
  withChange,
  type ActorChanged,
  type KnownActor,
} from '../../../src/io/inspect/known-actor.ts';

const entry = (seq: number, more: Partial<Entry> = {}): Entry => ({
  seq,
  at: seq,
  kind: 'received',
  from: null,
  event: { type: 'lamp.pressed' },
  count: 1,
  taken: [],
  value: null,
  ...more,
});

const detail: KnownActor = {
  id: 7,
  at: 10,
  value: 'off',
  status: 'active',
  context: { presses: 3 },
  output: null,
  timers: [],
  counts: { 'off: lamp.pressed -> on': 1, 'on: lamp.pressed -> off': 1 },
  states: [{ at: 1, value: 'off' }],
  entries: [entry(1), entry(2), entry(3)],
  isTooBig: false,
  lost: new Map(),
};

const change = (more: Partial<ActorChanged>): ActorChanged => ({
  type: 'actorChanged',
  id: 7,
  at: 20,
  value: 'on',
  status: 'active',
  context: { presses: 4 },
  output: null,
  timers: [],
  counts: {},
  entries: [],
  entriesLost: 0,
  isTooBig: false,
  ...more,
});

it('[VWM-1] an entry that is told again stands where it happened last', () => {
  const repeated = entry(2, { count: 5, at: 19 });
  const { entries } = withChange(detail, change({ entries: [repeated, entry(4)] }));
  expect(entries.map(({ seq, count }) => [seq, count])).toEqual([
    [1, 1],
    [3, 1],
    [2, 5],
    [4, 1],
  ]);
});

it('[VWM-2] counts that did not grow stay, and a state is added for each entry that changed it', () => {
  const { counts, states, value } = withChange(
    detail,
    change({
      counts: { 'off: lamp.pressed -> on': 2 },
      entries: [entry(4), entry(5, { at: 18, value: 'on' })],
    }),
  );
  expect(counts).toEqual({ 'off: lamp.pressed -> on': 2, 'on: lamp.pressed -> off': 1 });
  expect(states).toEqual([
    { at: 1, value: 'off' },
    { at: 18, value: 'on' },
  ]);
  expect(value).toBe('on');
});

it('[VWM-3] of entries the last thousand are kept', () => {
  const many = Array.from({ length: 1_200 }, (_, index) => entry(index + 4));
  const { entries } = withChange(detail, change({ entries: many }));
  expect(entries).toHaveLength(1_000);
  expect(entries.at(-1)?.seq).toBe(1_203);
});

it('[VWM-4] what is no longer known is told in front of the first that came behind it', () => {
  const repeated = entry(3, { count: 2 });
  const once = withChange(detail, change({ entries: [repeated, entry(60)], entriesLost: 56 }));
  const twice = withChange(once, change({ entries: [entry(61)] }));
  expect([...twice.lost]).toEqual([[60, 56]]);
});
