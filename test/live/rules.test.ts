import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { bodies, MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

const server = inject('livekit');
const agentName = `participant-monitor-${randomUUID()}`;
const rooms: MonitoredRoom[] = [];
let folder: string;
let worker: WorkerProcess;

const config = `export default {
  rules: [
    {
      name: 'hush',
      when: { fact: 'track.published', where: { 'participant.identity': 'loud*' } },
      then: { mute: 'microphone' },
    },
    {
      name: 'out',
      when: { fact: 'participant.active', where: { 'participant.identity': 'unwanted*' } },
      then: { remove: true },
    },
    {
      name: 'throws',
      when: { fact: 'data.received', where: { topic: 'call' } },
      then: { call: () => { throw new Error('the desk is closed'); } },
    },
    {
      name: 'strays',
      when: { fact: 'data.received', where: { topic: 'stray' } },
      then: { call: () => void setTimeout(() => { throw new Error('lost'); }, 10) },
    },
    {
      name: 'record',
      when: { fact: 'data.received', where: { topic: 'record' } },
      then: [
        { record: 'start', filepath: '{room_name}.mp4' },
        { data: { topic: 'noted', payload: { by: '{participant.identity}' } } },
      ],
    },
  ],
};`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'greenroom-rules-'));
  const GREENROOM_CONFIG = join(folder, 'rules.mjs');
  await writeFile(GREENROOM_CONFIG, config);
  worker = await startWorkerProcess(server, { LIVEKIT_AGENT_NAME: agentName, GREENROOM_CONFIG });
});
afterAll(async () => {
  await Promise.all(rooms.map((room) => room.close()));
  // Rejects where a log does not replay, that of a job whose rules acted among them.
  await worker.stop();
  await rm(folder, { recursive: true });
});

async function roomWithAlice() {
  const room = new MonitoredRoom(server, worker, agentName);
  rooms.push(room);
  await room.dispatch();
  const alice = await room.enter('alice');
  await room.until({ state: 'connected' });
  return { room, alice };
}

const opened = (room: MonitoredRoom, alert: string) =>
  worker.logs.find(
    (line) =>
      line.msg === 'alert opened' &&
      line['alert'] === alert &&
      JSON.stringify(line['pii']).includes(room.name),
  );

const text = (given: string) => new TextEncoder().encode(given);

describe.concurrent('rules on a real server', () => {
  it('[LIVE-90] mute a published track, and remove whoever is unwanted', async () => {
    const { room } = await roomWithAlice();
    await room.enter('loud-bob');
    await room.enter('unwanted-carol');
    await vi.waitFor(async () => {
      const inside = await room.rooms.listParticipants(room.name);
      const known = inside.filter(({ identity }) => !identity.startsWith('agent-'));
      expect(
        known.map(({ identity, tracks }) => [identity, tracks.some(({ muted }) => muted)]).sort(),
      ).toEqual([
        ['alice', false],
        ['loud-bob', true],
      ]);
    }, withinDeadline);
    await room.until({ state: 'connected' });
  });

  it('[LIVE-91] make an alert of a function that throws; this room and others go on', async () => {
    const [{ room, alice }, other] = await Promise.all([roomWithAlice(), roomWithAlice()]);
    await alice.sendData('call', text('x'));
    await vi.waitFor(() => {
      expect(opened(room, 'rule:throws')).toMatchObject({ severity: 'warning' });
    }, withinDeadline);
    await alice.sendData('stray', text('x'));
    await vi.waitFor(() => {
      const lost = worker.logs.find(({ msg }) => msg.includes('of a rule left behind broke'));
      expect(lost).toMatchObject({ rule: 'strays' });
    }, withinDeadline);
    await room.until({ state: 'connected', endReason: null });
    await other.room.until({ state: 'connected', endReason: null });
  });

  it('[LIVE-92] say that no Egress service answers, and do the rest of the rule', async () => {
    const { room, alice } = await roomWithAlice();
    await alice.sendData('record', text('x'));
    await vi.waitFor(() => {
      expect(bodies(alice.messages, 'noted')).toEqual([{ by: 'alice' }]);
      expect(JSON.stringify(opened(room, 'rule:record'))).toContain('E_NO_EGRESS');
    }, withinDeadline);
  });
});
