import { nextTurn } from '../../src/io/clock.ts';
import { Director } from '../../src/io/simulated/director.ts';
import type { SimulatedRoomClient } from '../../src/io/simulated/room-client.ts';
import { SimulatedServer } from '../../src/io/simulated/server.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { RoomHarness, RoomWorld } from '../contracts/room-world.ts';

const stepMs = 10;

/** A simulated room on virtual time, as the contract suite moves it. */
export function simulatedHarness(options: { seed?: number; nastiness?: number } = {}): RoomHarness {
  const clock = new VirtualClock(1_700_000_000_000);
  const server = new SimulatedServer({ clock, ...options });
  const clients: SimulatedRoomClient[] = [];
  const room = server.room('support');
  const director = new Director(room, clock);

  const until: RoomHarness['until'] = async (predicate, awaited, deadlineMs = 10_000) => {
    const deadline = clock.now() + deadlineMs;
    while (!predicate()) {
      if (clock.now() >= deadline) throw new Error(`Waited ${deadlineMs} ms for ${awaited}.`);
      clock.advanceBy(stepMs);
      // Answers that are promises come between the steps.
      await new Promise<void>((resolve) => nextTurn(resolve));
    }
  };
  const act = (happening: Parameters<Director['perform']>[0]): Promise<void> => {
    director.perform(happening);
    return Promise.resolve();
  };
  const world: RoomWorld = {
    join: async (identity, sources = []) => {
      await act({ type: 'join', identity, kind: 'standard', sources });
      await until(() => room.find(identity)?.isActive === true, `${identity} to be active`);
      const isPublished = () => room.find(identity)?.publishedTracks.length === sources.length;
      await until(isPublished, `the tracks of ${identity}`);
    },
    leave: (identity) => act({ type: 'leave', identity }),
    kill: (identity) => act({ type: 'drop', identity }),
    publish: (identity, source) => act({ type: 'publish', identity, source, encrypted: false }),
    unpublish: (identity, source) => act({ type: 'unpublish', identity, source }),
    speak: (identity) => act({ type: 'speak', identity, level: 0.1, durationMs: null }),
    hush: (identity) => act({ type: 'hush', identity }),
    mute: (identity, source) => act({ type: 'mute', identity, source }),
    unmute: (identity, source) => act({ type: 'unmute', identity, source }),
    setMetadata: (identity, metadata) => act({ type: 'setMetadata', identity, metadata }),
    setAttributes: async (identity, attributes) => {
      for (const [key, value] of Object.entries(attributes)) {
        await act({ type: 'setAttribute', identity, key, value });
      }
    },
    sendData: (identity, topic, bytes) => {
      const sender = room.find(identity);
      if (sender) room.sendData(sender, topic, bytes);
      return Promise.resolve();
    },
    sendText: (identity, topic, text) => act({ type: 'sendText', identity, topic, text }),
    received: (identity) => room.messagesTo(identity).map(({ topic, text }) => ({ topic, text })),
    setRoomMetadata: (metadata) => act({ type: 'setRoomMetadata', metadata }),
    deleteRoom: () => act({ type: 'endRoom', how: 'deleted' }),
    removeAgent: (identity) => {
      const agent = room.find(identity);
      if (agent) room.exit(agent, 'participant_removed');
      return Promise.resolve();
    },
    entryOf: async (identity) =>
      (await server.roster.list('support')).find((entry) => entry.identity === identity),
  };
  return {
    world,
    until,
    client: ({ identity, fault }) => {
      const error = { code: 'E_ROOM_REFUSED', message: `wrong ${fault}`, retryable: false };
      const client = server.client('support', fault ? { identity, fault: error } : { identity });
      clients.push(client);
      return client;
    },
    dataSeal: server.dataSeal,
    signalStopsMedia: true,
    heldCount: () => clients.reduce((count, client) => count + client.heldCount, 0),
    dispose: () => {
      director.stop();
      server.stop();
      return Promise.resolve();
    },
  };
}
