import type { StateValue } from 'xstate';
import type { FileLine, LogLine, ProblemLine, Stimulus } from '../event-log/log-line.ts';
import type { LogPosition } from '../event-log/reader.ts';

/** A stimulus and all that followed from it. */
export type ReplayedStep = {
  readonly stimulus: Stimulus;
  /** Of the actor that it came from or went to. */
  readonly path: string;
  readonly consequences: readonly (LogLine | ProblemLine)[];
};

/** A state that an actor came to, `t` milliseconds after the beginning of the log. */
export type PassedState = { readonly t: number; readonly value: StateValue };

/** The first step at which a replay differs from the log, and how it came to it. */
export type Divergence = {
  readonly seq: number;
  /** Milliseconds since the beginning of the log. */
  readonly t: number;
  readonly reason: string;
  /** Where the recorded line stands; undefined where the lines came from no file. */
  readonly position: LogPosition | undefined;
  /** Of the actor that it is about, where there is one. */
  readonly path: string | undefined;
  /** What made the actors run in this step; undefined before the first. */
  readonly stimulus: Stimulus | undefined;
  readonly recorded: FileLine | undefined;
  readonly replayed: LogLine | ProblemLine | undefined;
  /** The way of that actor to here, oldest first: its last 20 states. */
  readonly states: readonly PassedState[];
  /** The ten steps before, oldest first, as both sides have them. */
  readonly before: readonly ReplayedStep[];
};
