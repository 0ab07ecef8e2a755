/** How much JavaScript heap actors take, each with its share of XState's own books. */
import { createActor, enqueueActions, setup } from 'xstate';
import type { EventLogs } from '../../src/io/event-log/event-logs.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { TrackInfo } from '../../src/machines/events.ts';
import { sessionInputOf } from '../../src/machines/monitor/monitor-settings.logic.ts';
import { audioTrackMachine } from '../../src/machines/session/audio-track.machine.ts';
import { participantSessionMachine } from '../../src/machines/session/participant-session.machine.ts';
import { LevelPorts } from '../../test/support/level-ports.ts';
import { monitorMetadata, monitorSettings } from '../../test/support/monitor-facts.ts';
import { alice, camera, microphone, participant, T0 } from '../../test/support/session-facts.ts';
import { readHeap } from './read-heap.ts';
import { TalkingRooms, TALKERS_PER_ROOM, type StartJob } from './talking-rooms.ts';

const SESSIONS = 2_000;
const ROOMS = 100;

export type Footprint = { readonly what: string; readonly bytes: number; readonly goal: string };

/** @param startJob makes a job on this clock, with a log where one is given. */
export async function measureMemory(
  openLogs: (clock: VirtualClock) => EventLogs,
  startJob: (clock: VirtualClock, logs: EventLogs | undefined) => StartJob,
): Promise<readonly Footprint[]> {
  // What is made the first time only, such as compiled code, is no part of any.
  weigh(SESSIONS, () => startSessions([microphone, camera]));
  const awaiting = weigh(SESSIONS, () => startSessions(undefined));
  const connected = weigh(SESSIONS, () => startSessions([]));
  const withMicrophone = weigh(SESSIONS, () => startSessions([microphone]));
  const withBoth = weigh(SESSIONS, () => startSessions([microphone, camera]));
  const jobs = ROOMS * TALKERS_PER_ROOM;
  const clock = new VirtualClock(T0);
  const bare = weigh(jobs, () => new TalkingRooms(clock, ROOMS, startJob(clock, undefined)));
  const logs = openLogs(clock);
  const logged = weigh(jobs, () => new TalkingRooms(clock, ROOMS, startJob(clock, logs)));
  await logs.close();
  return [
    { what: 'session that awaits its participant', bytes: awaiting, goal: '10 kB' },
    { what: 'session, connected, no track', bytes: connected, goal: '10 kB' },
    { what: 'its microphone, beside', bytes: withMicrophone - connected, goal: '' },
    { what: 'its camera, beside', bytes: withBoth - withMicrophone, goal: '' },
    { what: 'whole job, one microphone, bare', bytes: bare, goal: '' },
    { what: 'whole job with its log', bytes: logged, goal: '' },
  ];
}

/** @returns the bytes of each of `count` things that are made together. */
function weigh(count: number, make: () => object): number {
  const before = readHeap();
  held.push(make());
  const bytes = (readHeap() - before) / count;
  held.pop();
  return bytes;
}

/** Keeps from the garbage collector what is weighed. */
const held: object[] = [];

/** Sessions below one parent. @param tracks of everybody; undefined: nobody has come yet. */
function startSessions(tracks: readonly TrackInfo[] | undefined): object {
  const { logic } = new LevelPorts();
  const session = participantSessionMachine.provide({
    actors: { audioTrack: audioTrackMachine.provide({ actors: { levels: logic } }) },
  });
  const house = setup({ actors: { session } }).createMachine({
    entry: enqueueActions(({ enqueue }) => {
      for (let number = 0; number < SESSIONS; number += 1) {
        enqueue.spawnChild('session', {
          id: `participant:${number}`,
          input: sessionInputOf(monitorMetadata, monitorSettings, T0),
        });
      }
    }),
    on: { '*': {} },
  });
  const root = createActor(house, { clock: new VirtualClock(T0) }).start();
  if (tracks === undefined) return root;
  for (const child of Object.values(root.getSnapshot().children)) {
    child?.send({
      type: 'participant.connected',
      at: T0,
      participant: participant(alice, { tracks }),
    });
    for (const { sid: trackSid } of tracks) {
      child?.send({ type: 'track.subscribed', at: T0, ...alice, trackSid });
    }
  }
  return root;
}
