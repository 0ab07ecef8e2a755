import { describeRoomTeardown } from '../contracts/room-teardown.contract.ts';

describeRoomTeardown();
