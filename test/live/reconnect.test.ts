import { randomUUID } from 'node:crypto';
import type { Room } from '@livekit/rtc-node';
import { afterAll, beforeAll, expect, inject, it, onTestFinished, vi } from 'vitest';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { disposeRtc, rtcRuntime } from '../../src/io/livekit/load-rtc.ts';
import { startLiveWorker, type LiveWorker } from '../support/live-worker.ts';
import { openRoomClient } from '../support/livekit-room-harness.ts';
import { bodies, MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';

const server = inject('livekit');
const agentName = `participant-monitor-${randomUUID()}`;
const { Room: SdkRoom, SimulateScenarioKind } = rtcRuntime().sdk;
/** The agent's own rooms, in the order of their joins. */
const joins = vi.spyOn(SdkRoom.prototype, 'connect');
let worker: LiveWorker;

beforeAll(async () => {
  worker = await startLiveWorker(server, [participantMonitor], { LIVEKIT_AGENT_NAME: agentName });
});
afterAll(async () => {
  await worker.close();
  await worker.remove();
  await disposeRtc();
});

const ownRoom = (): Room => {
  const room = joins.mock.contexts.at(-1);
  if (!(room instanceof SdkRoom)) throw new Error('the agent has joined no room');
  return room;
};

async function monitorAlice() {
  const room = new MonitoredRoom(server, worker, agentName);
  onTestFinished(() => room.close());
  await room.dispatch({ end_on_disconnect: true });
  const alice = await room.enter('alice');
  const bob = await room.enter('bob');
  await alice.speak(500);
  await room.until({ state: 'connected', turns: 1, speech: 'silent' });
  const reconnected = vi.fn();
  ownRoom().on('reconnected', reconnected);
  const session = await room.session();
  const terminations = () =>
    worker.jobFacts.filter(({ type, jobId }) => type === 'job.ending' && jobId === session?.jobId);
  return { room, alice, bob, reconnected, session, terminations };
}

/** As well as before: facts come, media flows, messages go out, and the end is seen. */
async function expectToGoOn({ room, alice, bob }: Awaited<ReturnType<typeof monitorAlice>>) {
  await alice.speak(500);
  await room.until({ state: 'connected', presence: 'present', turns: 2, speech: 'silent' });
  await expect
    .poll(() => bodies(bob.messages, 'speaking_detection'), withinDeadline)
    .toHaveLength(4);
  expect(bodies(alice.messages, 'participant_monitoring')).toHaveLength(1);
  await room.until({ sid: alice.sid, reconnects: 0, tracks: [{ state: 'silent' }] });
}

it('[LIVE-30] goes on after its own connection was resumed', async () => {
  const stay = await monitorAlice();
  await ownRoom().simulateScenario(SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT);
  await expect.poll(() => stay.reconnected.mock.calls.length, withinDeadline).toBe(1);
  await expectToGoOn(stay);
  await stay.room.until({ tracked: true });
  await stay.alice.leave();
  await stay.room.until({ state: 'ended', endReason: 'participant_left' });
});

it('[LIVE-31] goes on untracked after its own full reconnect, for which the server ends the job', async () => {
  const stay = await monitorAlice();
  await ownRoom().simulateScenario(SimulateScenarioKind.SIMULATE_NODE_FAILURE);
  await expect.poll(() => stay.reconnected.mock.calls.length, withinDeadline).toBe(1);
  // The server takes our old connection for a duplicate that ended (livekit#4887).
  await stay.room.until({ tracked: false });
  await expectToGoOn(stay);
  expect(stay.terminations()).toEqual([]);
  await stay.alice.leave();
  await stay.room.until({ state: 'ended', endReason: 'participant_left' });
});

it('[LIVE-35] ends as connection_lost where the server shuts down', async () => {
  const stay = await monitorAlice();
  await ownRoom().simulateScenario(SimulateScenarioKind.SIMULATE_SERVER_LEAVE);
  await stay.room.until({ state: 'ended', endReason: 'connection_lost' });
  expect(stay.terminations()).toMatchObject([{ reason: 'connection_lost', status: 'failed' }]);
});

it('[LIVE-36] ends as duplicate_identity where somebody else comes under the same identity', async () => {
  const stay = await monitorAlice();
  const other = await openRoomClient(
    server,
    stay.room.name,
    `agent-${String(stay.session?.jobId)}`,
  );
  onTestFinished(() => other.close());
  other.join();
  await stay.room.until({ state: 'ended', endReason: 'duplicate_identity' });
  expect(stay.terminations()).toMatchObject([{ reason: 'duplicate_identity', status: 'failed' }]);
});
