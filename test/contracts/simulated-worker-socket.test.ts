import { systemClock } from '../../src/io/clock.ts';
import { seededRandom } from '../../src/io/simulated/seeded-random.ts';
import { SimulatedWorkerServer } from '../../src/io/simulated/worker-socket.ts';
import { readTarget } from '../support/read-target.ts';
import { describeHostileWorkerSocket, describeWorkerSocket } from './worker-socket.contract.ts';

const startServer = () =>
  new SimulatedWorkerServer(
    { agent: 'tested', jobType: 'participant', readMetadata: readTarget },
    { clock: systemClock, random: seededRandom(1) },
  );

describeWorkerSocket('SimulatedWorkerServer', () => {
  const server = startServer();
  return Promise.resolve({
    client: server.socket,
    stranger: () => {
      const closed = startServer();
      closed.refuse(401);
      return closed.socket;
    },
    launch: (metadata, identity) => {
      server.offer({
        jobId: 'AJ_1',
        dispatchId: 'AD_1',
        room: { name: 'class', sid: 'RM_1' },
        participant: { identity, sid: 'PA_1' },
        metadata,
      });
      return Promise.resolve();
    },
    endJob: () => {
      server.terminate('AJ_1');
      return Promise.resolve();
    },
  });
});

describeHostileWorkerSocket('SimulatedWorkerServer', () => {
  const server = startServer();
  return Promise.resolve({
    client: server.socket,
    sendGarbage: () => server.sendGarbage(),
    registerAgain: () => server.registerAgain(),
    assign: (jobId) => server.assign(jobId),
    terminate: (jobId) => server.terminate(jobId),
    drop: () => server.drop(),
    goSilent: () => server.goSilent(),
    vanish: () => {
      server.refuse(null);
      return Promise.resolve();
    },
  });
});
