import { onTestFinished } from 'vitest';
import { systemClock, systemRandom } from '../../src/io/clock.ts';
import { LiveKitWorkerSocket } from '../../src/io/livekit/worker-socket.ts';
import { FakeAgentServer } from '../support/fake-agent-server.ts';
import { readTarget } from '../support/read-target.ts';
import { describeHostileWorkerSocket, describeWorkerSocket } from './worker-socket.contract.ts';

async function setUp() {
  const server = await FakeAgentServer.start();
  onTestFinished(() => server.stop());
  const open = (apiSecret: string) =>
    new LiveKitWorkerSocket({
      url: server.url,
      apiKey: server.keys.apiKey,
      apiSecret,
      registration: {
        agent: 'tested',
        agentName: 'tested',
        jobType: 'participant',
        version: '0.0.0',
        permissions: {},
      },
      readMetadata: readTarget,
      clock: systemClock,
      random: systemRandom,
    });
  return { server, open, client: open(server.keys.apiSecret) };
}

describeWorkerSocket('LiveKitWorkerSocket', async () => {
  const { server, open, client } = await setUp();
  return {
    client,
    stranger: () => open('another-secret-of-at-least-32-characters'),
    launch: (metadata, identity) => {
      server.launch(metadata, identity);
      return Promise.resolve();
    },
    endJob: () => {
      server.terminate('AJ_1');
      return Promise.resolve();
    },
  };
});

describeHostileWorkerSocket('LiveKitWorkerSocket', async () => {
  const { server, client } = await setUp();
  return {
    client,
    sendGarbage: () => server.sendRaw(new Uint8Array([0xff, 0xff, 0xff])),
    registerAgain: () => server.register(),
    assign: (jobId) => server.assign(jobId),
    terminate: (jobId) => server.terminate(jobId),
    drop: () => server.drop(),
    goSilent: () => server.goSilent(),
    vanish: () => server.stop(),
  };
});
