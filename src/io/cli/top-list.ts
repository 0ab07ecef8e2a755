import type { ActorAddress } from '../inspect/protocol.ts';
import type { LiveScreen } from './live-cells.ts';

/** The rows of a view, of which only those on the screen are drawn. */
export type TopList = {
  /** What it shows, such as `sessions 3 of 12`. */
  readonly title: string;
  /** One for each row, and no two alike. */
  readonly keys: readonly string[];
  /** The titles of its columns; none where it has no columns. */
  readonly head: (screen: LiveScreen) => string[];
  /** One line for each row from one index to before another. */
  readonly rows: (from: number, to: number, screen: LiveScreen) => string[];
  /** What more is to be said of the row that is chosen. */
  readonly about: (key: string, screen: LiveScreen) => string[];
  readonly addressOf: (key: string) => ActorAddress | null;
};
