import { expect, it } from 'vitest';
import { GreenroomError } from '../../../../src/io/errors.ts';
import type { SystemRow } from '../../../../src/io/inspect/protocol.ts';
import {
  joinInspectFilters,
  readInspectFilter,
  splitInspectFilters,
} from '../../../../src/io/inspect/stately/inspect-filter.ts';

const job: SystemRow = {
  id: 'AJ_1',
  kind: 'job',
  agent: 'participant-monitor',
  room: 'demo=1',
  identity: 'alice',
  startedAt: 0,
  endedAt: null,
  alertsOpen: 0,
};
const worker: SystemRow = {
  ...job,
  id: 'AW_1',
  kind: 'worker',
  agent: null,
  room: null,
  identity: null,
};

it.each([
  { filter: [], shows: [true, true] },
  { filter: ['room=demo=1'], shows: [true, false] },
  { filter: ['room=demo'], shows: [false, false] },
  { filter: ['identity=alice', 'agent=participant-monitor', 'job=AJ_1'], shows: [true, false] },
  { filter: ['identity=alice', 'job=AJ_2'], shows: [false, false] },
  { filter: ['job=AW_1'], shows: [false, false] },
])('[STY-18] the filter $filter shows a job and a worker: $shows', ({ filter, shows }) => {
  const isShown = readInspectFilter(filter);
  expect([isShown(job), isShown(worker)]).toEqual(shows);
});

it.each([
  { filter: ['alice'], says: 'it has no =' },
  { filter: ['roon=demo'], says: 'there is no "roon"; room may be meant' },
  { filter: ['=demo'], says: 'there is no ""' },
  { filter: ['toString=demo'], says: 'there is no "toString"' },
  { filter: ['room='], says: 'nothing stands behind room=' },
  { filter: ['room=a', 'room=b'], says: 'room stands there twice' },
])('[STY-19] the filter $filter is refused: $says', ({ filter, says }) => {
  const wrong = filter.at(-1) ?? '';
  const read = () => readInspectFilter(filter);
  expect(read).toThrow(GreenroomError);
  expect(read).toThrow(`--inspect-filter ${JSON.stringify(wrong)}: ${says}`);
  expect(read).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
});

it.each([
  { filters: ['room=a,b', 'identity=c'], text: String.raw`room=a\,b,identity=c` },
  { filters: [String.raw`room=\,`, 'agent=\\'], text: String.raw`room=\\\,,agent=\\` },
  { filters: ['room=a', ''], text: 'room=a,' },
])('[STY-35] $filters stand in one setting as $text', ({ filters, text }) => {
  expect(joinInspectFilters(filters)).toBe(text);
  expect(splitInspectFilters(text)).toEqual(filters);
});

it('[STY-35] a backslash before anything else is one', () => {
  expect(splitInspectFilters(String.raw`room=a\b`)).toEqual([String.raw`room=a\b`]);
  expect(splitInspectFilters('room=a\\')).toEqual(['room=a\\']);
  expect(splitInspectFilters(undefined)).toEqual([]);
});
