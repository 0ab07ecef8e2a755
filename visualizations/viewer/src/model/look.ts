import type { Look, SystemRow } from '../../../../src/io/inspect/protocol.ts';
import type { Route } from './route.ts';

/** What the page draws, as far as it decides what is sent. */
export type Drawn = {
  /** As it was measured: frames that the browser drew in a second. */
  readonly drawnHz: number;
  /** The tab is in the background. */
  readonly isHidden: boolean;
};

const HIDDEN_HZ = 1;
const MOST_HZ = 30;
const LEAST_HZ = 5;

/**
 * What the relay is asked for: what is on the screen.
 *
 * Half as often as the browser draws, so that a page that cannot keep up is sent less: in steps, since each
 * change is a message.
 */
export function lookOf(
  { view, actor, room }: Route,
  systems: ReadonlyMap<string, SystemRow>,
  { drawnHz, isHidden }: Drawn,
): Look {
  const isOfActors = view === 'actors';
  const roomOfActor = actor === null ? null : (systems.get(actor.system)?.room ?? null);
  const frameRateHz = Math.round(drawnHz / 10) * 5;
  return {
    frameRateHz: isHidden ? HIDDEN_HZ : Math.min(MOST_HZ, Math.max(LEAST_HZ, frameRateHz)),
    // Counts, and the way from an alert to its actor, need it in every view.
    tree: true,
    actor: isOfActors ? actor : null,
    room: isOfActors ? (room ?? roomOfActor) : null,
    sessions: false,
  };
}
