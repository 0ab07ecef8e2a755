import { afterAll, inject } from 'vitest';
import { disposeRtc } from '../../src/io/livekit/load-rtc.ts';
import { describeRoomClient } from '../contracts/room-client.contract.ts';
import { createLivekitRoomHarness } from '../support/livekit-room-harness.ts';

afterAll(disposeRtc);

describeRoomClient('the LiveKit room', () =>
  createLivekitRoomHarness(inject('livekit'), { signalStopsMedia: true }),
);
