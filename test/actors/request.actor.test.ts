import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { request, type RequestCommand, type RequestFact } from '../../src/actors/request.actor.ts';
import { openPort } from '../support/open-port.ts';

const open = (run: Parameters<typeof request<string, string>>[0]) =>
  openPort<Record<string, never>, RequestFact<string>, RequestCommand<string>>(request(run), {});

const start = (requestId: string, input: string) =>
  ({ type: 'request.start', requestId, input }) as const;

it('[REQ-1] answers each request with its id, after the call', async () => {
  const { tell, facts } = open((input) => Promise.resolve(input.toUpperCase()));
  expect(tell(start('1', 'a'))).toBe(0);
  await turn();
  expect(facts).toEqual([{ type: 'request.succeeded', requestId: '1', result: 'A' }]);
});

it('[REQ-2] turns a rejection and an exception into facts', async () => {
  const { tell, facts } = open((input) => {
    if (input === 'throw') throw new Error('thrown');
    return Promise.reject(new Error('rejected'));
  });
  expect(tell(start('1', 'throw'))).toBe(0);
  tell(start('2', 'reject'));
  await turn();
  const failed = (requestId: string, message: string) => ({
    type: 'request.failed',
    requestId,
    error: { code: 'E_REQUEST', message, retryable: true },
  });
  expect(facts).toEqual([failed('1', 'thrown'), failed('2', 'rejected')]);
});

it('[REQ-3] aborts what runs when it is stopped, and says nothing of it', async () => {
  let signal: AbortSignal | undefined;
  let finish: (result: string) => void = () => undefined;
  const { tell, facts, close } = open((_input, options) => {
    signal = options.signal;
    return new Promise((resolve) => (finish = resolve));
  });
  tell(start('1', 'a'));
  await turn();
  close();
  finish('too late');
  await turn();
  expect(signal?.aborted).toBe(true);
  expect(facts).toEqual([]);
});

it('[REQ-4] refuses a request while 100 run, and takes the next one when one is done', async () => {
  const finishers: ((result: string) => void)[] = [];
  const { tell, facts } = open(() => new Promise((resolve) => finishers.push(resolve)));
  for (let index = 0; index <= 100; index += 1) tell(start(String(index), 'a'));
  await turn();
  expect(facts).toMatchObject([{ type: 'request.failed', requestId: '100' }]);
  finishers[0]?.('done');
  await turn();
  tell(start('next', 'a'));
  await turn();
  expect(finishers).toHaveLength(101);
});
