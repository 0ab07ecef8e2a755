import type { ActorAddress, ViewerMessage } from '../../../../src/io/inspect/protocol.ts';
import type { Store } from './store.ts';

/** What every part of the page is given. */
export type PanelProps = {
  readonly store: Store;
  /** Says something to the relay; what the page looks at goes through the route instead. */
  readonly send: (message: ViewerMessage) => void;
  /** Looks at an actor, as a click in the tree does. */
  readonly choose: (address: ActorAddress) => void;
};
