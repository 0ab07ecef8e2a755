import type { RoomClient } from '../../src/actors/ports.ts';
import type { DataSeal } from '../../src/io/data-seal.ts';
import type { RosterEntry } from '../../src/machines/events.ts';

export type MediaSource = 'microphone' | 'camera';

/** A data message as a participant got it. */
type ReceivedData = { readonly topic: string; readonly text: string };

/**
 * The hand that moves one room and the people in it, who are no agents.
 *
 * Each promise resolves once the act is done on the acting side; when the agent hears of it is for
 * the test to wait for.
 */
export type RoomWorld = {
  /** Joins and publishes these tracks, unmuted and silent. Resolves when the server calls it active. */
  readonly join: (identity: string, sources?: readonly MediaSource[]) => Promise<void>;
  readonly leave: (identity: string) => Promise<void>;
  /** The connection dies without a word: a killed process, not a goodbye. */
  readonly kill: (identity: string) => Promise<void>;
  readonly publish: (identity: string, source: MediaSource) => Promise<void>;
  readonly unpublish: (identity: string, source: MediaSource) => Promise<void>;
  /** Makes sound of an ordinary level (RMS 0.05 to 0.5) on the microphone until `hush`. */
  readonly speak: (identity: string) => Promise<void>;
  readonly hush: (identity: string) => Promise<void>;
  readonly mute: (identity: string, source: MediaSource) => Promise<void>;
  readonly unmute: (identity: string, source: MediaSource) => Promise<void>;
  readonly setMetadata: (identity: string, metadata: string) => Promise<void>;
  readonly setAttributes: (
    identity: string,
    attributes: Readonly<Record<string, string>>,
  ) => Promise<void>;
  /** Reliable, to everybody in the room. */
  readonly sendData: (identity: string, topic: string, bytes: Uint8Array) => Promise<void>;
  /** A LiveKit text stream, to everybody in the room. */
  readonly sendText: (identity: string, topic: string, text: string) => Promise<void>;
  /** What this participant got so far, in order of arrival, over all its connections. */
  readonly received: (identity: string) => readonly ReceivedData[];
  readonly setRoomMetadata: (metadata: string) => Promise<void>;
  readonly deleteRoom: () => Promise<void>;
  /** The server's RemoveParticipant, for an agent. */
  readonly removeAgent: (identity: string) => Promise<void>;
  /** What the server's list says; undefined where the identity is not in it. */
  readonly entryOf: (identity: string) => Promise<RosterEntry | undefined>;
};

/** An implementation under test with a room of its own, and the world behind it. */
export type RoomHarness = {
  readonly world: RoomWorld;
  /** A client of a hidden agent that may subscribe and publish data; not yet in the room. */
  readonly client: (options: {
    readonly identity: string;
    /** A token that the server refuses, or an address where nobody listens. */
    readonly fault?: 'token' | 'url';
  }) => RoomClient;
  /** That of the clients. */
  readonly dataSeal: DataSeal;
  /**
   * Waits until the predicate holds and rejects, naming what was awaited, after the deadline (10 s
   * unless told otherwise). On virtual time it is this that moves the clock.
   */
  readonly until: (predicate: () => boolean, awaited: string, deadlineMs?: number) => Promise<void>;
  /**
   * How many listeners, streams, timers and handles the clients hold in all. After every client is
   * closed it is what it was before the first one joined.
   */
  readonly heldCount: () => number;
  /**
   * Whether the packets of a track stop while it is only signalled. Machines rely on its speakers and
   * quality alone.
   */
  readonly signalStopsMedia: boolean;
  /** Ends the world; the clients are closed by then. */
  readonly dispose: () => Promise<void>;
};
