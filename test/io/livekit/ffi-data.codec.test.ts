import ffiProto from '@livekit/rtc-ffi-bindings/proto/ffi_pb.js';
import roomProto from '@livekit/rtc-ffi-bindings/proto/room_pb.js';
import { expect, it } from 'vitest';
import { readDataPacket } from '../../../src/io/livekit/ffi-data.codec.ts';

const { FfiEvent } = ffiProto;
const { RoomEvent } = roomProto;

type Part = ConstructorParameters<typeof RoomEvent>[0];

const eventOf = (message: NonNullable<Part>['message']): Uint8Array => {
  const value = new RoomEvent({ roomHandle: 2n ** 40n, ...(message && { message }) });
  return new FfiEvent({ message: { case: 'roomEvent', value } }).toBinary();
};

it('[FLD-13] reads of a data message what the whole decoding reads of it', () => {
  const event = eventOf({
    case: 'dataPacketReceived',
    value: new roomProto.DataPacketReceived({
      kind: roomProto.DataPacketKind.KIND_RELIABLE,
      participantIdentity: 'mällory',
      value: {
        case: 'user',
        value: new roomProto.UserPacket({
          topic: 'chat',
          data: { handle: { id: 2n ** 41n }, data: { dataPtr: 2n ** 47n, dataLen: 15_000n } },
        }),
      },
    }),
  });
  expect(readDataPacket(event)).toEqual({
    roomHandle: 2n ** 40n,
    senderIdentity: 'mällory',
    handleId: 2n ** 41n,
    sizeBytes: 15_000,
  });
});

it('[FLD-13] leaves every other event to others', () => {
  const dtmf = new roomProto.DataPacketReceived({
    kind: roomProto.DataPacketKind.KIND_RELIABLE,
    participantIdentity: 'mallory',
    value: { case: 'sipDtmf', value: { code: 1, digit: '1' } },
  });
  const others = [
    eventOf({ case: 'dataPacketReceived', value: dtmf }),
    eventOf({ case: 'roomMetadataChanged', value: { metadata: 'x'.repeat(40_000) } }),
    new FfiEvent({ message: { case: 'panic', value: { message: 'of another kind' } } }).toBinary(),
    new Uint8Array(),
  ];
  for (const event of others) expect(readDataPacket(event)).toBeNull();
});
