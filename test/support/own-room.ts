import type { Room } from '@livekit/rtc-node';
import { vi } from 'vitest';
import { rtcRuntime } from '../../src/io/livekit/load-rtc.ts';

const { Room: SdkRoom } = rtcRuntime().sdk;
/** The agents' own rooms, in the order of their joins. */
const joins = vi.spyOn(SdkRoom.prototype, 'connect');

/** The room that an agent of this process joined last. */
export function ownRoom(): Room {
  const room = joins.mock.contexts.at(-1);
  if (!(room instanceof SdkRoom)) throw new Error('no agent has joined a room');
  return room;
}
