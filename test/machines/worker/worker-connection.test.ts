import {
  createActor,
  createMachine,
  initialTransition,
  transition,
  type EventObject,
} from 'xstate';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { JobOffer, SocketCommand, SocketFact } from '../../../src/machines/worker/events.ts';
import { defaultWorkerConfig } from '../../../src/machines/worker/worker-config.ts';
import { workerConnectionMachine } from '../../../src/machines/worker/worker-connection.machine.ts';
import type {
  ConnectionEvent,
  ConnectionInput,
} from '../../../src/machines/worker/worker-connection.setup.ts';
import { PortSlot } from '../../support/port-slot.ts';

const config = defaultWorkerConfig.connection;
const input: ConnectionInput = { agent: 'monitor', jobType: 'participant', config };

const opened: SocketFact = { type: 'socket.opened', at: 0 };
const registered: SocketFact = {
  type: 'socket.registered',
  at: 0,
  workerId: 'AW_1',
  serverVersion: '1.13.5',
  serverEdition: 'standard',
};
const closed: SocketFact = {
  type: 'socket.closed',
  at: 0,
  jitter: 0.5,
  httpStatus: null,
  message: 'gone',
};
const refused: SocketFact = { ...closed, httpStatus: 401 };
const full: ConnectionEvent = { type: 'status.report', load: 0.69, jobCount: 50, full: true };
const roomy: ConnectionEvent = { type: 'status.report', load: 0.3, jobCount: 20, full: false };
const drain: ConnectionEvent = { type: 'connection.drain' };

describe('the states', () => {
  const machine = workerConnectionMachine.provide({
    actors: { socket: new PortSlot<{ agent: string }, SocketCommand, SocketFact>().logic },
  });
  const stateAfter = (events: readonly ConnectionEvent[]) => {
    const [initial] = initialTransition(machine, input);
    return events.reduce((snapshot, event) => transition(machine, snapshot, event)[0], initial)
      .value;
  };
  const registering = [opened];
  const available = [opened, registered];

  it.each([
    ['[WRK-1] connects first', [], 'connecting'],
    ['[WRK-1] registers once the socket is open', registering, 'registering'],
    ['[WRK-1] is available once registered', available, { registered: 'available' }],
    ['[WRK-2] is full where the worker says so', [...available, full], { registered: 'full' }],
    ['[WRK-2] is available again', [...available, full, roomy], { registered: 'available' }],
    [
      '[WRK-2] registers as full where the worker said so before',
      [full, ...available],
      { registered: 'full' },
    ],
    ['[WRK-3] backs off when it cannot connect', [closed], 'backoff'],
    ['[WRK-3] backs off when the registration is refused', [opened, closed], 'backoff'],
    ['[WRK-3] backs off when the connection is lost', [...available, closed], 'backoff'],
    ['[WRK-3] does not count one loss twice', [closed, closed], 'backoff'],
    ['[WRK-4] fails where the key is wrong from the beginning', [refused], 'failed'],
    ['[WRK-4] stays failed', [refused, closed, drain, full], 'failed'],
    [
      '[WRK-5] backs off where the key is refused after it was good',
      [...available, closed, refused],
      'backoff',
    ],
    ['[WRK-6] drains', [...available, drain], { registered: 'draining' }],
    [
      '[WRK-6] stays draining whatever room there is',
      [...available, drain, roomy, drain],
      {
        registered: 'draining',
      },
    ],
    ['[WRK-6] stops when it is lost while draining', [...available, drain, closed], 'stopped'],
    [
      '[WRK-6] stops at once where it is to drain and is not registered',
      [opened, drain],
      'stopped',
    ],
    ['[WRK-6] stops at once where it is to drain in backoff', [closed, drain], 'stopped'],
    ['[WRK-6] stays stopped', [closed, drain, closed, drain, opened], 'stopped'],
    [
      '[WRK-7] ignores a second registration',
      [...available, registered],
      { registered: 'available' },
    ],
  ] as const)('%s', (_title, events, expected) => {
    expect(stateAfter(events)).toEqual(expected);
  });

  it('[WRK-8] goes on from a snapshot that went through JSON', () => {
    const [initial] = initialTransition(machine, input);
    const [there] = transition(machine, initial, opened);
    const written: unknown = JSON.parse(JSON.stringify(there.context));
    expect(written).toEqual(there.context);
  });
});

describe('the running actor', () => {
  function start() {
    const clock = new VirtualClock();
    const socket = new PortSlot<{ agent: string }, SocketCommand, SocketFact>();
    const told: EventObject[] = [];
    const parent = createMachine({
      invoke: {
        id: 'connection',
        src: workerConnectionMachine.provide({ actors: { socket: socket.logic } }),
        input,
      },
      on: { '*': { actions: ({ event }) => told.push(event) } },
    });
    const root = createActor(parent, { clock }).start();
    onTestFinished(() => {
      root.stop();
      expect(clock.pendingCount).toBe(0);
    });
    return {
      clock,
      socket,
      told,
      send: (event: ConnectionEvent) => root.getSnapshot().children['connection']?.send(event),
      commands: (type: SocketCommand['type']) => socket.commands.filter((it) => it.type === type),
      toldOf: (type: string) => told.filter((it) => it.type === type),
    };
  }
  const startRegistered = () => {
    const started = start();
    started.socket.say(opened);
    started.socket.say(registered);
    return started;
  };

  it('[WRK-1] opens, registers and says at once how full it is', () => {
    const { socket, toldOf } = startRegistered();
    expect(socket.commands).toEqual([
      { type: 'socket.open' },
      { type: 'socket.register' },
      { type: 'status.report', load: 0, jobCount: 0, full: false },
    ]);
    expect(toldOf('connection.stateChanged')).toMatchObject([
      { state: 'connecting', workerId: null },
      { state: 'registering', workerId: null },
      { state: 'available', workerId: 'AW_1', message: '' },
    ]);
  });

  it('[WRK-9] closes a socket that does not open in time', () => {
    const { clock, commands, socket, toldOf } = start();
    clock.advanceBy(config.registrationTimeoutMs - 1);
    expect(commands('socket.close')).toHaveLength(0);
    clock.advanceBy(1);
    expect(commands('socket.close')).toHaveLength(1);
    socket.say(closed);
    expect(toldOf('connection.stateChanged').at(-1)).toMatchObject({
      state: 'backoff',
      message: 'The server did not open the connection in time.',
    });
  });

  it('[WRK-9] closes a socket over which no registration comes back', () => {
    const { clock, commands, socket, toldOf } = start();
    socket.say(opened);
    clock.advanceBy(config.registrationTimeoutMs);
    expect(commands('socket.close')).toHaveLength(1);
    socket.say(closed);
    expect(toldOf('connection.stateChanged').at(-1)).toMatchObject({
      state: 'backoff',
      message: 'The server did not answer the registration in time.',
    });
  });

  it('[WRK-10] stays while every ping is answered', () => {
    const { clock, commands, socket } = startRegistered();
    for (let ping = 0; ping < 20; ping += 1) {
      clock.advanceBy(config.pingIntervalMs);
      socket.say({ type: 'socket.ponged', at: clock.now() });
    }
    expect(commands('socket.ping')).toHaveLength(20);
    expect(commands('socket.close')).toHaveLength(0);
  });

  it('[WRK-10] closes a connection that answers no ping for two intervals', () => {
    const { clock, commands, socket, toldOf } = startRegistered();
    clock.advanceBy(3 * config.pingIntervalMs - 1);
    expect(commands('socket.ping')).toHaveLength(2);
    expect(commands('socket.close')).toHaveLength(0);
    clock.advanceBy(1);
    expect(commands('socket.close')).toHaveLength(1);
    socket.say({ ...closed, message: 'closed by this worker' });
    expect(toldOf('connection.stateChanged').at(-1)).toMatchObject({
      state: 'backoff',
      message: 'The server stopped answering pings.',
    });
    expect(toldOf('connection.lost')).toHaveLength(1);
  });

  it('[WRK-3] waits longer each time, at most the maximum, and tries for ever', () => {
    const { clock, commands, socket } = start();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 12; attempt += 1) {
      socket.say({ ...closed, at: clock.now(), jitter: 1 });
      const lostAt = clock.now();
      clock.advanceTo(clock.next?.dueAt ?? Number.NaN);
      waits.push(clock.now() - lostAt);
      expect(commands('socket.open')).toHaveLength(attempt + 1);
    }
    expect(waits.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
    expect(waits.at(-1)).toBe(30_000);
  });

  it('[WRK-3] starts the waits anew only when a connection has answered a ping', () => {
    const { clock, socket } = start();
    const lose = () => {
      socket.say({ ...closed, at: clock.now(), jitter: 1 });
      const lostAt = clock.now();
      clock.advanceTo(clock.next?.dueAt ?? Number.NaN);
      socket.say(opened);
      socket.say(registered);
      return clock.now() - lostAt;
    };
    expect([lose(), lose(), lose()]).toEqual([500, 1_000, 2_000]);
    clock.advanceBy(config.pingIntervalMs);
    socket.say({ type: 'socket.ponged', at: clock.now() });
    expect(lose()).toBe(500);
  });

  it('[WRK-11] warns once a minute that there is no connection', () => {
    const { clock, socket, toldOf } = start();
    let losses = 0;
    while (clock.now() < 5 * 60_000) {
      socket.say({ ...closed, at: clock.now() });
      losses += 1;
      clock.advanceTo(clock.next?.dueAt ?? Number.NaN);
    }
    const warnings = toldOf('connection.unreachable');
    expect(losses).toBeGreaterThan(10);
    expect(warnings).toHaveLength(5);
    expect(warnings[0]).toMatchObject({ agent: 'monitor', attempts: 1, message: 'gone' });
  });

  it('[WRK-4] says that the key or the secret is wrong, and tries no more', () => {
    const { clock, socket, toldOf, commands } = start();
    socket.say(refused);
    clock.advanceBy(3_600_000);
    expect(commands('socket.open')).toHaveLength(1);
    expect(toldOf('connection.stateChanged').at(-1)).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/API key or the API secret is wrong/) as string,
    });
  });

  it('[WRK-12] says at once that a final status cannot be brought to the server', () => {
    const { send, socket, toldOf, commands } = startRegistered();
    socket.say(closed);
    send({ type: 'job.report', jobId: 'AJ_1', status: 'success', error: '' });
    const answer = { type: 'connection.jobReported', agent: 'monitor', jobId: 'AJ_1' };
    expect(toldOf('connection.jobReported')).toEqual([
      { ...answer, status: 'success', delivered: false },
    ]);
    expect(commands('job.report')).toHaveLength(0);
  });

  it('[WRK-12] keeps no status for later', () => {
    const { clock, send, socket, commands } = startRegistered();
    socket.say(closed);
    send({ type: 'job.report', jobId: 'AJ_1', status: 'success', error: '' });
    send({ type: 'offer.answer', jobId: 'AJ_2', answer: 'accept', attributes: {} });
    send(roomy);
    clock.advanceTo(clock.next?.dueAt ?? Number.NaN);
    socket.say(opened);
    socket.say(registered);
    expect(commands('job.report')).toHaveLength(0);
    expect(commands('offer.answer')).toHaveLength(0);
    expect(commands('status.report').at(-1)).toEqual(roomy);
  });

  it('[WRK-13] brings answers and reports to the server, and says so of a final status', () => {
    const { send, toldOf, commands } = startRegistered();
    send({ type: 'offer.answer', jobId: 'AJ_1', answer: 'accept', attributes: {} });
    send({ type: 'job.report', jobId: 'AJ_1', status: 'running', error: '' });
    expect(toldOf('connection.jobReported')).toHaveLength(0);
    send({ type: 'job.report', jobId: 'AJ_1', status: 'failed', error: 'broken' });
    send({ type: 'jobs.migrate', jobIds: ['AJ_2'] });
    expect(commands('offer.answer')).toHaveLength(1);
    expect(commands('job.report')).toHaveLength(2);
    expect(commands('jobs.migrate')).toHaveLength(1);
    expect(toldOf('connection.jobReported')).toMatchObject([{ delivered: true }]);
  });

  it('[WRK-13] tells the worker what the server says', () => {
    const { socket, told } = startRegistered();
    const offer: JobOffer = {
      jobId: 'AJ_1',
      dispatchId: 'AD_1',
      agent: 'monitor',
      jobType: 'participant',
      room: { name: 'class', sid: 'RM_1' },
      participant: null,
      metadata: { ok: true, value: {}, key: 'k', target: null },
    };
    const before = told.length;
    socket.say({ type: 'offer.received', at: 1, offer });
    socket.say({ type: 'assignment.received', at: 2, jobId: 'AJ_1' });
    socket.say({ type: 'termination.received', at: 3, jobId: 'AJ_1' });
    socket.say({ type: 'socket.messageRejected', at: 4, what: 'noise' });
    socket.say(registered);
    expect(told.slice(before)).toMatchObject([
      { type: 'connection.offered', agent: 'monitor', at: 1, offer },
      { type: 'connection.assigned', agent: 'monitor', at: 2, jobId: 'AJ_1' },
      { type: 'connection.terminated', agent: 'monitor', at: 3, jobId: 'AJ_1' },
      { type: 'connection.messageRejected', agent: 'monitor', what: 'noise' },
      { type: 'connection.messageRejected', what: 'a second answer to the registration' },
    ]);
  });
});

const anOffer: JobOffer = {
  ...{ jobId: 'AJ_1', dispatchId: 'AD_1', agent: 'monitor', jobType: 'participant' },
  room: { name: 'support', sid: 'RM_1' },
  participant: null,
  metadata: { ok: false, problems: [] },
};

describeMachine(workerConnectionMachine, {
  ruleId: 'MPT-20',
  input,
  events: [
    full,
    roomy,
    drain,
    { type: 'job.report', jobId: 'AJ_1', status: 'running', error: '' },
    { type: 'job.report', jobId: 'AJ_1', status: 'success', error: '' },
    { type: 'offer.answer', jobId: 'AJ_1', answer: 'accept', attributes: {} },
    { type: 'jobs.migrate', jobIds: ['AJ_1'] },
  ],
  childEvents: {
    socket: [
      opened,
      registered,
      closed,
      refused,
      { type: 'socket.ponged', at: 0 },
      { type: 'socket.messageRejected', at: 0, what: 'noise' },
      { type: 'offer.received', at: 0, offer: anOffer },
      { type: 'assignment.received', at: 0, jobId: 'AJ_1' },
      { type: 'termination.received', at: 0, jobId: 'AJ_1' },
    ],
  },
  keyOf: ({ context: { status, missedPongs, wasRegistered } }) => [
    status.full,
    Math.min(missedPongs, config.maxMissedPongs),
    wasRegistered,
  ],
  invariants: ({ context }) => expect(findNotJson(context)).toBeUndefined(),
});
