import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sleep, systemClock } from '../../src/io/clock.ts';
import { disposeRtc } from '../../src/io/livekit/load-rtc.ts';
import type { MonitoredRoom } from '../support/monitored-room.ts';
import { WatchedWorker } from '../support/watched-session.ts';

let watched: WatchedWorker;

beforeAll(async () => {
  watched = await WatchedWorker.start(inject('livekit'));
});
afterAll(async () => {
  await watched.close();
  await disposeRtc();
});

/** Most of a fault is waiting: 20 s until the server gives up on somebody who is silent. */
const patiently = { timeout: 120_000 };

/** From the last packet: three polls without one, each 500 ms, on a machine that may be busy. */
function expectSuspectedInTime(delayMs: number): void {
  expect(delayMs).toBeGreaterThan(1_000);
  expect(delayMs).toBeLessThan(4_000);
}

/** The server's own 20 s. */
function expectGivenUpInTime(delayMs: number): void {
  expect(delayMs).toBeGreaterThan(18_000);
  expect(delayMs).toBeLessThan(25_000);
}

const suspected = expect.arrayContaining(['suspect opened', 'suspect resolved']) as string[];

describe.concurrent('a participant who goes', () => {
  it('[FAULT-1] is suspected, then gone: killed', patiently, async (context) => {
    const { room, alice } = await watched.watchAlice(context, { end_on_disconnect: true });
    const killedAt = systemClock.now();
    await alice.kill();
    const { enteredAt } = await watched.expectPath(room, {
      states: ['awaitingParticipant', 'present', 'suspect', 'absent', 'disconnected', 'ended'],
      speech: ['silent', 'speaking', 'silent'],
      alerts: suspected,
      welcomes: 1,
      end: { reason: 'participant_left', status: 'success' },
    });
    expectSuspectedInTime(enteredAt('suspect') - killedAt);
    expectGivenUpInTime(enteredAt('absent') - killedAt);
  });

  it.for([8_000, 14_000])(
    '[FAULT-2] is suspected and then trusted again, as the same connection: frozen for %d ms',
    patiently,
    async (frozenMs, context) => {
      const { room, alice } = await watched.watchAlice(context, { end_on_disconnect: true });
      const frozenAt = systemClock.now();
      alice.freeze();
      await sleep(frozenMs);
      await room.until({ presence: 'suspect' });
      alice.thaw();
      await room.until({ presence: 'present', sid: alice.sid, reconnects: 0 });
      await alice.leave();
      const { enteredAt } = await watched.expectPath(room, {
        states: [
          'awaitingParticipant',
          ...['present', 'suspect', 'present'],
          ...['absent', 'disconnected', 'ended'],
        ],
        alerts: suspected,
        welcomes: 1,
        end: { reason: 'participant_left', status: 'success' },
      });
      expectSuspectedInTime(enteredAt('suspect') - frozenAt);
    },
  );

  it(
    '[FAULT-3] is gone and comes back as another connection: frozen for 25 s',
    patiently,
    async (context) => {
      const { room, alice } = await watched.watchAlice(context);
      const frozenAt = systemClock.now();
      alice.freeze();
      await sleep(25_000);
      await room.until({ state: 'disconnected' });
      alice.thaw();
      await room.until({ state: 'connected', presence: 'present', reconnects: 1 });
      expect(await room.session()).not.toMatchObject({ sid: alice.sid });
      await room.undispatch();
      const { enteredAt } = await watched.expectPath(room, {
        states: [
          'awaitingParticipant',
          ...['present', 'suspect', 'absent', 'disconnected'],
          ...['present', 'ended'],
        ],
        alerts: suspected,
        welcomes: 2,
        end: { reason: 'dispatch_deleted', status: 'success' },
      });
      expectSuspectedInTime(enteredAt('suspect') - frozenAt);
      expectGivenUpInTime(enteredAt('absent') - frozenAt);
    },
  );

  it(
    '[FAULT-7] ends with the room, which the server closes after its last participant',
    patiently,
    async (context) => {
      const room = watched.newRoom();
      // Longer than the 2 s for which a leave may be a reconnect; LiveKit's own is 20 s.
      await room.rooms.createRoom({ name: room.name, departureTimeout: 4 });
      const { alice } = await watched.watchAlice(context, {}, room);
      await alice.leave();
      await watched.expectPath(room, {
        states: ['awaitingParticipant', 'present', 'absent', 'disconnected', 'ended'],
        alerts: [],
        end: { reason: 'room_closed', status: 'success' },
      });
    },
  );
});

describe.concurrent('a participant who comes back', () => {
  it('[FAULT-4] has not been away: signalling lost and resumed', patiently, async (context) => {
    const { room, alice } = await watched.watchAlice(context);
    await alice.reconnect('signal');
    await alice.speak(500);
    await room.until({ turns: 2, speech: 'silent', sid: alice.sid, reconnects: 0 });
    await room.undispatch();
    await watched.expectPath(room, {
      states: ['awaitingParticipant', 'present', 'ended'],
      speech: ['silent', 'speaking', 'silent', 'speaking', 'silent'],
      alerts: [],
      welcomes: 1,
      end: { reason: 'dispatch_deleted', status: 'success' },
    });
  });

  it.for(['full', 'node'] as const)(
    '[FAULT-5] is another connection in the same session, and welcomed: %s reconnect',
    patiently,
    async (how, context) => {
      const { room, alice } = await watched.watchAlice(context);
      const before = await room.session();
      await alice.reconnect(how);
      await room.until({ presence: 'present', reconnects: 1, tracks: [{ state: 'silent' }] });
      expect(await room.session()).not.toMatchObject({ sid: before?.sid });
      await alice.speak(500);
      await room.until({ turns: 2, speech: 'silent' });
      await room.undispatch();
      await watched.expectPath(room, {
        states: ['awaitingParticipant', 'present', 'absent', 'present', 'ended'],
        speech: ['silent', 'speaking', 'silent', 'speaking', 'silent'],
        alerts: [],
        welcomes: 2,
        end: { reason: 'dispatch_deleted', status: 'success' },
      });
    },
  );

  it(
    '[FAULT-6] is another connection in the same session: at once, from another place',
    patiently,
    async (context) => {
      const { room } = await watched.watchAlice(context);
      const elsewhere = await room.enter('alice');
      await room.until({ presence: 'present', sid: elsewhere.sid, reconnects: 1 });
      await room.undispatch();
      await watched.expectPath(room, {
        states: ['awaitingParticipant', 'present', 'absent', 'present', 'ended'],
        welcomes: 2,
        end: { reason: 'dispatch_deleted', status: 'success' },
      });
    },
  );
});

describe.concurrent('a room that is no longer for the agent', () => {
  const endings: readonly (readonly [string, (room: MonitoredRoom) => Promise<unknown>])[] = [
    ['room_deleted', (room) => room.rooms.deleteRoom(room.name)],
    ['dispatch_deleted', (room) => room.undispatch()],
    [
      'agent_removed',
      async (room) => {
        const [agent = ''] = await room.agents();
        await room.rooms.removeParticipant(room.name, agent);
      },
    ],
  ];
  it.for(endings)('[LIVE-10] ends the session: %s', patiently, async ([reason, end], context) => {
    const { room } = await watched.watchAlice(context);
    await end(room);
    const { path } = await watched.expectPath(room, {
      alerts: [],
      welcomes: 1,
      end: { reason, status: 'success' },
    });
    // Where the room ends under it, everybody leaves first.
    expect(path.states.filter((state) => state !== 'absent')).toEqual([
      ...['awaitingParticipant', 'present', 'ended'],
    ]);
  });
});

// After all of the above, which run at once.
it('[FAULT-8] leaves nothing behind of all of them', async () => {
  await watched.expectNothingLeft();
});
