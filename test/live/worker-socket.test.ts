import { AccessToken, AgentDispatchClient } from 'livekit-server-sdk';
import { inject, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { sleep, systemClock, systemRandom } from '../../src/io/clock.ts';
import { LiveKitWorkerSocket } from '../../src/io/livekit/worker-socket.ts';
import { describeWorkerSocket, type WorkerWorld } from '../contracts/worker-socket.contract.ts';
import { readTarget } from '../support/read-target.ts';

/** The server asks for its workers for up to 5 s before it knows of a job itself. */
const deadlineMs = 20_000;

let worldCount = 0;

describeWorkerSocket('LiveKitWorkerSocket at a LiveKit server', (): Promise<WorkerWorld> => {
  const server = inject('livekit');
  worldCount += 1;
  const name = `worker-socket-${process.pid}-${worldCount}-${systemClock.now()}`;
  const dispatches = new AgentDispatchClient(
    server.url.replace(/^ws/, 'http'),
    server.apiKey,
    server.apiSecret,
  );
  const open = (apiSecret: string) =>
    new LiveKitWorkerSocket({
      ...server,
      apiSecret,
      registration: {
        agent: 'tested',
        agentName: name,
        jobType: 'participant',
        version: '0.0.0',
        permissions: { canSubscribe: true, hidden: true },
      },
      readMetadata: readTarget,
      clock: systemClock,
      random: systemRandom,
    });

  return Promise.resolve({
    deadlineMs,
    client: open(server.apiSecret),
    stranger: () => open('another-secret-of-at-least-32-characters'),
    launch: async (metadata, identity) => {
      await dispatches.createDispatch(name, name, { metadata });
      await signalJoin({ ...server, room: name, identity });
    },
    endJob: async () => {
      const signal = AbortSignal.timeout(deadlineMs);
      for (;;) {
        const mine = (await dispatches.listDispatch(name)).find(
          ({ agentName }) => agentName === name,
        );
        if (mine && (mine.state?.jobs.length ?? 0) > 0) {
          await dispatches.deleteDispatch(mine.id, name);
          return;
        }
        await sleep(200, signal);
      }
    },
  });
});

type Joining = {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly room: string;
  readonly identity: string;
};

/** Joins without media: the server launches jobs for a participant before it is active. */
async function signalJoin({ url, apiKey, apiSecret, room, identity }: Joining): Promise<void> {
  const token = new AccessToken(apiKey, apiSecret, { identity });
  token.addGrant({ roomJoin: true, room });
  const query = new URLSearchParams({ access_token: await token.toJwt(), protocol: '16' });
  const socket = new WebSocket(`${url}/rtc?${query.toString()}`);
  onTestFinished(() => socket.terminate());
  await new Promise((resolve, reject) => {
    socket.once('message', resolve);
    socket.once('error', reject);
  });
}
