import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { bodies, MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

const server = inject('livekit');
const agentName = `participant-monitor-${randomUUID()}`;
let worker: WorkerProcess;
let rooms: MonitoredRoom[] = [];

beforeAll(async () => {
  worker = await startWorkerProcess(server, {
    LIVEKIT_AGENT_NAME: agentName,
    INACTIVITY_TIMEOUT: '6s',
  });
});
afterEach(async () => {
  await Promise.all(rooms.map((room) => room.close()));
  rooms = [];
});
afterAll(() => worker.stop());

function newRoom(): MonitoredRoom {
  const room = new MonitoredRoom(server, worker, agentName);
  rooms.push(room);
  return room;
}

async function roomWithAlice(metadata: object = {}) {
  const room = newRoom();
  await room.dispatch(metadata);
  const alice = await room.enter('alice');
  await room.until({ state: 'connected' });
  return { room, alice };
}

const endReasonLogged = (jobId: string | undefined): unknown =>
  worker.logs.find(({ msg, ['job']: job }) => msg === 'job ended' && job === jobId)?.['reason'];

describe('one session for each dispatch and target', () => {
  it('[LIVE-1] is opened by whoever comes first, and awaits its target', async () => {
    const room = newRoom();
    await room.dispatch();
    await room.enter('bob');
    await room.until({ state: 'awaitingParticipant', identity: 'alice', presence: null });
    const alice = await room.enter('alice');
    await room.until({ state: 'connected', presence: 'present', sid: alice.sid });
    await room.enter('carol');
    const offers = () =>
      worker.logs.length > 0 ? room.dispatches.listDispatch(room.name) : undefined;
    await expect
      .poll(
        async () => (await offers())?.[0]?.state?.jobs.map(({ state }) => state?.status),
        withinDeadline,
      )
      // Running for bob's offer; success is what the server makes of `terminate`.
      .toEqual(expect.arrayContaining([1, 2, 2]));
    expect(await room.sessions()).toHaveLength(1);
  });
});

describe('speech and pictures', () => {
  it('[LIVE-2] says to everyone else when the participant speaks, and ends with the truth', async () => {
    const { room, alice } = await roomWithAlice();
    const bob = await room.enter('bob');
    await alice.speak(1_000);
    await room.until({ speech: 'speaking', turns: 1 });
    await room.until({ speech: 'silent' });
    await expect
      .poll(() => bodies(bob.messages, 'speaking_detection'), withinDeadline)
      .toMatchObject([{ speaking: true }, { speaking: false }]);
    const session = await room.session();
    expect(session?.speakingMs).toBeGreaterThan(600);
    expect(session?.speakingMs).toBeLessThan(1_400);
  });

  it('[LIVE-3] ends speech at once with a mute', async () => {
    const { room, alice } = await roomWithAlice();
    await alice.speak();
    await room.until({ speech: 'speaking' });
    await alice.mute('microphone');
    await room.until({ speech: 'silent', tracks: [{ state: 'muted', muted: true }] });
    await alice.unmute('microphone');
    await room.until({ speech: 'speaking', turns: 2 });
  });

  it('[LIVE-4] counts frames, and sees the camera freeze and thaw', async () => {
    const { room, alice } = await roomWithAlice();
    await alice.publish('camera');
    await room.until({ video: 'flowing' });
    await expect
      .poll(async () => (await room.session())?.frameRateHz, withinDeadline)
      .toBeGreaterThan(5);
    await alice.stopFilming();
    await room.until({ video: 'frozen', freezes: 1, alerts: [{ key: 'video_frozen' }] });
    await alice.startFilming();
    await room.until({ video: 'flowing', freezes: 1, alerts: [] });
    await alice.mute('camera');
    await room.until({ video: 'off', freezes: 1 });
  });

  it('[LIVE-5] takes the word of the server for speech, without media, as basic', async () => {
    const { room, alice } = await roomWithAlice({ monitoring_type: 'basic' });
    await room.until({ quality: 'excellent', monitoringType: 'basic' });
    await alice.speak();
    await room.until({ speech: 'speaking', audioLevel: 0 });
    await alice.hush();
    await room.until({ speech: 'silent', turns: 1 });
  });

  it('[LIVE-6] suspects a participant that sends nothing while the server says connected', async () => {
    const { room, alice } = await roomWithAlice();
    // Armed by the first packet.
    await alice.speak(300);
    await room.until({ turns: 1, speech: 'silent' });
    alice.freeze();
    await room.until({ presence: 'suspect', alerts: [{ key: 'suspect' }] });
    alice.thaw();
    await room.until({ presence: 'present', alerts: [] });
  });
});

describe('leaving and coming back', () => {
  it('[LIVE-7] follows a rejoin with a new SID in the same session, and welcomes it anew', async () => {
    const { room, alice } = await roomWithAlice();
    await alice.speak(500);
    await room.until({ turns: 1, speech: 'silent' });
    await alice.leave();
    await room.until({ state: 'connected', presence: 'absent' });
    await room.until({ state: 'disconnected', presence: null, tracks: [] });
    const again = await room.enter('alice');
    await room.until({ state: 'connected', sid: again.sid, reconnects: 1, turns: 1 });
    await expect
      .poll(() => bodies(again.messages, 'participant_monitoring'), withinDeadline)
      .toMatchObject([{ action: 'welcome' }]);
    expect(await room.sessions()).toHaveLength(1);
  });

  it('[LIVE-8] ends with the participant where the job says so', async () => {
    const { room, alice } = await roomWithAlice({ end_on_disconnect: true });
    await alice.leave();
    await room.until({ state: 'ended', endReason: 'participant_left' });
    const jobId = (await room.session())?.jobId;
    await expect.poll(() => endReasonLogged(jobId), withinDeadline).toBe('participant_left');
  });

  it('[LIVE-9] ends when the participant does not come, and when it does not come back', async () => {
    const awaited = newRoom();
    await awaited.dispatch();
    await awaited.enter('bob');
    await awaited.until({ state: 'awaitingParticipant' });
    const { room, alice } = await roomWithAlice();
    await room.enter('bob');
    await alice.leave();
    await awaited.until({ state: 'ended', endReason: 'participant_never_connected' });
    await room.until({ state: 'ended', endReason: 'participant_left' });
  });
});

describe('bad input', () => {
  it.each([
    ['no JSON', '{"participant_identity":', ''],
    ['no identity', '{}', 'participant_identity'],
    [
      'a wrong type',
      '{"participant_identity":"alice","end_on_disconnect":"yes"}',
      'end_on_disconnect',
    ],
    ['an unknown key', '{"participant_identity":"alice","speed":1}', 'speed'],
  ])('[LIVE-11] refuses metadata with %s, and says where', async (_what, metadata, path) => {
    const room = newRoom();
    await room.dispatchText(metadata);
    await room.enter('bob');
    const refusals = () =>
      worker.logs.filter(
        ({ msg, ['dispatch']: dispatch }) =>
          msg === 'job metadata is wrong' && dispatch === room.dispatchId,
      );
    await expect.poll(refusals, withinDeadline).toHaveLength(1);
    expect(refusals()[0]).toMatchObject({ answer: 'terminate', problems: [{ path }] });
    expect(await room.sessions()).toEqual([]);
  });

  it('[LIVE-12] survives data messages of any bytes and size', async () => {
    const { room, alice } = await roomWithAlice();
    const bob = await room.enter('bob');
    await bob.sendData('participant_monitoring', new Uint8Array([0xff, 0xfe, 0x00]));
    await bob.sendData('', new Uint8Array(0));
    await bob.sendData('x', new Uint8Array(60_000).fill(0x7b));
    await bob.sendData('speaking_detection', new TextEncoder().encode('{"speaking":'));
    await alice.speak(500);
    await room.until({ state: 'connected', turns: 1 });
  });
});
