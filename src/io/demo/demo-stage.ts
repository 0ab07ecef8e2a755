import { participantMonitor } from '../../agents/participant-monitor.agent.ts';
import { createDispatch } from '../cli/dispatch-client.ts';
import { createLivekitWorld } from '../compose/livekit-world.ts';
import type { WorkerWorld } from '../compose/worker-system.ts';
import { disposeRtc, openRtc } from '../livekit/load-rtc.ts';
import type { ServerKeys } from '../livekit/find-server.ts';
import type { Logger } from '../logger.ts';
import type { Script } from '../simulated/script.ts';
import { demoIdentities, demoRoom } from './demo-scene.ts';
import { SyntheticCast } from './synthetic-cast.ts';

/** Where a script is played and its people are monitored: a real LiveKit server, or a simulated one. */
export interface DemoStage {
  readonly world: WorkerWorld;
  /** Asks for a monitor for everybody in the script. */
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
  openRtc('auto', logger);
  const cast = new SyntheticCast({ url, apiKey, apiSecret, room: demoRoom, onMishap });
  const { name } = participantMonitor;
  return {
    world: createLivekitWorld({
      connection,
      joinConcurrency: demoIdentities.length,
      maxJobs: demoIdentities.length,
      registeredName: undefined,
      services: {},
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
