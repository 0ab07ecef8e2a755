import { expect, it } from 'vitest';
import { MAX_ROOMS, roomsCheck } from '../../../src/io/doctor/rooms.checks.ts';
import { ServerApiError, type ListedDispatch } from '../../../src/io/doctor/server-api.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { ScriptedServer, startedAt } from '../../support/scripted-doctor-world.ts';

const now = startedAt;
const anHourAgo = now - 3_600_000;
const alice = { identity: 'alice', isAgent: false };
const agent = { identity: 'agent-AJ_1', isAgent: true };

const dispatchOf = (changes: Partial<ListedDispatch> = {}): ListedDispatch => ({
  id: 'AD_1',
  agent: 'participant-monitor',
  metadata: '{"participant_identity":"alice"}',
  createdAt: anHourAgo,
  jobs: [],
  ...changes,
});

const running = (identity: string, at = anHourAgo) => ({
  isRunning: true,
  identity,
  startedAt: at,
});

function buildServer() {
  const server = new ScriptedServer();
  const add = (name: string, participants: (typeof alice)[], dispatches: ListedDispatch[]) => {
    server.rooms.push({ name, participants: participants.length });
    server.participants.set(name, participants);
    server.dispatches.set(name, dispatches);
  };
  const look = (namesRooms = true) =>
    roomsCheck({ api: server.api, clock: new VirtualClock(now), namesRooms }).run(
      new AbortController().signal,
    );
  return { server, add, look };
}

it('[DOC-50] finds nothing in a server whose rooms are empty', async () => {
  const { add, look } = buildServer();
  add('empty', [], [dispatchOf()]);
  expect(await look()).toMatchObject({ status: 'ok', found: 'no room has participants' });
});

it.each<[string, (typeof alice)[], ListedDispatch[]]>([
  ['whose agent is inside', [alice, agent], [dispatchOf({ jobs: [running(agent.identity)] })]],
  ['that nobody dispatched an agent to', [alice], [dispatchOf({ agent: '' })]],
  ['that was dispatched to just now', [alice], [dispatchOf({ createdAt: now - 3_000 })]],
  ['whose agent still joins', [alice], [dispatchOf({ jobs: [running('agent-2', now - 3_000)] })]],
  [
    'whose agent was asked for again',
    [alice, agent],
    [dispatchOf(), dispatchOf({ jobs: [running(agent.identity)] })],
  ],
  [
    'whose job has ended',
    [alice],
    [dispatchOf({ jobs: [{ isRunning: false, identity: 'agent-2', startedAt: anHourAgo }] })],
  ],
])('[DOC-51] is content with a room %s', async (_what, participants, dispatches) => {
  const { add, look } = buildServer();
  add('room', participants, dispatches);
  expect(await look()).toMatchObject({
    status: 'ok',
    found: '1 room has participants; none waits for an agent',
  });
});

it('[DOC-52] counts rooms that wait for an agent, by reason, and names them but nobody in them', async () => {
  const { add, look } = buildServer();
  add('secret-meeting-1', [alice], [dispatchOf()]);
  add('secret-meeting-2', [alice], [dispatchOf()]);
  add('secret-meeting-3', [alice], [dispatchOf({ jobs: [running('agent-gone')] })]);
  add('served', [alice, agent], [dispatchOf({ jobs: [running(agent.identity)] })]);
  add('agents-alone', [agent], [dispatchOf()]);
  const finding = await look();
  const unnamed = await look(false);
  expect(finding).toMatchObject({
    status: 'warning',
    found: '4 rooms have participants; in 3 of them an agent was asked for and is not there',
    details: [
      expect.stringMatching(
        /^2: no worker was registered .*: "secret-meeting-1", "secret-meeting-2"$/,
      ),
      expect.stringMatching(/^1: the server lists a job as running .*: "secret-meeting-3"$/),
    ],
    remedy: expect.stringContaining('greenroom dispatch') as unknown,
  });
  expect(JSON.stringify(finding)).not.toMatch(/alice|"served|agents-alone/);
  expect(unnamed.details).toHaveLength(2);
  expect(JSON.stringify(unnamed)).not.toMatch(/secret/);
});

it('[DOC-53] looks into so many rooms and no more, and says so', async () => {
  const { add, look } = buildServer();
  for (let room = 0; room < MAX_ROOMS + 5; room += 1) add(`room-${room}`, [alice], []);
  expect(await look()).toMatchObject({
    status: 'ok',
    found: '50 rooms have participants (of the first 50 of 55); none waits for an agent',
  });
});

it('[DOC-56] names five rooms of many that wait, whatever their names are', async () => {
  const { add, look } = buildServer();
  for (let n = 1; n <= 7; n += 1) add(`room\n${n}`, [alice], [dispatchOf()]);
  expect((await look()).details?.[0]).toMatch(/^7: .*: "room\\n1", .*"room\\n5", 2 more$/);
});

it('[DOC-57] still waits for an agent that was asked for with other metadata', async () => {
  const { add, look } = buildServer();
  const metadata = '{"participant_identity":"bob"}';
  const served = dispatchOf({ metadata, jobs: [running(agent.identity)] });
  add('room', [alice, agent], [served, dispatchOf()]);
  expect(await look()).toMatchObject({ status: 'warning' });
});

it('[DOC-54] takes a room that closes meanwhile for one without dispatches', async () => {
  const { server, add, look } = buildServer();
  add('closing', [alice], []);
  server.api.listDispatches = () => Promise.reject(new ServerApiError('no response', 503, null));
  expect(await look()).toMatchObject({ status: 'ok' });
});

it('[DOC-55] is skipped where the server lists nothing for this key', async () => {
  const { server, add, look } = buildServer();
  add('room', [alice], []);
  server.api.listDispatches = () =>
    Promise.reject(new ServerApiError('refused', 401, 'not_allowed'));
  expect(await look()).toMatchObject({ status: 'skipped', remedy: expect.any(String) as unknown });
});
