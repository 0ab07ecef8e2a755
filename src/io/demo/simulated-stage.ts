import { participantMonitor } from '../../agents/participant-monitor.agent.ts';
import { readMetadata } from '../../agents/read-metadata.ts';
import type { Clock } from '../../actors/ports.ts';
import type { VitalsProbe } from '../../actors/worker-ports.ts';
import { bareServices } from '../compose/bare-services.ts';
import { Director } from '../simulated/director.ts';
import { arrivalsOf } from '../simulated/script-course.ts';
import { seededRandom } from '../simulated/seeded-random.ts';
import { SimulatedServer } from '../simulated/server.ts';
import { Timers } from '../simulated/timers.ts';
import { SimulatedWorkerServer } from '../simulated/worker-socket.ts';
import type { DemoStage } from './demo-stage.ts';

export type SimulatedStageOptions = {
  /** Real or virtual. */
  readonly clock: Clock;
  readonly room: string;
  /** Who is monitored. */
  readonly identities: readonly string[];
  /** The same seed gives the same room. */
  readonly seed?: number;
  /** How late and disorderly the server is, 0 (unless told otherwise) to 1. */
  readonly nastiness?: number;
};

export interface SimulatedStage extends DemoStage {
  /** Whether nobody but agents is in the room. */
  isDeserted(): boolean;
}

/** A room and a dispatcher without a server, a network or media. */
export function simulatedStage(options: SimulatedStageOptions): SimulatedStage {
  const { clock, identities, seed = 1, nastiness = 0 } = options;
  const server = new SimulatedServer({ clock, seed, nastiness });
  const room = server.room(options.room);
  const director = new Director(room, clock);
  const arrivals = new Timers(clock);
  const { name: agent, jobType } = participantMonitor;
  const dispatcher = new SimulatedWorkerServer(
    { agent, jobType, readMetadata: (offer) => readMetadata(participantMonitor, offer) },
    { clock, random: seededRandom(seed, 'dispatcher') },
  );
  const dispatchIds = new Map(identities.map((identity, index) => [identity, `AD_${index + 1}`]));
  let jobs = 0;
  let agents = 0;
  const offer = (identity: string, sid: string | null): void => {
    jobs += 1;
    dispatcher.offer({
      jobId: `AJ_simulated${jobs}`,
      dispatchId: dispatchIds.get(identity) ?? '',
      room: { name: room.name, sid: '' },
      participant: sid === null ? null : { identity, sid },
      metadata: JSON.stringify({ participant_identity: identity }),
    });
  };
  return {
    world: {
      clock,
      openSocket: () => dispatcher.socket,
      openRoom: ({ token }) => {
        agents += 1;
        const attributes = dispatcher.attributesOf(token);
        return server.client(room.name, { identity: `agent-${agents}`, attributes });
      },
      services: { ...bareServices, ...server.services },
      openProbe: () => calmProbe,
    },
    dispatch: () => {
      for (const identity of identities) offer(identity, null);
      return Promise.resolve();
    },
    play: (script) => {
      director.play(script);
      // As the server does it: with every arrival. The worker takes it where that session has ended.
      for (const { atMs, identity } of arrivalsOf(script)) {
        arrivals.after(atMs, () => {
          const sid = room.find(identity)?.sid;
          if (sid !== undefined) offer(identity, sid);
        });
      }
    },
    isDeserted: () => room.isDeserted,
    clear: () => {
      director.stop();
      arrivals.clear();
      server.stop();
      return Promise.resolve();
    },
  };
}

/** What this process does meanwhile must not change what happens in the room. */
const calmProbe: VitalsProbe = { eventLoopP99Ms: () => 0, rssBytes: () => 0, close: () => {} };
