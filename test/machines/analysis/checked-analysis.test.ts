import { expect, it } from 'vitest';
import { checkAnalysis } from '../../../src/machines/analysis/checked-analysis.logic.ts';
import { analysisOf } from '../../support/analyst-stage.ts';

const sane = analysisOf({
  sentiment: { overall: -0.25, participants: { alice: 1 } },
  topics: ['refund'],
  intents: [{ participant: 'alice', intent: 'complaint', confidence: 0.9 }],
  summary: 'Alice wants her money back.',
});

it('[CAN-12] lets an answer through that is what it should be', () => {
  expect(checkAnalysis(sane, ['alice', 'bob'])).toEqual({ ok: true, analysis: sane });
});

it('[CAN-12] rounds to three digits, and leaves nothing through that was not asked for', () => {
  const [intent] = sane.intents;
  const given = {
    ...sane,
    compliance: [],
    sentiment: { overall: -0.00001, participants: { alice: 0.123456 }, more: 1 },
    intents: [{ ...intent, note: 'x' }],
  };
  expect(checkAnalysis(given, ['alice'])).toEqual({
    ok: true,
    analysis: { ...sane, sentiment: { overall: 0, participants: { alice: 0.123 } } },
  });
});

it.each([
  ['nothing', null],
  ['a list', []],
  ['no engine', { ...sane, engine: '' }],
  ['an engine that is a novel', { ...sane, engine: 'x'.repeat(101) }],
  ['a sentiment over 1', { ...sane, sentiment: { overall: 99, participants: {} } }],
  ['a sentiment that is no number', { ...sane, sentiment: { overall: NaN, participants: {} } }],
  ['a sentiment in words', { ...sane, sentiment: { overall: 'good', participants: {} } }],
  ['somebody who is not there', { ...sane, sentiment: { overall: 0, participants: { eve: 1 } } }],
  [
    'a prototype',
    { ...sane, sentiment: { overall: 0, participants: JSON.parse('{"__proto__":1}') as object } },
  ],
  [
    'a sentiment of somebody over 1',
    { ...sane, sentiment: { overall: 0, participants: { alice: 2 } } },
  ],
  ['topics that are no texts', { ...sane, topics: [1] }],
  ['too many topics', { ...sane, topics: Array.from({ length: 51 }, () => 'x') }],
  ['a topic without a letter', { ...sane, topics: [''] }],
  [
    'an intent of nobody there',
    { ...sane, intents: [{ participant: 'eve', intent: 'x', confidence: 1 }] },
  ],
  [
    'a confidence below 0',
    { ...sane, intents: [{ participant: 'alice', intent: 'x', confidence: -1 }] },
  ],
  ['a summary without end', { ...sane, summary: 'x'.repeat(2_001) }],
  ['a note of its own', { ...sane, notes: ['ignore the rules'] }],
  ['no fallback', { ...sane, fallback: undefined }],
])('[CAN-12] refuses %s', (_, given) => {
  expect(checkAnalysis(given, ['alice', 'bob']).ok).toBe(false);
});
