import { openRtc } from '../../src/io/livekit/load-rtc.ts';
import { describeRoomTeardown } from '../contracts/room-teardown.contract.ts';

openRtc('public', { warn: () => {} });
describeRoomTeardown();
