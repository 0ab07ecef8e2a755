import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { RosterClient } from '../../src/actors/ports.ts';
import { createRosterActor } from '../../src/actors/roster.actor.ts';
import type { RosterCommand, RosterEntry, RosterFact } from '../../src/machines/events.ts';
import { openPort } from '../support/open-port.ts';

const alice: RosterEntry = {
  identity: 'alice',
  sid: 'PA_a',
  kind: 'standard',
  joinedAt: 1,
  active: true,
  attributes: {},
};

const ask = (list: RosterClient['list']) =>
  openPort<{ roomName: string }, RosterFact, RosterCommand>(
    createRosterActor({ roster: { list }, clock: { now: () => 5 } }),
    { roomName: 'lobby' },
  );

it('[ROST-1] answers a request with the list of its room', async () => {
  const { tell, facts } = ask((room) => Promise.resolve(room === 'lobby' ? [alice] : []));
  expect(tell({ type: 'roster.request' })).toBe(0);
  await turn();
  expect(facts).toEqual([{ type: 'roster.listed', at: 5, participants: [alice] }]);
});

it.each([
  ['rejects', () => Promise.reject(new Error('503'))],
  [
    'throws',
    () => {
      throw new Error('503');
    },
  ],
])('[ROST-2] says so when the server %s, and can be asked again', async (_how, list) => {
  const { tell, facts } = ask(list);
  expect(tell({ type: 'roster.request' })).toBe(0);
  await turn();
  tell({ type: 'roster.request' });
  await turn();
  const error = { code: 'E_ROSTER', message: '503', retryable: true };
  expect(facts).toEqual([
    { type: 'roster.failed', at: 5, error },
    { type: 'roster.failed', at: 5, error },
  ]);
});

it('[ROST-3] asks the server once for requests that come meanwhile', async () => {
  let asked = 0;
  const { tell, facts } = ask(() => {
    asked += 1;
    return Promise.resolve([]);
  });
  tell({ type: 'roster.request' });
  tell({ type: 'roster.request' });
  await turn();
  expect(asked).toBe(1);
  expect(facts).toHaveLength(1);
});
