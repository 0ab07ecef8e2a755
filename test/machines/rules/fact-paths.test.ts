import { expect, it } from 'vitest';
import {
  factPaths,
  factValueAt,
  isRuleFactType,
  ruleFactTypes,
  type FactValue,
  type RuleFact,
  type RuleFactType,
} from '../../../src/machines/rules/fact-paths.ts';
import { happeningOf } from '../../../src/machines/rules/happening.logic.ts';
import { valueAt } from '../../../src/machines/rules/match.logic.ts';
import { nobody, notePeople } from '../../../src/machines/rules/people.logic.ts';
import { job } from '../../support/monitor-facts.ts';
import { alice, microphone, participant, T0 } from '../../support/session-facts.ts';
import { factsOfPeople, roomConnected } from '../../support/told-facts.ts';

const at = T0;
const attributes = { seat: '1' };
const facts: readonly RuleFact[] = [
  roomConnected(at),
  { type: 'room.reconnecting', at },
  { type: 'room.reconnected', at },
  { type: 'recording.started', at, recordingId: 'EG_1' },
  { type: 'recording.stopped', at, recordingId: 'EG_1' },
  ...factsOfPeople(at).map((fact) =>
    fact.type === 'participant.connected'
      ? { ...fact, participant: participant(alice, { attributes }) }
      : fact.type === 'text.received'
        ? { ...fact, attributes }
        : fact,
  ),
];
const known: RuleFact = {
  type: 'participant.connected',
  at,
  participant: participant(alice, { tracks: [microphone] }),
};
const before = notePeople(nobody, known);

const isOf = (value: unknown, kind: FactValue): boolean => {
  if (typeof kind !== 'string') return kind.some((word) => word === value);
  if (kind === 'count') return Number.isInteger(value);
  return typeof value === (kind === 'boolean' ? 'boolean' : 'string');
};

const bringsOf = (type: RuleFactType) => {
  const fact = facts.find((each) => each.type === type);
  const after = fact && notePeople(before, fact);
  return fact && after && happeningOf({ before, after }, fact, job);
};

it.each(ruleFactTypes)('[RUL-29] %s brings at each of its paths what the table says', (type) => {
  expect.assert(isRuleFactType(type));
  const { values } = bringsOf(type) ?? { values: {} };
  for (const path of factPaths(type)) {
    const kind = factValueAt(type, path.replace('*', 'seat'));
    const value = valueAt(values, path.replace('*', 'seat'));
    expect(kind !== null && isOf(value, kind), `${path}: ${JSON.stringify(value)}`).toBe(true);
  }
});
