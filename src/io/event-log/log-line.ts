import type { EventObject, StateValue } from 'xstate';
import type { ErrorInfo } from '../../machines/events.ts';

/**
 * What a log file begins with: all that a replay needs beside the stimuli, and nothing secret.
 * Made by `createHead`.
 */
export type LogHead = {
  readonly rootId: string;
  /** Epoch milliseconds of `t` = 0. */
  readonly startedAt: number;
  readonly agent: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The configuration as it was resolved. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string>>;
  /** By machine id: to say which machine has changed since. */
  readonly fingerprints: Readonly<Record<string, string>>;
};

/** The first line of every part of a log, so that each file says what it is. */
export type HeadLine = LogHead & {
  readonly kind: 'head';
  readonly version: typeof logVersion;
  /** From 1. */
  readonly part: number;
};

export const logVersion = 2;

type Step = { readonly seq: number; readonly t: number };
type About = { readonly seq: number; readonly actor: number };

/**
 * What made the actors run: the only lines a replay needs.
 *
 * Every other line is a consequence and repeats the `seq` of the stimulus that caused it.
 * `t` is whole milliseconds since the recording began and never goes back. Actors are numbered.
 */
export type Stimulus =
  /** From a port (`actor`) to its parent. */
  | (Step & { readonly kind: 'input'; readonly actor: number; readonly event: EventObject })
  /** From outside of the actor system. */
  | (Step & { readonly kind: 'sent'; readonly actor: number; readonly event: EventObject })
  /** The root was stopped from outside (`Recorder.stop`). */
  | (Step & { readonly kind: 'stop'; readonly actor: number })
  | (Step & {
      readonly kind: 'timer';
      readonly actor: number;
      /** Counted in the order in which the system's timers were set. */
      readonly timer: number;
      /** Counted from the step that set the timer, so it is exact however late the timer fired. */
      readonly dueAt: number;
      readonly event: string;
    });

/** What the machines made of it: computed again by a replay, and compared. */
type Consequence =
  | (About & { readonly kind: 'actor'; readonly path: string })
  | (About & { readonly kind: 'state'; readonly value: StateValue })
  /** From machine to machine. */
  | (About & { readonly kind: 'message'; readonly event: EventObject })
  /** From a machine to its port. */
  | (About & { readonly kind: 'command'; readonly event: EventObject })
  | (About & { readonly kind: 'emitted'; readonly event: unknown })
  | (About & {
      readonly kind: 'ended';
      readonly status: string;
      /** A machine's last context: it shows differences that no state does. Left out where it is not JSON. */
      readonly context?: unknown;
    });

/** A timer that was set and has not fired. */
export type PendingTimer = {
  readonly timer: number;
  /** Milliseconds since the recording began. */
  readonly dueAt: number;
  /** The numbers of the actor that set it, and of the one that gets the event. */
  readonly source: number;
  readonly target: number;
  readonly event: EventObject;
  /** What it can be cancelled by, where it can be. */
  readonly id?: string;
};

/** An actor that still plays a part: it lives, or is kept by its parent, or is the target of a timer. */
export type KnownActor = {
  readonly actor: number;
  readonly path: string;
  readonly hasEnded: boolean;
};

/**
 * All that was true between two steps: actors can go on from here without anything of the log before
 * (`Recorder.restore`).
 *
 * It has the `seq` and `t` of the last step before it. `actor` is the root. Both ends of a file begin
 * their memory of windows anew here, so that a reader can begin with it, too.
 */
export type CheckpointLine = About & {
  readonly kind: 'checkpoint';
  readonly t: number;
  /** As XState persists it, with all actors below the root (`persist`). */
  readonly snapshot: unknown;
  /** In the order in which they were set. */
  readonly timers: readonly PendingTimer[];
  /** So many timers have been set so far. */
  readonly timerCount: number;
  readonly actors: readonly KnownActor[];
  /** So many actors have been started so far. */
  readonly actorCount: number;
};

export type LogLine = Stimulus | Consequence | CheckpointLine;

/** Stands for a line whose payload is not plain finite JSON. */
export type ProblemLine = About & {
  readonly kind: 'problem';
  readonly code: 'E_LOG_PAYLOAD';
  readonly of: LogLine['kind'];
  readonly message: string;
};

/** So many lines are missing here: the disk was too slow for them. */
export type DroppedLine = { readonly kind: 'dropped'; readonly count: number };

/** The session was closed in order. It counts the lines of the process that closed it, not of those before a resume. */
export type EndLine = { readonly kind: 'end'; readonly lines: number; readonly dropped: number };

export type FileLine = HeadLine | LogLine | ProblemLine | DroppedLine | EndLine;

export const isStimulus = (line: FileLine): line is Stimulus => isStimulusKind(line.kind);

export const isStimulusKind = (kind: FileLine['kind']): boolean =>
  kind === 'input' || kind === 'sent' || kind === 'stop' || kind === 'timer';

/** Something wrong with a log, for the process's own logger: no actor is ever harmed by it. */
export type LogProblem = ErrorInfo & {
  /** Names people: an actor's path has identities in it. */
  readonly where?: string;
};
