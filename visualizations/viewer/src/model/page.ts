import { effect } from '@preact/signals';
import type { ActorAddress } from '../../../../src/io/inspect/protocol.ts';
import { watchDrawn } from './drawn-rate.ts';
import { Link } from './link.ts';
import { PageLocation } from './location.ts';
import { lookOf } from './look.ts';
import { decodeRelayMessage } from '../../../../src/io/inspect/relay-message.codec.ts';
import { Store } from './store.ts';

/** What lives as long as the page does. */
export type Page = {
  readonly store: Store;
  readonly link: Link;
  readonly location: PageLocation;
  readonly choose: (address: ActorAddress) => void;
};

/** Opens the stream, and keeps the relay told of what the page looks at. */
export function openPage(): Page {
  const store = new Store();
  const link = new Link({
    path: 'stream',
    onState: (state) => {
      store.link.value = state;
    },
    onFrame: (frame) => {
      const message = decodeRelayMessage(frame);
      if (message) store.apply(message);
    },
  });
  const location = new PageLocation();
  keepLook(store, link, location);
  keepMoment(store, link, location);
  link.open();
  return {
    store,
    link,
    location,
    choose: (actor) =>
      location.go({
        view: 'actors',
        actor,
        room: null,
        // Back leads to the step at which the next actor was chosen.
        step: store.playhead.peek()?.step ?? null,
      }),
  };
}

function keepLook(store: Store, link: Link, location: PageLocation): void {
  const drawn = watchDrawn();
  let said = '';
  const say = (): void => {
    if (store.link.peek() !== 'open') {
      said = '';
      return;
    }
    const look = lookOf(location.route.peek(), store.systems, drawn.peek());
    const saying = JSON.stringify(look);
    if (saying === said) return;
    said = saying;
    if (look.actor === null) store.forgetActor();
    link.send({ type: 'look', ...look });
  };
  // The room of an actor is known when its system is.
  store.shapeVersion.subscribe(say);
  store.link.subscribe(say);
  location.route.subscribe(say);
  drawn.subscribe(say);
}

/** Keeps the moment of the page and the one that its URL names the same. */
function keepMoment(store: Store, link: Link, location: PageLocation): void {
  let isPlaced = false;
  // The URL leads, where somebody opens it or goes back to it.
  effect(() => {
    const { step, at } = location.visited.value;
    store.moment.value = at;
    if (store.recording.value === null) return;
    if (step !== null) link.send({ type: 'goTo', step });
    else if (at !== null) link.send({ type: 'goToTime', at });
    isPlaced = true;
  });
  effect(() => {
    const playhead = store.playhead.value;
    if (playhead && !playhead.isPlaying && isPlaced) location.amend({ step: playhead.step });
  });
  effect(() => location.amend({ at: store.moment.value }));
}
