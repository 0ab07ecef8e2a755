import { randomUUID } from 'node:crypto';
import { RoomServiceClient, TrackSource, TrackType } from 'livekit-server-sdk';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { TestClient } from './test-client.ts';

const withinDeadline = { timeout: 10_000, interval: 50 };

type ContractOptions = {
  readonly start: () => TestClient | Promise<TestClient>;
  /** False where the SDK neither sends nor hands on the topic of a message. */
  readonly hasTopics: boolean;
};

/** What the tests of agents take for granted of a participant that another SDK runs. */
export function describeTestClient(sdk: string, { start, hasTopics }: ContractOptions): void {
  describe(`a participant of ${sdk}`, () => {
    const server = inject('livekit');
    const rooms = new RoomServiceClient(
      server.url.replace(/^ws/, 'http'),
      server.apiKey,
      server.apiSecret,
    );
    let clients: TestClient[] = [];

    afterEach(async () => {
      await Promise.all(clients.map((client) => client.close()));
      clients = [];
    });

    async function joined(room: string, identity: string): Promise<TestClient> {
      const client = await start();
      clients.push(client);
      await client.join({ room, identity });
      return client;
    }

    const identities = async (room: string): Promise<string[]> =>
      (await rooms.listParticipants(room)).map(({ identity }) => identity).sort();

    async function tracksOf(room: string, identity: string) {
      const participants = await rooms.listParticipants(room);
      const tracks = participants.find((one) => one.identity === identity)?.tracks ?? [];
      return tracks
        .map(({ type, source, muted }) => ({ type, source, muted }))
        .sort((one, other) => one.type - other.type);
    }

    const tracks = (isMuted: { microphone: boolean; camera: boolean }) => [
      { type: TrackType.AUDIO, source: TrackSource.MICROPHONE, muted: isMuted.microphone },
      { type: TrackType.VIDEO, source: TrackSource.CAMERA, muted: isMuted.camera },
    ];

    it('[SDK-1] publishes microphone and camera, and mutes them', async () => {
      const room = `sdk-${randomUUID()}`;
      const alice = await joined(room, 'alice');
      await expect
        .poll(() => tracksOf(room, 'alice'), withinDeadline)
        .toEqual(tracks({ microphone: false, camera: false }));

      await alice.mute('microphone', true);
      await expect
        .poll(() => tracksOf(room, 'alice'), withinDeadline)
        .toEqual(tracks({ microphone: true, camera: false }));

      await alice.mute('microphone', false);
      await alice.mute('camera', true);
      await expect
        .poll(() => tracksOf(room, 'alice'), withinDeadline)
        .toEqual(tracks({ microphone: false, camera: true }));
    });

    it('[SDK-2] exchanges data messages with others', async () => {
      const room = `sdk-${randomUUID()}`;
      const alice = await joined(room, 'alice');
      const bob = await joined(room, 'bob');

      await alice.publishData('greeting', { text: 'hello' });
      await bob.publishData('greeting', { text: 'grüß dich' });

      const topic = hasTopics ? 'greeting' : undefined;
      await expect
        .poll(() => bob.messages, withinDeadline)
        .toEqual([{ topic, body: { text: 'hello' } }]);
      await expect
        .poll(() => alice.messages, withinDeadline)
        .toEqual([{ topic, body: { text: 'grüß dich' } }]);
    });

    it('[SDK-3] leaves at once, and comes back as the same identity', async () => {
      const room = `sdk-${randomUUID()}`;
      const alice = await joined(room, 'alice');
      await joined(room, 'bob');
      await expect.poll(() => identities(room), withinDeadline).toEqual(['alice', 'bob']);

      await alice.leave();
      await expect.poll(() => identities(room), withinDeadline).toEqual(['bob']);

      await alice.join({ room, identity: 'alice' });
      await expect.poll(() => identities(room), withinDeadline).toEqual(['alice', 'bob']);
      await expect
        .poll(() => tracksOf(room, 'alice'), withinDeadline)
        .toEqual(tracks({ microphone: false, camera: false }));
    });
  });
}
