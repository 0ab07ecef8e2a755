import { EventEmitter } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { Shutdown, type ShutdownRequest } from '../../src/io/shutdown.ts';

function listen() {
  const source = new EventEmitter();
  const fatal: unknown[] = [];
  const requests: ShutdownRequest[] = [];
  const shutdown = new Shutdown(source);
  shutdown.onFatal((error) => fatal.push(error));
  onTestFinished(() => shutdown.close());
  const unsubscribe = shutdown.subscribe((request) => requests.push(request));
  return { source, fatal, requests, shutdown, unsubscribe };
}

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])(
  '[CLI-1] drains at the first %s, with exit code %i, and ends at once at the next',
  (signal, exitCode) => {
    const { source, requests } = listen();
    source.emit(signal);
    source.emit('SIGINT');
    expect(requests).toEqual([
      { urgency: 'drain', exitCode },
      { urgency: 'now', exitCode },
    ]);
  },
);

it.each(['uncaughtException', 'unhandledRejection'])(
  '[CLI-2] tells of every %s, and drains once with exit code 1',
  (event) => {
    const { source, fatal, requests } = listen();
    const errors = [new Error('first'), new Error('second')];
    for (const error of errors) source.emit(event, error);
    expect(fatal).toEqual(errors);
    expect(requests).toEqual([{ urgency: 'drain', exitCode: 1 }]);
  },
);

it('[CLI-3] tells a late listener what was requested before', () => {
  const { source, shutdown, unsubscribe } = listen();
  unsubscribe();
  source.emit('SIGTERM');
  const late: ShutdownRequest[] = [];
  shutdown.subscribe((request) => late.push(request));
  expect(late).toEqual([{ urgency: 'drain', exitCode: 143 }]);
});

it('[CLI-1] ends with its terminal only where it was told to, and lets go of that, too', () => {
  const { source } = listen();
  expect(source.listenerCount('SIGHUP')).toBe(0);
  const requests: ShutdownRequest[] = [];
  const onTerminal = new Shutdown(source, { isOnTerminal: true });
  onTerminal.subscribe((request) => requests.push(request));
  source.emit('SIGHUP');
  expect(requests).toEqual([{ urgency: 'drain', exitCode: 129 }]);
  onTerminal.close();
  expect(source.listenerCount('SIGHUP')).toBe(0);
});

it('[CLI-4] lets go of the process when closed', () => {
  const { source, requests, shutdown } = listen();
  shutdown.close();
  source.emit('SIGTERM');
  expect(requests).toEqual([]);
  expect(source.eventNames()).toEqual([]);
});
