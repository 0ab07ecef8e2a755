import { expect, it } from 'vitest';
import { renderSummaries } from '../../../src/io/cli/summaries-view.ts';
import { SummaryBook } from '../../../src/io/report/summary-book.ts';
import { roomSummary } from '../../support/room-figures.ts';

const analysis = {
  kind: 'conversation_analysis',
  items: { items: 9, missing: 2 },
  sentiment: { overall: 0.25, participants: { alice: -0.5, 'bob\u001b[2J': null } },
  topics: [{ name: 'refund', count: 3 }],
  intents: [],
  engines: [{ name: 'lexicon', count: 2 }],
  compliance: {
    findings: [
      { rule: 'no-promises', finding: 'said', participant: 'bob', quote: 'I promise' },
      { rule: 'greeting', finding: 'not_said', participant: '', quote: '' },
    ],
    counts: [],
  },
};

it('[RPT-30] tells what an analyst found, a line for each kind of finding, and lets no name break it', () => {
  const book = new SummaryBook();
  book.add({ agent: 'conversation-analyst', room: 'support', summary: analysis, figures: null });
  expect(renderSummaries(book).split('\n')).toEqual([
    'analysis in support: 9 items, 2 missing, by lexicon 2',
    '  sentiment +0.25 (alice -0.50, bob?[2J unknown)',
    '  topics refund 3',
    '  no-promises: bob said "I promise"',
    '  greeting: what must be said was not',
    '',
  ]);
});

it('[RPT-31] adds up rooms in a line, one of them as one', () => {
  const book = new SummaryBook();
  book.add({ agent: 'room-analytics', room: 'support', summary: roomSummary(), figures: null });
  expect(renderSummaries(book)).toContain(
    'In all: 1 room (1 at once), 1 different people in 1 join ',
  );
});

it('[RPT-32] says that no session has ended where there is nothing', () => {
  expect(renderSummaries(new SummaryBook())).toBe('No session has ended.\n');
});
