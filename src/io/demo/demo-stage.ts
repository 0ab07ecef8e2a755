/** Where the demo plays: a real LiveKit server, or a simulated room where there is none. */
import { readMetadata } from '../../agents/read-metadata.ts';
import { participantMonitor } from '../../agents/participant-monitor.agent.ts';
import { createDispatch } from '../cli/dispatch-client.ts';
import { systemClock, systemRandom } from '../clock.ts';
import { createLivekitWorld } from '../compose/livekit-world.ts';
import type { WorkerWorld } from '../compose/worker-system.ts';
import { disposeRtc } from '../livekit/ffi-router.ts';
import type { ServerKeys } from '../livekit/find-server.ts';
import type { Logger } from '../logger.ts';
import { Director } from '../simulated/director.ts';
import type { Script } from '../simulated/script.ts';
import { SimulatedServer } from '../simulated/server.ts';
import { SimulatedWorkerServer } from '../simulated/worker-socket.ts';
import { openVitalsProbe } from '../vitals.ts';
import { demoIdentities, demoRoom } from './demo-scene.ts';
import { SyntheticCast } from './synthetic-cast.ts';

export interface DemoStage {
  readonly world: WorkerWorld;
  /** Asks for a monitor for everybody in the scene. */
  dispatch(): Promise<void>;
  play(script: Script): void;
  clear(): Promise<void>;
}

const metadataFor = (identity: string): string =>
  JSON.stringify({ participant_identity: identity });

type RealStageOptions = ServerKeys & {
  readonly url: string;
  readonly logger: Logger;
  readonly onMishap: (error: unknown) => void;
};

/** Real participants on a real server. */
export function realStage({
  url,
  apiKey,
  apiSecret,
  logger,
  onMishap,
}: RealStageOptions): DemoStage {
  const connection = {
    LIVEKIT_URL: url,
    LIVEKIT_API_KEY: apiKey,
    LIVEKIT_API_SECRET: apiSecret,
  };
  const cast = new SyntheticCast({ url, apiKey, apiSecret, room: demoRoom, onMishap });
  const { name } = participantMonitor;
  return {
    world: createLivekitWorld({
      connection,
      joinConcurrency: demoIdentities.length,
      maxJobs: demoIdentities.length,
      registeredName: undefined,
      logger,
    }),
    dispatch: async () => {
      for (const identity of demoIdentities) {
        const metadata = metadataFor(identity);
        await createDispatch(connection, { room: demoRoom, agent: name, metadata });
      }
    },
    play: (script) => cast.play(script),
    clear: async () => {
      await cast.dismiss();
      await disposeRtc();
    },
  };
}

/** A room without a server: for those who have none, and have been told so. */
export function simulatedStage(): DemoStage {
  const clock = systemClock;
  const server = new SimulatedServer({ clock });
  const room = server.room(demoRoom);
  const director = new Director(room, clock);
  const { name: agent, jobType } = participantMonitor;
  let agents = 0;
  const dispatcher = new SimulatedWorkerServer(
    { agent, jobType, readMetadata: (offer) => readMetadata(participantMonitor, offer) },
    { clock, random: systemRandom },
  );
  return {
    world: {
      clock,
      openSocket: () => dispatcher.socket,
      openRoom: () => {
        agents += 1;
        return server.client(demoRoom, { identity: `agent-${agents}` });
      },
      roster: server.roster,
      openProbe: () => openVitalsProbe(clock),
    },
    dispatch: () => {
      for (const identity of demoIdentities) {
        dispatcher.offer({
          jobId: `AJ_${identity}`,
          dispatchId: `AD_${identity}`,
          room: { name: demoRoom, sid: '' },
          participant: null,
          metadata: metadataFor(identity),
        });
      }
      return Promise.resolve();
    },
    play: (script) => director.play(script),
    clear: () => {
      director.stop();
      server.stop();
      return Promise.resolve();
    },
  };
}
