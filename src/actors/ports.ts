import type { Observable } from 'rxjs';
import type { Analysis, AnalysisRequest } from '../machines/analysis/analysis.events.ts';
import type {
  ConnectionCommand,
  Recording,
  RoomFact,
  RosterEntry,
  StatsSample,
  WebhookCommand,
} from '../machines/events.ts';
import type { JobInfo } from '../machines/job/job.events.ts';
import type { RuleCall } from '../machines/rules/rules.machine.ts';

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
 * - Of each sender no more data is told than somebody can mean to send; what is more is counted, and told
 *   as `data.throttled`. Of changes of metadata, attributes and mutes alike, of which the latest is always
 *   told: as `participant.throttled`.
 * - After `room.disconnected` or a failed join only `join` does anything.
 */
export interface RoomClient {
  readonly facts$: Observable<RoomFact>;
  /** One attempt, answered by `room.connected` or `room.joinFailed`. */
  join(): void;
  /** Answered by `room.disconnected` with reason `client_initiated`; nothing where not in a room. */
  leave(): void;
  /** A command that fails is answered by `command.failed`. */
  perform(command: ConnectionCommand): void;
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

/** What the server's API does to one room (LiveKit's RoomService and Egress). Each rejects where it could not. */
export interface RoomServiceClient {
  /** Does nothing where nobody of that identity is in the room. */
  removeParticipant(roomName: string, identity: string): Promise<void>;
  /** Does nothing where that track has gone. */
  muteTrack(roomName: string, identity: string, trackSid: string): Promise<void>;
  /** Gives the id of the recording (LiveKit: egress id). `E_NO_EGRESS` where nobody records for the server. */
  startRecording(roomName: string, recording: Recording): Promise<string>;
  /** Whether that recording goes on; one that is about to end does not. */
  isRecording(recordingId: string): Promise<boolean>;
  /** Does nothing where that recording has ended. */
  stopRecording(recordingId: string): Promise<void>;
}

/** A webhook of one job, to be brought to those who want it. */
export type OutgoingWebhook = Omit<WebhookCommand, 'type'> & {
  readonly job: JobInfo;
  /** Its number among those of its job, from 1. */
  readonly seq: number;
};

/** Brings webhooks to where they go. Never throws and never waits: what is too much is dropped and counted. */
export interface WebhookSender {
  send(webhook: OutgoingWebhook): void;
}

/** Reads conversations. */
export interface AnalysisEngine {
  /** Rejects where no engine could answer, the embedded one included. */
  analyse(request: AnalysisRequest, options: { readonly signal: AbortSignal }): Promise<Analysis>;
}

/** The functions of the configuration that rules call. */
export interface RuleFunctions {
  /** Rejects with what the function threw, or where it took too long. */
  call(
    call: Omit<RuleCall, 'type'> & { readonly job: JobInfo },
    options: { readonly signal: AbortSignal },
  ): Promise<void>;
}

/** What jobs ask of the world beside their own rooms: one for all jobs of a process. */
export type JobServices = {
  readonly roster: RosterClient;
  readonly roomService: RoomServiceClient;
  readonly webhooks: WebhookSender;
  readonly analysis: AnalysisEngine;
  readonly ruleFunctions: RuleFunctions;
};
