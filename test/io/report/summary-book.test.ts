import { expect, it } from 'vitest';
import { SummaryBook } from '../../../src/io/report/summary-book.ts';
import type { JobOffer } from '../../../src/machines/worker/events.ts';
import { roomFigures, roomSummary } from '../../support/room-figures.ts';

const offer: JobOffer = {
  jobId: 'AJ_1',
  dispatchId: 'AD_1',
  agent: 'room-analytics',
  jobType: 'room',
  room: { name: 'support', sid: 'RM_1' },
  participant: null,
  metadata: { ok: true, value: {}, key: 'AJ_1', target: null },
};

const at = 0;

it('[RPT-13] takes the summary of a room, and not its figures before', () => {
  const book = new SummaryBook();
  book.observe(offer, { type: 'job.figuresReported', at, figures: roomFigures({ joins: 9 }) });
  book.observe(offer, { type: 'job.summaryMade', at, summary: roomSummary({ joins: 10 }) });
  book.observe(offer, { type: 'job.ended', at, reason: 'room_closed' });
  expect(book.rooms).toMatchObject([{ joins: 10, endReason: 'room_closed' }]);
  expect(book.totals).toMatchObject({ rooms: 1, participants: 10 });
});

it('[RPT-14] takes the last figures of a job that never summed up, and says that it was cut off', () => {
  const book = new SummaryBook();
  book.observe(offer, { type: 'job.figuresReported', at, figures: roomFigures({ joins: 2 }) });
  book.observe(offer, { type: 'job.figuresReported', at, figures: roomFigures({ joins: 3 }) });
  const error = { code: 'E_JOB_BROKEN', message: '', retryable: false };
  book.observe(offer, { type: 'job.failed', at, error });
  expect(book.rooms).toMatchObject([{ joins: 3, endReason: null }]);
  // Who they were stands in the summary alone.
  expect(book.totals).toMatchObject({ participants: 3, identitiesAreExact: false });
});

it('[RPT-14] does not say that nobody was there, where a job was cut off before its first status', () => {
  const book = new SummaryBook();
  const figures = roomFigures({ joins: 0, identities: 0, durationMs: 0 });
  book.add({ agent: 'room-analytics', room: 'support', summary: null, figures });
  expect(book.rooms).toMatchObject([{ identities: 0, identitiesAreExact: false }]);
  expect(book.totals).toMatchObject({ identitiesAreExact: false, peakRooms: 1 });
});

it('[RPT-15] keeps the figures of any other agent as they are', () => {
  const book = new SummaryBook();
  const mine = { ...offer, agent: 'greeter' };
  book.observe(mine, { type: 'job.summaryMade', at, summary: { greeted: 3 } });
  expect(book.others).toEqual([
    { agent: 'greeter', room: 'support', summary: { greeted: 3 }, figures: null },
  ]);
  expect(book.totals).toBeNull();
});

it('[RPT-16] keeps the last of each kind, counts the others, and sums up all', () => {
  const book = new SummaryBook(2);
  for (const room of ['a', 'b', 'c']) {
    book.observe(offer, { type: 'job.summaryMade', at, summary: roomSummary({ room }) });
  }
  expect(book.rooms.map(({ room }) => room)).toEqual(['b', 'c']);
  expect(book.unlisted).toBe(1);
  expect(book.totals).toMatchObject({ rooms: 3 });
});
