import { AccessToken } from 'livekit-server-sdk';
import type { ServerKeys } from '../../../src/io/livekit/find-server.ts';

export type TestServer = ServerKeys & { readonly url: string };

export type ReceivedMessage = {
  /** Undefined where the SDK does not hand it on: LiveKit's Go test client. */
  readonly topic: string | undefined;
  /** Parsed JSON; the text itself where it is none. */
  readonly body: unknown;
};

/**
 * A participant that another SDK than ours puts into a room, with a microphone and a camera.
 *
 * Every call is over when the SDK says so. It ends with this process.
 */
export interface TestClient {
  /** All data messages since the client was started, in order. */
  readonly messages: readonly ReceivedMessage[];
  /** Publishes a silent microphone and a moving camera picture; also to come back after `leave`. */
  join(options: { readonly room: string; readonly identity: string }): Promise<void>;
  /** A tone of 440 Hz at RMS level 0.2, or silence. */
  speak(isSpeaking: boolean): Promise<void>;
  mute(source: 'microphone' | 'camera', isMuted: boolean): Promise<void>;
  /** Reliable, as JSON, to everybody in the room. */
  publishData(topic: string, body: object): Promise<void>;
  leave(): Promise<void>;
  /** Goes without a word, as a crash would, and for good. */
  kill(): Promise<void>;
  /** Leaves if it is in a room, and ends. */
  close(): Promise<void>;
}

export function createToken(
  { apiKey, apiSecret }: ServerKeys,
  { room, identity }: { readonly room: string; readonly identity: string },
): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { identity });
  token.addGrant({ roomJoin: true, room });
  return token.toJwt();
}

export function parseMessage(topic: string | undefined, text: string): ReceivedMessage {
  try {
    return { topic, body: JSON.parse(text) as unknown };
  } catch {
    return { topic, body: text };
  }
}
