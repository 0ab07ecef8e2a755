import { expect, it } from 'vitest';
import { dispatchChecks } from '../../../src/io/doctor/dispatch.checks.ts';
import { ServerApiError } from '../../../src/io/doctor/server-api.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { closed, registered, ScriptedServer } from '../../support/scripted-doctor-world.ts';

type Answers = Parameters<ScriptedServer['openSocket']>[0];

function setUp(answers: Answers = {}) {
  const server = new ScriptedServer();
  const overtime = new AbortController();
  const [registration, dispatch] = dispatchChecks({
    clock: new VirtualClock(),
    newId: () => 'id',
    api: server.api,
    openWorkerSocket: () => server.openSocket(answers),
  });
  if (!registration || !dispatch) throw new Error('there are two checks');
  return {
    server,
    overtime,
    register: () => registration.run(overtime.signal),
    dispatch: () => dispatch.run(overtime.signal),
  };
}

it('[DOC-40] registers a worker, names the version of the server, and leaves', async () => {
  const { register, server } = setUp();
  expect(await register()).toMatchObject({
    status: 'ok',
    found: 'registered; the server is LiveKit 1.13.5, open source',
  });
  expect(server.sockets).toMatchObject([{ isClosed: true }]);
});

it('[DOC-41] warns of a server that is too old', async () => {
  expect(await setUp({ register: registered('1.9.1') }).register()).toMatchObject({
    status: 'warning',
  });
  expect(await setUp({ register: registered('1.9.2') }).register()).toMatchObject({ status: 'ok' });
});

it.each<[string, NonNullable<Answers>, string]>([
  ['refused', { open: closed(401, 'The server refused the connection: 401') }, '401 on /agent'],
  ['not passed on', { open: closed(404, 'refused: 404') }, 'no worker can register: refused: 404'],
  ['cut', { register: closed(null, 'closed (1006)') }, 'no worker can register: closed (1006)'],
])('[DOC-42] explains a worker that is %s', async (_what, answers, found) => {
  const { register, server } = setUp(answers);
  expect(await register()).toMatchObject({
    status: 'failed',
    found: expect.stringContaining(found) as unknown,
    remedy: expect.any(String) as unknown,
  });
  expect(server.sockets).toMatchObject([{ isClosed: true }]);
});

it('[DOC-43] follows a dispatch to the job, refuses that, and leaves no room behind', async () => {
  const { dispatch, server } = setUp();
  expect(await dispatch()).toMatchObject({ status: 'ok', found: 'a job came after 0ms' });
  const name = 'greenroom-doctor-id';
  expect(server.calls).toEqual([`create ${name}`, `dispatch ${name} to ${name}`, `delete ${name}`]);
  expect(server.sockets[0]?.performed.at(-1)).toEqual({
    type: 'offer.answer',
    jobId: 'AJ_1',
    answer: 'terminate',
    attributes: {},
  });
  expect(server.sockets).toMatchObject([{ isClosed: true }]);
});

it('[DOC-44] explains a dispatch that brings no job, and leaves no room behind', async () => {
  const { dispatch, server, overtime } = setUp();
  server.offersJobs = false;
  const finding = dispatch();
  await expect.poll(() => server.calls.length).toBe(2);
  overtime.abort();
  expect(await finding).toMatchObject({
    status: 'failed',
    found: 'the server took the dispatch, and no job came within 10 s',
    remedy: expect.stringContaining('agents.target_load') as unknown,
  });
  expect(server.calls.at(-1)).toBe('delete greenroom-doctor-id');
  expect(server.sockets).toMatchObject([{ isClosed: true }]);
});

it('[DOC-45] explains a dispatch during which the worker is cut off', async () => {
  const { dispatch, server } = setUp();
  server.offersJobs = false;
  const finding = dispatch();
  await expect.poll(() => server.calls.length).toBe(2);
  server.sockets[0]?.say(closed(null, 'closed (1006)'));
  expect(await finding).toMatchObject({
    status: 'failed',
    found: 'the connection of the worker was lost: closed (1006)',
  });
});

it('[DOC-46] passes on what the server says against a dispatch', async () => {
  const { dispatch, server } = setUp();
  server.api.createDispatch = () =>
    Promise.reject(new ServerApiError('no dispatches here', 501, null));
  expect(await dispatch()).toMatchObject({
    status: 'failed',
    found: 'the API answers 501: no dispatches here',
  });
  expect(server.calls.at(-1)).toBe('delete greenroom-doctor-id');
});
