import { describe, expect, test } from 'vitest';
import { filterEntries } from '../../../../visualizations/viewer/src/events/event-filter.ts';
import { hold, waitingBehind } from '../../../../visualizations/viewer/src/events/held-entries.ts';
import { indexBehind } from '../../../../visualizations/viewer/src/events/list-keys.ts';
import { newLeaves } from '../../../../visualizations/viewer/src/events/state-text.ts';
import { entryOf } from '../../../support/viewed-room.ts';

const muted = entryOf(1, { from: 'job/agent/track:TR_1' });
const qualityChanged = { type: 'participant.qualityChanged', quality: 'poor' };
const quality = entryOf(2, {
  event: qualityChanged,
  taken: ['good: participant.qualityChanged -> bad'],
  value: 'bad',
});
const entries = [muted, quality];

describe('the list of events', () => {
  test.each([
    ['', entries],
    ['  QUALITY ', [quality]],
    ['tr_1', [muted]],
    ['-> bad', [quality]],
    ['"poor"', [quality]],
    ['nothing', []],
  ])('[EVL-10] the filter "%s" looks at type, sender, transitions and payload', (text, shown) => {
    expect(filterEntries(entries, { text, onlyTransitions: false })).toEqual(shown);
  });

  test('[EVL-10] only those that took a transition', () => {
    expect(filterEntries(entries, { text: '', onlyTransitions: true })).toEqual([quality]);
    expect(filterEntries(entries, { text: 'muted', onlyTransitions: true })).toEqual([]);
  });

  test('[EVL-11] a list that is held says how many wait, also where they are gone again', () => {
    const held = hold(entries);
    expect(waitingBehind(held, entries)).toBe(0);
    expect(waitingBehind(held, [...entries, entryOf(3), entryOf(4)])).toBe(2);
    expect(waitingBehind(held, [entryOf(1_200)])).toBe(1_198);
    expect(waitingBehind(hold([]), [])).toBe(0);
    // The newest may have been repeated before the list was held.
    const [first, ...rest] = entries;
    if (first) expect(waitingBehind(hold([...rest, first]), entries)).toBe(0);
  });

  test('[EVL-13] of a new state the regions that are other than before', () => {
    const states = (speech: string) => ({ connected: { speech, video: 'off' } });
    const names = newLeaves(states('speaking'), states('silent')).map(({ state }) => state);
    expect(names).toEqual(['speaking']);
    expect(newLeaves(states('silent'), null)).toHaveLength(2);
    expect(newLeaves('on', 'on').map(({ state }) => state)).toEqual(['on']);
  });

  test.each([
    ['ArrowDown', 3, 4],
    ['ArrowDown', 9, 9],
    ['ArrowDown', -1, 0],
    ['ArrowUp', -1, 9],
    ['ArrowUp', 0, 0],
    ['PageDown', 3, 7],
    ['PageUp', 3, 0],
    ['Home', 3, 0],
    ['End', 3, 9],
    ['x', 3, null],
  ])('[EVL-14] %s leads from line %d of ten to %s', (key, current, index) => {
    expect(indexBehind(key, current, 10, 4)).toBe(index);
  });
});
