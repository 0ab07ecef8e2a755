import type { Observable } from 'rxjs';
import type { AgentCommand, RoomFact, RosterEntry, StatsSample } from '../machines/events.ts';

/** The only source of time. Real time and virtual time implement it alike. */
export interface Clock {
  /** Epoch milliseconds; never goes back, whatever the wall clock does. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** The only source of chance: 0 <= x < 1. */
export type Random = () => number;

/** Mono PCM as the track delivered it: 16-bit samples. */
export type AudioFrame = { readonly samples: Int16Array; readonly sampleRateHz: number };

/**
 * One LiveKit room as one agent sees it, so that no machine or test needs a media stack.
 *
 * Rules that the contract suite holds for every implementation:
 * - Nothing is said inside a call: the next turn of the event loop at the earliest.
 * - `facts$` is hot, never completes and never errors; facts before the first subscriber are lost.
 * - Facts of a participant lie between its connected and disconnected, of a track between its
 *   published and unpublished, also where the room ends without saying so.
 * - After `room.disconnected` or a failed join only `join` does anything.
 */
export interface RoomClient {
  readonly facts$: Observable<RoomFact>;
  /** One attempt, answered by `room.connected` or `room.joinFailed`. */
  join(): void;
  /** Answered by `room.disconnected` with reason `client_initiated`; nothing where not in a room. */
  leave(): void;
  /** A command that fails is answered by `command.failed`. */
  perform(command: AgentCommand): void;
  /**
   * Frames of one subscribed audio track: 16 kHz mono, 100 ms each.
   *
   * Starts reading on subscribe and stops on unsubscribe; completes when the track ends; errors
   * where the track is not subscribed with media.
   */
  frames$(trackSid: string): Observable<AudioFrame>;
  /** Statistics of all subscribed tracks; rejects when not connected. */
  stats(): Promise<StatsSample>;
  /** Lets go of everything, from any state, once and for all: no listener, stream, handle or fd stays. */
  close(): Promise<void>;
}

/** The server's list of the participants of one room. */
export interface RosterClient {
  list(roomName: string): Promise<readonly RosterEntry[]>;
}
