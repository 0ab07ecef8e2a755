import { readdirSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, expect, inject, it, onTestFinished } from 'vitest';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { loadAgents } from '../../src/io/cli/agent-modules.ts';
import { disposeRtc, rtcRuntime } from '../../src/io/livekit/load-rtc.ts';
import { startLiveWorker, type LiveWorker } from '../support/live-worker.ts';
import { bodies, MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';
import { startOwnServer } from '../support/own-server.ts';

const server = inject('livekit');

afterAll(disposeRtc);

const held = () => ({ rtc: rtcRuntime().heldCount(), fds: readdirSync('/dev/fd').length });

/** Asks for so many monitors of alice in one room, and ends them all. */
async function runJobs(room: MonitoredRoom, worker: LiveWorker, count: number) {
  const dispatches = await room.dispatchMany(count);
  const statesOf = async () =>
    (await worker.sessions())
      .filter(({ dispatchId }) => dispatches.includes(dispatchId))
      .map(({ state, endReason }) => endReason ?? state);
  const all = (state: string) => Array.from({ length: count }, () => state);
  await expect.poll(statesOf, withinDeadline).toEqual(all('connected'));
  await Promise.all(
    dispatches.map((id) => room.dispatches.deleteDispatch(id, room.name).catch(() => {})),
  );
  await expect.poll(statesOf, withinDeadline).toEqual(all('dispatch_deleted'));
}

it('[LIVE-32] leaves nothing behind of thirty jobs, and no secret in any log', async () => {
  const agentName = `participant-monitor-${randomUUID()}`;
  const worker = await startLiveWorker(server, [participantMonitor], {
    LIVEKIT_AGENT_NAME: agentName,
    HTTP_TOKEN: 'token-that-nobody-may-see',
  });
  onTestFinished(() => worker.remove());
  const room = new MonitoredRoom(server, worker, agentName);
  onTestFinished(() => room.close());
  await room.enter('alice');
  // The first job opens what the process keeps for its life.
  await runJobs(room, worker, 1);
  await expect.poll(() => held().rtc, withinDeadline).toBe(0);
  const { fds } = held();
  for (let wave = 0; wave < 3; wave += 1) await runJobs(room, worker, 10);
  await expect.poll(() => held().rtc, withinDeadline).toBe(0);
  await expect.poll(() => held().fds, withinDeadline).toBeLessThanOrEqual(fds);
  await worker.close();

  const files = (await readdir(worker.directory, { recursive: true }))
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => join(worker.directory, file));
  expect(files).toHaveLength(32);
  const secrets = [server.apiSecret, 'token-that-nobody-may-see', 'eyJ'];
  for (const file of files) {
    expect(file).toMatch(/\/\d{4}-\d\d-\d\d\/(AJ_|worker-)[\w-]+\.1\.jsonl$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const log = await readFile(file, 'utf8');
    expect(log).toContain('"kind":"end"');
    for (const secret of secrets) expect(log).not.toContain(secret);
  }
  const log = worker.logLines.join('');
  for (const secret of secrets) expect(log).not.toContain(secret);
}, 120_000);

it('[LIVE-33] serves several agents in one room, one of them from a file of a user', async () => {
  const own = await startOwnServer();
  onTestFinished(() => own.stop());
  const agents = await loadAgents(
    ['participant-monitor', './examples/greeter.agent.js'],
    [participantMonitor],
  );
  const worker = await startLiveWorker(own, agents);
  onTestFinished(() => worker.remove());
  onTestFinished(() => worker.close());
  const room = new MonitoredRoom(own, worker, 'participant-monitor');
  onTestFinished(() => room.close());
  await room.dispatch();
  await room.dispatches.createDispatch(room.name, 'greeter', { metadata: '{"greeting":"Hi"}' });
  const alice = await room.enter('alice');
  await room.until({ state: 'connected' });
  await expect.poll(() => bodies(alice.messages, 'greeting'), withinDeadline).toHaveLength(1);
  expect(bodies(alice.messages, 'greeting')).toEqual([{ type: 'greeting', text: 'Hi, alice!' }]);
  await expect
    .poll(() => bodies(alice.messages, 'participant_monitoring'), withinDeadline)
    .toHaveLength(1);
  expect((await room.sessions()).map(({ agent, state }) => `${agent} ${state}`).sort()).toEqual([
    'greeter greeting',
    'participant-monitor connected',
  ]);
});

it('[LIVE-34] is dispatched to every room where LIVEKIT_AGENT_NAME is empty', async () => {
  const own = await startOwnServer();
  onTestFinished(() => own.stop());
  const agents = await loadAgents(['./examples/greeter.agent.js'], []);
  const worker = await startLiveWorker(own, agents, { LIVEKIT_AGENT_NAME: '' });
  onTestFinished(() => worker.remove());
  onTestFinished(() => worker.close());
  const room = new MonitoredRoom(own, worker, '');
  onTestFinished(() => room.close());
  const alice = await room.enter('alice');
  await expect
    .poll(() => bodies(alice.messages, 'greeting'), withinDeadline)
    .toEqual([{ type: 'greeting', text: 'Hello, alice!' }]);
  expect(await room.sessions()).toMatchObject([{ agent: 'greeter', state: 'greeting' }]);
});
