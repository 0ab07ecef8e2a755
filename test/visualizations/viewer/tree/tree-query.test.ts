import { describe, expect, it } from 'vitest';
import { parseTreeQuery } from '../../../../visualizations/viewer/src/tree/tree-query.ts';
import { buildActor, buildSystem } from '../../../support/live-stream.ts';

const session = {
  actor: buildActor({
    id: 2,
    path: 'job/agent/participant:alice',
    name: 'participant:alice',
    value: { connected: { video: 'frozen' } },
    restarts: 1,
  }),
  system: buildSystem({ room: 'Green Room', identity: 'alice', alertsOpen: 1 }),
  machine: 'participant-session',
};

describe('a search', () => {
  it.each([
    '',
    'ALICE',
    'agent/part',
    'room:green',
    'room:"green room"',
    'identity:ali state:frozen alert:open',
    'kind:machine status:restarted machine:session',
    '"participant:alice"',
    'state:',
  ])('[VWR-5] finds an actor of which all words are true: %s', (text) => {
    const query = parseTreeQuery(text);
    expect(query.problem).toBeNull();
    expect(query.fits(session)).toBe(true);
  });

  it.each([
    'bob',
    'alice bob',
    'room:blue',
    'state:speaking',
    'alert:none',
    'kind:port kind:machine',
    'kind:job',
  ])('[VWR-5] does not find one of which a word is wrong: %s', (text) => {
    const query = parseTreeQuery(text);
    expect(query.problem).toBeNull();
    expect(query.fits(session)).toBe(false);
  });

  it('[VWR-5] finds jobs and workers by their roots', () => {
    const job = { ...session, actor: buildActor({ id: 1, path: 'job' }) };
    expect(parseTreeQuery('kind:job').fits(job)).toBe(true);
    expect(parseTreeQuery('kind:worker').fits(job)).toBe(false);
  });

  it.each([
    ['colour:red alice', 'There is no filter colour: use room, identity, state,'],
    ['constructor:x', 'There is no filter constructor: use room,'],
    ['alert:perhaps alice', 'alert cannot be perhaps: use open, none.'],
  ])('[VWR-5] says what is wrong with a word, and goes on with the others: %s', (text, problem) => {
    const query = parseTreeQuery(text);
    expect(query.problem).toContain(problem);
    expect(query.fits(session)).toBe(true);
  });
});
