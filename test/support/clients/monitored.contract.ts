import { randomUUID } from 'node:crypto';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SessionView } from '../../../src/io/http/sessions-view.ts';
import { startWorkerProcess, type WorkerProcess } from '../worker-process.ts';
import type { TestClient } from './test-client.ts';

const withinDeadline = { timeout: 15_000, interval: 100 };

type ContractOptions = {
  readonly start: () => TestClient | Promise<TestClient>;
  /** False where the SDK does not hand on the topic of a message. */
  readonly hasTopics: boolean;
};

/** What participant-monitor promises to and of participants, whatever SDK put them into the room. */
export function describeMonitored(sdk: string, { start, hasTopics }: ContractOptions): void {
  describe(`participant-monitor and a participant of ${sdk}`, () => {
    const server = inject('livekit');
    const agentName = `participant-monitor-${randomUUID()}`;
    const dispatches = new AgentDispatchClient(
      server.url.replace(/^ws/, 'http'),
      server.apiKey,
      server.apiSecret,
    );
    let worker: WorkerProcess;
    let clients: TestClient[] = [];

    beforeAll(async () => {
      worker = await startWorkerProcess(server, { LIVEKIT_AGENT_NAME: agentName });
    });
    afterEach(async () => {
      await Promise.all(clients.map((client) => client.close()));
      clients = [];
    });
    afterAll(() => worker.stop());

    async function joined(room: string, identity: string): Promise<TestClient> {
      const client = await start();
      clients.push(client);
      await client.join({ room, identity });
      return client;
    }

    /** Alice, who is monitored, and bob, who is not. */
    async function monitoredRoom(metadata: object = {}) {
      const room = `monitored-${randomUUID()}`;
      const { id: dispatchId } = await dispatches.createDispatch(room, agentName, {
        metadata: JSON.stringify({ participant_identity: 'alice', ...metadata }),
      });
      const bob = await joined(room, 'bob');
      const alice = await joined(room, 'alice');
      const session = async (): Promise<SessionView | undefined> =>
        (await worker.sessions()).find((one) => one.dispatchId === dispatchId);
      await expect.poll(session, withinDeadline).toMatchObject({ state: 'connected' });
      return { room, alice, bob, session };
    }

    const message = (topic: string, body: object) => ({
      topic: hasTopics ? topic : undefined,
      body: {
        version: 1,
        agent: 'participant-monitor',
        job_id: expect.stringMatching(/^AJ_/) as string,
        ...body,
      },
    });
    const welcome = message('participant_monitoring', {
      type: 'participant_monitoring',
      action: 'welcome',
      message: expect.stringContaining('alice') as string,
      features: ['connection_quality', 'speaking_detection', 'activity_tracking'],
    });
    const speaking = (isSpeaking: boolean) =>
      message('speaking_detection', {
        type: 'speaking_detection',
        participant: 'alice',
        speaking: isSpeaking,
        timestamp: expect.toSatisfy(isUnixSeconds) as number,
      });

    it('[SDK-4] sends the welcome to the participant, and speech to everyone else', async () => {
      const { alice, bob } = await monitoredRoom();
      await expect.poll(() => alice.messages, withinDeadline).toEqual([welcome]);

      await alice.speak(true);
      await expect.poll(() => bob.messages, withinDeadline).toEqual([speaking(true)]);
      await alice.speak(false);
      await expect
        .poll(() => bob.messages, withinDeadline)
        .toEqual([speaking(true), speaking(false)]);

      expect(alice.messages).toEqual([welcome]);
    });

    it('[SDK-5] reports speech, picture, quality and mutes as they are', async () => {
      const { alice, session } = await monitoredRoom();
      await expect.poll(session, withinDeadline).toMatchObject({
        identity: 'alice',
        presence: 'present',
        speech: 'silent',
        video: 'flowing',
        quality: expect.stringMatching(/^(excellent|good)$/) as string,
        frameRateHz: expect.toSatisfy((rateHz: number) => rateHz > 5 && rateHz < 40) as number,
        tracks: expect.arrayContaining([
          expect.objectContaining({ kind: 'audio', source: 'microphone', muted: false }),
          expect.objectContaining({ kind: 'video', source: 'camera', muted: false }),
        ]) as object[],
      });

      await alice.speak(true);
      await expect.poll(session, withinDeadline).toMatchObject({
        speech: 'speaking',
        turns: 1,
        // A tone at RMS level 0.21.
        audioLevel: expect.closeTo(0.21, 1) as number,
      });

      await alice.mute('microphone', true);
      await expect.poll(session, withinDeadline).toMatchObject({
        speech: 'silent',
        turns: 1,
        tracks: expect.arrayContaining([
          expect.objectContaining({ source: 'microphone', muted: true }),
        ]) as object[],
      });

      await alice.mute('camera', true);
      await expect.poll(session, withinDeadline).toMatchObject({
        video: 'off',
        freezes: 0,
        tracks: expect.arrayContaining([
          expect.objectContaining({ source: 'camera', muted: true }),
        ]) as object[],
      });
    });

    it('[SDK-6] follows the participant out of the room and back into it', async () => {
      const { room, alice, session } = await monitoredRoom();
      await expect.poll(() => alice.messages, withinDeadline).toEqual([welcome]);
      const first = await session();

      await alice.leave();
      await expect
        .poll(session, withinDeadline)
        .toMatchObject({ state: 'disconnected', presence: null, speech: null, endReason: null });

      await alice.join({ room, identity: 'alice' });
      await expect
        .poll(session, withinDeadline)
        .toMatchObject({ state: 'connected', reconnects: 1, jobId: first?.jobId });
      await expect.poll(() => alice.messages, withinDeadline).toEqual([welcome, welcome]);
      expect((await session())?.sid).not.toBe(first?.sid);
    });

    it('[SDK-7] ends with the participant where the job says so', async () => {
      const { alice, session } = await monitoredRoom({ end_on_disconnect: true });
      await alice.leave();
      await expect
        .poll(session, withinDeadline)
        .toMatchObject({ state: 'ended', endReason: 'participant_left' });
    });
  });
}

const isUnixSeconds = (value: number): boolean =>
  Number.isInteger(value) && Math.abs(value - Date.now() / 1000) < 60;
