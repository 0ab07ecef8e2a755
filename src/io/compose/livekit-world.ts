import type { JobServices } from '../../actors/ports.ts';
import { readMetadata } from '../../agents/read-metadata.ts';
import { systemClock, systemRandom } from '../clock.ts';
import { DataSeal } from '../data-seal.ts';
import { createJoinGate } from '../livekit/join-gate.ts';
import { createLivekitRoom } from '../livekit/room-client.ts';
import { LiveKitWorkerSocket } from '../livekit/worker-socket.ts';
import type { Logger } from '../logger.ts';
import type { ConnectionSettings } from '../settings.ts';
import { greenroomVersion } from '../version.ts';
import { openVitalsProbe } from '../vitals.ts';
import { createJobServices } from './job-services.ts';
import type { WorkerWorld } from './worker-system.ts';

type LivekitWorldOptions = {
  readonly connection: ConnectionSettings;
  readonly joinConcurrency: number;
  readonly maxJobs: number;
  /** LIVEKIT_AGENT_NAME: what the one agent registers as; undefined for its own name. */
  readonly registeredName: string | undefined;
  /** What is configured of what jobs ask of the world, beside the server. */
  readonly services: Partial<JobServices>;
  readonly logger: Logger;
};

const CONNECT_TIMEOUT_MS = 15_000;

/** A LiveKit server, its rooms, and the clock of this process. */
export function createLivekitWorld(options: LivekitWorldOptions): WorkerWorld {
  const { connection, joinConcurrency, maxJobs, registeredName, services, logger } = options;
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = connection;
  const clock = systemClock;
  const joinGate = createJoinGate({ concurrency: joinConcurrency, maxWaiting: maxJobs });
  const dataSeal = new DataSeal(apiSecret);
  return {
    clock,
    openSocket: ({ definition, settings }) =>
      new LiveKitWorkerSocket({
        url,
        apiKey,
        apiSecret,
        clock,
        random: systemRandom,
        registration: {
          agent: definition.name,
          agentName: registeredName ?? definition.name,
          jobType: definition.jobType,
          version: greenroomVersion,
          permissions: definition.permissions(settings),
        },
        readMetadata: (offer) => readMetadata(definition, offer),
      }),
    openRoom: ({ url: roomUrl, token }) =>
      createLivekitRoom({
        url: roomUrl,
        token,
        clock,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        joinGate,
        dataSeal,
        onDefect: (err) => logger.error({ err }, 'a room event could not be handled'),
      }),
    services: createJobServices({ url, apiKey, apiSecret }, services),
    openProbe: () => openVitalsProbe(clock),
  };
}
