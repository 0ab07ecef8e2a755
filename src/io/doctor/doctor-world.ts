import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import { connect, createServer } from 'node:net';
import { listModels } from '../analysis/list-models.ts';
import { systemClock, systemRandom } from '../clock.ts';
import { tryRtc } from '../livekit/load-rtc.ts';
import { LiveKitWorkerSocket } from '../livekit/worker-socket.ts';
import { greenroomVersion } from '../version.ts';
import { openServerApi } from './livekit-server-api.ts';
import { machineResources } from './machine-resources.ts';
import type { DoctorWorld } from './run-doctor.ts';

const MAX_BODY_LENGTH = 65_536;

/** The server, the network and the machine as they are. */
export const doctorWorld: DoctorWorld = {
  ...machineResources,
  clock: systemClock,
  newId: () => randomUUID(),
  nodeVersion: process.versions.node,
  checkRtc: tryRtc,
  openApi: openServerApi,
  listModels,
  openWorkerSocket: (connection, agentName) =>
    new LiveKitWorkerSocket({
      url: connection.LIVEKIT_URL,
      apiKey: connection.LIVEKIT_API_KEY,
      apiSecret: connection.LIVEKIT_API_SECRET,
      registration: {
        agent: agentName,
        agentName,
        jobType: 'room',
        version: greenroomVersion,
        permissions: {},
      },
      readMetadata: () => ({ ok: true, value: {}, key: agentName, target: null }),
      clock: systemClock,
      random: systemRandom,
    }),
  resolveHost: async (hostname) =>
    (await lookup(hostname, { all: true })).map(({ address }) => address),
  connect: async (host, port, signal) => {
    const socket = connect({ host, port });
    try {
      await once(socket, 'connect', { signal });
    } finally {
      socket.destroy();
    }
  },
  getHttp: async (url, signal) => {
    const response = await fetch(url, { signal, redirect: 'manual' });
    const date = Date.parse(response.headers.get('date') ?? '');
    return {
      status: response.status,
      date: Number.isNaN(date) ? null : date,
      body: await readBeginning(response),
    };
  },
  tryListen: async (host, port) => {
    const server = createServer();
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  },
};

/** Anybody may answer there, with as much as they like. */
async function readBeginning({ body }: Response): Promise<string> {
  let text = '';
  if (!body) return text;
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    // Leaving the loop ends the download.
    if (text.length >= MAX_BODY_LENGTH) break;
  }
  return text;
}
