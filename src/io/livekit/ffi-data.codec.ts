import { eachField, readerOf } from './ffi-fields.ts';

/** A data message that has come, before its bytes are looked at. */
export type DataPacket = {
  readonly roomHandle: bigint;
  /** Not that of anybody in the room where the sender is hidden. */
  readonly senderIdentity: string;
  /** Holds the bytes on the native side until it is dropped. */
  readonly handleId: bigint;
  readonly sizeBytes: number;
};

/** Field numbers of livekit-ffi's protocol (ffi.proto, room.proto, handle.proto of 0.12.73). */
const fields = {
  FfiEvent: { roomEvent: 1 },
  RoomEvent: { roomHandle: 1, dataPacketReceived: 27 },
  DataPacketReceived: { participantIdentity: 2, user: 4 },
  UserPacket: { data: 1 },
  OwnedBuffer: { handle: 1, data: 2 },
  FfiOwnedHandle: { id: 1 },
  BufferInfo: { dataLen: 2 },
} as const;

/** A length-delimited field (wire type 2). */
const ROOM_EVENT_TAG = (fields.FfiEvent.roomEvent << 3) | 2;

/**
 * Reads an event of the native side where it is a data message, or returns null.
 *
 * Whoever floods a room sends thousands a second: what the SDK does for each of them takes ten times as
 * long as it takes to find out here that it is one too many.
 */
export function readDataPacket(event: Uint8Array): DataPacket | null {
  // Every event passes here, the audio of all rooms among them.
  if (event[0] !== ROOM_EVENT_TAG) return null;
  const reader = readerOf(event);
  reader.tag();
  const found: { roomHandle: bigint; packet?: Uint8Array } = { roomHandle: 0n };
  eachField(reader.bytes(), (field, room) => {
    if (field === fields.RoomEvent.roomHandle) found.roomHandle = BigInt(room.uint64());
    else if (field === fields.RoomEvent.dataPacketReceived) found.packet = room.bytes();
    else return false;
    return true;
  });
  return found.packet ? readPacket(found.roomHandle, found.packet) : null;
}

function readPacket(roomHandle: bigint, packet: Uint8Array): DataPacket | null {
  const found: { senderIdentity: string; user?: Uint8Array } = { senderIdentity: '' };
  eachField(packet, (field, received) => {
    if (field === fields.DataPacketReceived.participantIdentity) {
      found.senderIdentity = received.string();
    } else if (field === fields.DataPacketReceived.user) found.user = received.bytes();
    else return false;
    return true;
  });
  const { senderIdentity, user } = found;
  return user ? { roomHandle, senderIdentity, ...readUser(user) } : null;
}

function readUser(user: Uint8Array): Pick<DataPacket, 'handleId' | 'sizeBytes'> {
  let handleId = 0n;
  let sizeBytes = 0;
  eachField(user, (part, data) => {
    if (part !== fields.UserPacket.data) return false;
    eachField(data.bytes(), (field, owned) => {
      if (field === fields.OwnedBuffer.handle) {
        handleId = onlyNumber(owned.bytes(), fields.FfiOwnedHandle.id);
      } else if (field === fields.OwnedBuffer.data) {
        sizeBytes = Number(onlyNumber(owned.bytes(), fields.BufferInfo.dataLen));
      } else return false;
      return true;
    });
    return true;
  });
  return { handleId, sizeBytes };
}

function onlyNumber(data: Uint8Array, wanted: number): bigint {
  let found = 0n;
  eachField(data, (field, reader) => {
    if (field === wanted) found = BigInt(reader.uint64());
    return field === wanted;
  });
  return found;
}
