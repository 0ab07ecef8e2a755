import type { RelayMessage, ViewerMessage } from './protocol.ts';

/** The way to one viewer. */
export interface ViewerLine {
  send(message: RelayMessage): void;
  /** Sent and not yet taken by the viewer's side, in bytes: who is slow gets less, not more later. */
  readonly bufferedBytes: number;
}

/** One viewer's look at what is inspected. */
export interface Viewing {
  take(message: ViewerMessage): void;
  /** The viewer is gone. */
  close(): void;
}

/** What can be shown to any number of viewers: what runs, or a recording. */
export interface Viewable {
  /** Says `hello` to the viewer, and nothing else until it says what it looks at. */
  open(line: ViewerLine): Viewing;
}
