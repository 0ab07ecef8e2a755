import type * as Sdk from '@livekit/rtc-node';

/** What rooms need of the media stack: its SDK, and what the SDK does not show or does too dearly. */
export interface RtcRuntime {
  readonly sdk: typeof Sdk;
  /** Serves a connected room, and tells its listener what the SDK keeps to itself. */
  adopt(room: Sdk.Room, listener: RtcRoomListener): void;
  /** Lets go of a room and of all native handles below it. The room is of no use afterwards. */
  release(room: Sdk.Room): void;
  /** Lets go of a participant that left, or of a track that is no longer subscribed. */
  dispose(owner: Sdk.Participant | Sdk.Track): void;
  /** Reads a subscribed audio track until it ends or the returned function is called. */
  openAudioTap(track: Sdk.Track, format: AudioTapFormat, listener: AudioTapListener): () => void;
  /** Starts or stops the media of a subscribed track; speaker and quality updates go on. */
  enableRemoteTrack(publication: Sdk.TrackPublication, enabled: boolean): void;
  /** Statistics of a connected room's tracks and path. Rejects where the room ends first. */
  subscriberStats(room: Sdk.Room): Promise<readonly RtcStatistic[]>;
  /** Like the SDK's own, which hides the server's refusal. Rejects when the signal aborts. */
  setAttributes(
    participant: Sdk.LocalParticipant,
    attributes: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void>;
  muteLocalTrack(track: Sdk.Track, muted: boolean): void;
  /** Listeners, rooms, audio taps and polls that are not yet let go of. */
  heldCount(): number;
}

/** What is read of the SDK's statistics of a received track. */
export type InboundRtp = {
  readonly received?: {
    readonly packetsReceived?: bigint;
    readonly packetsLost?: bigint;
    readonly jitter?: number;
  };
  readonly inbound?: {
    readonly trackIdentifier?: string;
    readonly framesDecoded?: number;
    readonly frameWidth?: number;
    readonly frameHeight?: number;
  };
};

/** What is read of the SDK's statistics of a path to the server. */
export type PathStats = {
  readonly nominated?: boolean;
  readonly currentRoundTripTime?: number;
  readonly availableIncomingBitrate?: number;
};

/** The part of the SDK's `RtcStats` that a session needs. */
export type RtcStatistic =
  | { readonly kind: 'inboundRtp'; readonly value: InboundRtp }
  | { readonly kind: 'candidatePair'; readonly value: PathStats };

export type RtcRoomListener = {
  /** Hears, after the room, that the server calls a participant active. */
  readonly onParticipantActive: (identity: string) => void;
  /** Hears what was thrown on the way. */
  readonly onDefect: (error: unknown) => void;
  /**
   * Whether a data message is one too many: then it has been counted, and nobody looks at it. One that is
   * not comes to the room, and is for it to count. Not every runtime asks.
   */
  readonly refusesData: (senderIdentity: string, sizeBytes: number) => boolean;
};

export type AudioTapFormat = { readonly sampleRateHz: number; readonly frameMs: number };

export type AudioTapListener = {
  readonly onFrame: (samples: Int16Array) => void;
  readonly onEnd: () => void;
};
