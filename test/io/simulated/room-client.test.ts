import { describeRoomClient } from '../../contracts/room-client.contract.ts';
import { simulatedHarness } from '../../support/simulated-world.ts';

describeRoomClient('The simulated room', () => Promise.resolve(simulatedHarness()));

describeRoomClient('The simulated room at its nastiest', () =>
  Promise.resolve(simulatedHarness({ nastiness: 1, seed: 7 })),
);
