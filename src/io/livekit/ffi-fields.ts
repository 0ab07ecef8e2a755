import { BinaryReader } from '@bufbuild/protobuf';

/** Each reader would make a decoder of its own, which takes longer than what is read here. */
const textDecoder = new TextDecoder();

/** Reads one message of livekit-ffi's protocol. */
export const readerOf = (data: Uint8Array): BinaryReader => new BinaryReader(data, textDecoder);

/** Goes over the fields of one message, past those that `read` does not take. */
export function eachField(
  data: Uint8Array,
  read: (field: number, reader: BinaryReader) => boolean,
): void {
  const reader = readerOf(data);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (!read(field, reader)) reader.skip(wireType);
  }
}
