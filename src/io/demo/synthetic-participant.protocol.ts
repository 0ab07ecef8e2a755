/** The words between a synthetic participant and the process that plays it: JSON over IPC. */

export type SyntheticSource = 'microphone' | 'camera';

/** What the participant loses: its signalling alone, all of the connection, or the server's node. */
export type ReconnectKind = 'signal' | 'full' | 'node';

export type Order =
  | { readonly kind: 'join'; readonly url: string; readonly token: string }
  | { readonly kind: 'publish'; readonly source: SyntheticSource }
  | { readonly kind: 'unpublish'; readonly source: SyntheticSource }
  | { readonly kind: 'mute'; readonly source: SyntheticSource; readonly muted: boolean }
  /** Sound for so long; null: until told to hush. */
  | { readonly kind: 'speak'; readonly durationMs: number | null; readonly amplitude: number }
  | { readonly kind: 'hush' }
  /** Whether the published camera delivers pictures. */
  | { readonly kind: 'film'; readonly filming: boolean }
  | {
      readonly kind: 'sendData';
      readonly topic: string;
      readonly base64: string;
      /** Nobody: everybody. */
      readonly to: readonly string[];
    }
  | { readonly kind: 'sendText'; readonly topic: string; readonly text: string }
  | { readonly kind: 'setMetadata'; readonly metadata: string }
  | { readonly kind: 'setAttributes'; readonly attributes: Readonly<Record<string, string>> }
  | { readonly kind: 'reconnect'; readonly how: ReconnectKind }
  | { readonly kind: 'leave' };

export type NumberedOrder = { readonly id: number; readonly order: Order };

export type Answer =
  /** `result` is the SID of the participant for a join and of the track for a publish, else empty. */
  | { readonly kind: 'done'; readonly id: number; readonly result: string }
  | { readonly kind: 'refused'; readonly id: number; readonly message: string }
  | {
      readonly kind: 'data';
      readonly topic: string;
      readonly base64: string;
      readonly senderIdentity: string | null;
    }
  /** The room ended without an order to leave it. */
  | { readonly kind: 'thrownOut'; readonly reason: number };
