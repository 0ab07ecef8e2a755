import { afterAll, inject } from 'vitest';
import { disposeRtc, openRtc } from '../../src/io/livekit/load-rtc.ts';
import { describeRoomClient } from '../contracts/room-client.contract.ts';
import { createLivekitRoomHarness } from '../support/livekit-room-harness.ts';

openRtc('public', { warn: () => {} });
afterAll(disposeRtc);

describeRoomClient('the LiveKit room by public API', () =>
  createLivekitRoomHarness(inject('livekit'), { signalStopsMedia: false }),
);
