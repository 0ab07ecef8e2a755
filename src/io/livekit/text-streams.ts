import type { Room } from '@livekit/rtc-node';
import { maxTextBytes, toReceivedText } from '../received-text.ts';

/** LiveKit's own transcriptions. */
const TRANSCRIPTION_TOPIC = 'lk.transcription';

/** A participant may open streams and never end them: one more than this is refused. */
const MAX_OPEN_STREAMS = 64;

export type TextStream = {
  readonly senderIdentity: string;
  readonly topic: string;
  readonly text: string;
  readonly truncated: boolean;
  readonly attributes: Readonly<Record<string, string>>;
};

/** Reads every transcription stream of a room to its end, or as far as 16 KiB. */
export function readTextStreams(
  room: Room,
  onText: (stream: TextStream) => void,
  onDefect: (error: unknown) => void,
): void {
  let openStreams = 0;
  room.registerTextStreamHandler(TRANSCRIPTION_TOPIC, (reader, sender) => {
    if (openStreams >= MAX_OPEN_STREAMS) {
      // One that is neither read nor closed would listen for the life of the process.
      reader.close().catch(onDefect);
      return;
    }
    openStreams += 1;
    readCapped(reader)
      .then(
        (read) =>
          onText({
            ...read,
            senderIdentity: sender.identity,
            topic: TRANSCRIPTION_TOPIC,
            attributes: { ...reader.info.attributes },
          }),
        // Broken off by its sender, or by the end of the room.
        () => undefined,
      )
      .catch(onDefect)
      .finally(() => (openStreams -= 1));
  });
}

async function readCapped(
  chunks: AsyncIterable<string>,
): Promise<{ readonly text: string; readonly truncated: boolean }> {
  let text = '';
  for await (const chunk of chunks) {
    const bytes = Buffer.from(text + chunk);
    if (bytes.byteLength > maxTextBytes) {
      // Leaving the loop closes the reader.
      return { text: toReceivedText(bytes).text ?? '', truncated: true };
    }
    text += chunk;
  }
  return { text, truncated: false };
}
