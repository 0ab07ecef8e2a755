import type { StatelyInspectionEvent } from '@statelyai/inspect';
import type { EventObject, StateValue } from 'xstate';
import type { Alert } from '../../machines/events.ts';
import type { HealthReport } from '../../machines/supervisor/supervisor.machine.ts';
import type { ChartState } from '../diagrams/machine-chart.ts';
import type { SessionView, WorkerView } from '../http/sessions-view.ts';

/**
 * What a relay and a viewer say to each other: one JSON object in each text frame of a WebSocket.
 *
 * A viewer says what it looks at; the relay answers with all there is of it, and from then on with what
 * changes, at most as often as the viewer draws. Times are epoch milliseconds of the clock of what is
 * inspected: a recording has its own.
 */
export const PROTOCOL_VERSION = 1;

/** Names the protocol when the WebSocket is opened (RFC 6455, 1.9). */
export const SUBPROTOCOL = `greenroom.inspect.${PROTOCOL_VERSION}`;

/** Numbers an actor for as long as the stream is not `reset`. */
export type ActorId = number;

/** Names an actor for people, also in a URL, and in another run of the same log. */
export type ActorAddress = {
  /** The job's id, or the worker's. */
  readonly system: string;
  /** The ids from the root down, joined by `/` (`actorPath`). */
  readonly path: string;
};

/** A job, a worker, or any other root actor with all below it. */
export type SystemRow = {
  readonly id: string;
  readonly kind: 'worker' | 'job';
  /** Null for a worker, which has several. */
  readonly agent: string | null;
  readonly room: string | null;
  /** Whom a job is about; null where it is about a whole room. */
  readonly identity: string | null;
  readonly startedAt: number;
  /** Null while it runs. */
  readonly endedAt: number | null;
  readonly alertsOpen: number;
};

export type ActorStatus = 'active' | 'done' | 'error' | 'stopped';

export type ActorRow = ActorAddress & {
  readonly id: ActorId;
  /** Null for a worker, and for a job without one; the root of a job stands below its worker's `jobs`. */
  readonly parent: ActorId | null;
  /** XState's id of it. */
  readonly name: string;
  readonly kind: 'machine' | 'port' | 'other';
  /** Of which machine; null where it is none. */
  readonly machine: number | null;
  readonly status: ActorStatus;
  /** Null where it is no machine. */
  readonly value: StateValue | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Actors that lived at this address before it: it was started again so often. */
  readonly restarts: number;
  /** What broke it; null for all that did not end in an error. */
  readonly error: string | null;
};

/** What of an actor changes while it lives. */
export type ActorChange = Pick<ActorRow, 'id' | 'value' | 'status' | 'endedAt' | 'error'>;

/** A machine, once for all actors that run it. */
export type MachineRow = { readonly id: number; readonly name: string; readonly chart: ChartState };

export type AlertRow = {
  readonly system: string;
  /** Which agent's job; several agents may serve one room. */
  readonly agent: string | null;
  readonly room: string | null;
  readonly identity: string | null;
  /** Open until it has `resolvedAt`. */
  readonly alert: Alert;
};

/** Something that happened to an actor. */
export type Entry = {
  /** Grows within an actor. */
  readonly seq: number;
  /** Of the last one, where it was repeated. */
  readonly at: number;
  readonly kind: 'received' | 'emitted';
  /** Who sent it, as an address within the same system; null for the outside, and for itself. */
  readonly from: string | null;
  readonly event: EventObject;
  /**
   * So many events of one type from one sender, with no change of the state between them: high-rate data
   * takes one entry, which shows the last of them.
   */
  readonly count: number;
  /** Keys of the transitions taken (`MachineTransition`). */
  readonly taken: readonly string[];
  /** Where it changed the state, the new one. */
  readonly value: StateValue | null;
};

export type ArmedTimer = {
  /** XState's event type for it, such as `xstate.after.graceMs.participant-session.connected`. */
  readonly event: string;
  readonly dueAt: number;
};

export type StateChange = { readonly at: number; readonly value: StateValue };

/** What an actor is at one moment. */
export type ActorMoment = {
  readonly id: ActorId;
  readonly at: number;
  readonly value: StateValue | null;
  readonly status: ActorStatus;
  /** Null where it is no machine. */
  readonly context: unknown;
  readonly output: unknown;
  readonly timers: readonly ArmedTimer[];
  /** The context is bigger than what is sent of one, and was left out. */
  readonly isTooBig: boolean;
};

/** All that is known of one actor. */
export type ActorDetail = ActorMoment & {
  /** How often each transition was taken since the actor started, by its key. */
  readonly counts: Readonly<Record<string, number>>;
  /** Oldest first; the last 64. */
  readonly states: readonly StateChange[];
  /** The last 50, in the order in which they happened, or were repeated last. */
  readonly entries: readonly Entry[];
};

/** Something worth a mark on a timeline. */
export type Mark = ActorAddress & {
  readonly at: number;
  readonly kind: 'alert' | 'resolved' | 'message' | 'error';
  readonly text: string;
};

/** What a session measured at one moment. */
export type LevelSample = {
  readonly system: string;
  /** RMS, 0 to 1. */
  readonly audioLevel: number;
  readonly frameRateHz: number;
};

export type TimelineRow = ActorAddress & {
  readonly id: ActorId;
  readonly name: string;
  readonly changes: readonly StateChange[];
  readonly endedAt: number | null;
};

export type LevelLine = {
  readonly system: string;
  /** `[at, audioLevel, frameRateHz]`, oldest first. */
  readonly points: readonly (readonly [number, number, number])[];
};

/** Machines of one room over time. */
export type RoomTimeline = {
  readonly room: string;
  readonly rows: readonly TimelineRow[];
  readonly marks: readonly Mark[];
  readonly levels: readonly LevelLine[];
};

/** What of a process is measured at intervals; null until it is. */
export type WorkerFigures = {
  readonly worker: WorkerView | null;
  readonly eventLoopP99Ms: number | null;
  readonly rssBytes: number | null;
  readonly health: HealthReport | null;
  /** When it was made. */
  readonly healthAt: number | null;
  readonly viewers: number;
};

type LiveSource = {
  readonly kind: 'live';
  /** The command that shows it, such as `start` or `demo`. */
  readonly command: string;
  readonly greenroom: string;
  readonly startedAt: number;
};

/** A log that is played, and not what is there now. */
type RecordingSource = {
  readonly kind: 'recording';
  /** Name of the first file; null before one is opened. */
  readonly file: string | null;
  readonly greenroom: string;
  readonly startedAt: number;
};

export type Source = LiveSource | RecordingSource;

/**
 * Where a replay does something else than the log says. Nothing is shown of this step and of those
 * behind it: what the machines do now is not what happened.
 */
export type RecordedDivergence = {
  readonly step: number;
  readonly at: number;
  readonly reason: string;
  readonly path: string | null;
  /** What each side does there, as the JSON of a log line, cut where it is long; null: nothing. */
  readonly recorded: string | null;
  readonly replayed: string | null;
};

/** All of a recording, as it is told when it is opened. */
export type Recording = {
  readonly file: string;
  readonly agent: string;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Stimuli in it: the playhead stands behind one of them, or at 0 before the first. */
  readonly steps: number;
  /** `torn`: the recording process was killed within a line; `open`: it was killed, or still runs. */
  readonly ending: 'closed' | 'torn' | 'open';
  /** Null where all of it is as it was recorded. */
  readonly divergence: RecordedDivergence | null;
  /** Of all of it. The ids in it are those of the log: actors are told apart by their addresses. */
  readonly timeline: RoomTimeline;
  /** There is more than a timeline holds: the later rows, changes and messages are left out. */
  readonly isTimelineCut: boolean;
  readonly alerts: readonly AlertRow[];
};

export type Playhead = {
  readonly step: number;
  readonly at: number;
  readonly isPlaying: boolean;
  /** So many times as fast as it happened. */
  readonly speed: number;
  /** Entries and counts of actors are known from this time on: those before a jump are not. */
  readonly knownFrom: number;
};

/** What a relay says. */
export type RelayMessage =
  | {
      readonly type: 'hello';
      readonly version: typeof PROTOCOL_VERSION;
      readonly source: Source;
      readonly at: number;
    }
  /**
   * Everything said of actors before is void, and all there is comes anew, in `actors` up to `ready`:
   * at the beginning, after a jump in a recording, and where the viewer was too slow for the changes.
   */
  | {
      readonly type: 'reset';
      readonly reason: 'attached' | 'behind' | 'jumped';
      readonly at: number;
      readonly actorCount: number;
    }
  /** Before the first actor of this machine. */
  | ({ readonly type: 'machine' } & MachineRow)
  | {
      readonly type: 'actors';
      readonly systems: readonly SystemRow[];
      readonly actors: readonly ActorRow[];
    }
  | { readonly type: 'ready'; readonly at: number }
  /** What changed since the last; parents come before what is below them. */
  | {
      readonly type: 'changes';
      readonly at: number;
      readonly systems: readonly SystemRow[];
      readonly added: readonly ActorRow[];
      readonly changed: readonly ActorChange[];
      /** Ended long enough ago to be forgotten. */
      readonly removed: readonly ActorId[];
      readonly removedSystems: readonly string[];
    }
  | ({ readonly type: 'actor' } & ActorDetail)
  | ({
      readonly type: 'actorChanged';
      /** Only those that grew. */
      readonly counts: Readonly<Record<string, number>>;
      /** One with the `seq` of an earlier one was repeated, and stands here now instead of there. */
      readonly entries: readonly Entry[];
      /** Happened since the last message, and are no longer known. */
      readonly entriesLost: number;
    } & ActorMoment)
  /** The actor that is looked at is not there, or no longer. */
  | ({ readonly type: 'noActor' } & ActorAddress)
  | {
      readonly type: 'contexts';
      readonly id: ActorId;
      readonly seq: number;
      /** Before and after the (last) event of an entry; null where it is forgotten, or no machine's. */
      readonly before: unknown;
      readonly after: unknown;
    }
  /** When a room is first looked at; from then on its rows follow from `changes`. */
  | ({ readonly type: 'room'; readonly at: number } & RoomTimeline)
  | { readonly type: 'marks'; readonly marks: readonly Mark[] }
  | { readonly type: 'levels'; readonly at: number; readonly levels: readonly LevelSample[] }
  /** At most 500, those that run first. */
  | {
      readonly type: 'sessions';
      readonly at: number;
      readonly sessions: readonly SessionView[];
      readonly total: number;
    }
  /** The last 200, newest last; `isAll`: in the place of all before. */
  | { readonly type: 'alerts'; readonly isAll: boolean; readonly alerts: readonly AlertRow[] }
  | ({ readonly type: 'worker'; readonly at: number } & WorkerFigures)
  | ({ readonly type: 'recording' } & Recording)
  | { readonly type: 'opening'; readonly file: string; readonly share: number }
  | ({ readonly type: 'playhead' } & Playhead)
  /** What was asked cannot be done; the stream goes on. */
  | { readonly type: 'refused'; readonly code: string; readonly message: string };

/** What a viewer looks at: the whole of it each time. */
export type Look = {
  /** Drawn so often at most, 1 to 60; nothing is sent more often. */
  readonly frameRateHz: number;
  readonly tree: boolean;
  readonly actor: ActorAddress | null;
  readonly room: string | null;
  /** Sessions as in `/sessions`, once a second. */
  readonly sessions: boolean;
};

/** What a viewer says. */
export type ViewerMessage =
  | ({ readonly type: 'look' } & Look)
  | { readonly type: 'contexts'; readonly id: ActorId; readonly seq: number }
  /** These are of a recording. */
  | { readonly type: 'play'; readonly speed: number }
  | { readonly type: 'pause' }
  | { readonly type: 'step'; readonly by: 1 | -1 }
  | { readonly type: 'goTo'; readonly step: number }
  | { readonly type: 'goToTime'; readonly at: number };

/** What a relay says to the page that shows its actors in Stately's inspector. */
export type StatelyRelayMessage =
  /** First: where that inspector is loaded from. */
  | { readonly type: 'inspector'; readonly url: string }
  /** For the inspector, in its own words. */
  | { readonly type: 'message'; readonly message: StatelyInspectionEvent }
  /** So many of its messages were left out so far: too many a second, or measured at a high rate. */
  | { readonly type: 'leftOut'; readonly count: number };

/** What that page says: the inspector is there, or there anew, and knows nothing. */
export type StatelyPageMessage = { readonly type: 'connected' };
