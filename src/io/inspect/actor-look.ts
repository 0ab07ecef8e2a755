import { transitionOf } from '../coverage/machine-transitions.ts';
import type { KeptEntry } from './actor-history.ts';
import type { InspectedActor } from './inspected-actor.ts';
import type { Inspected } from './inspected.ts';
import { shownEvent, shownValue } from './plain-view.ts';
import type { ActorAddress, ActorMoment, ActorId, Entry, RelayMessage } from './protocol.ts';

/** The one actor that a viewer looks at, and how far it has been told of it. */
export class ActorLook {
  readonly #inspection: Inspected;
  #address: ActorAddress | null = null;
  #shown: { readonly actor: InspectedActor; revision: number; seq: number } | undefined;
  #isMissingTold = false;

  constructor(inspection: Inspected) {
    this.#inspection = inspection;
  }

  /** Told of whom next; a look that stays on an actor goes on where it is. */
  lookAt(address: ActorAddress | null): void {
    const isSame =
      address?.system === this.#address?.system && address?.path === this.#address?.path;
    this.#address = address;
    if (!isSame) this.forget();
  }

  /** The viewer knows nothing of the actor any longer. */
  forget(): void {
    this.#shown = undefined;
    this.#isMissingTold = false;
  }

  isAt(actor: InspectedActor): boolean {
    return this.#shown?.actor === actor;
  }

  /** What is new of the actor; null where nothing is. */
  next(at: number): Extract<RelayMessage, { type: 'actor' | 'actorChanged' | 'noActor' }> | null {
    if (!this.#address) return null;
    const actor = this.#inspection.find(this.#address);
    if (!actor) {
      const isTold = this.#isMissingTold;
      this.#shown = undefined;
      this.#isMissingTold = true;
      return isTold ? null : { type: 'noActor', ...this.#address };
    }
    this.#isMissingTold = false;
    const { history } = actor;
    const shown = this.#shown;
    if (shown?.actor === actor && shown.revision === history.revision) return null;
    this.#shown = { actor, revision: history.revision, seq: history.lastSeq };
    return shown?.actor === actor ? this.#changeOf(shown, at) : this.#allOf(actor, at);
  }

  /** What stands around an entry of the actor. */
  contextsOf(id: ActorId, seq: number): RelayMessage {
    const actor = this.#shown?.actor;
    const entry =
      actor?.id === id ? actor.history.entries.find((kept) => kept.seq === seq) : undefined;
    const before = shownValue(entry?.before).value;
    const after = shownValue(entry?.after).value;
    return { type: 'contexts', id, seq, before, after };
  }

  #allOf(actor: InspectedActor, at: number): Extract<RelayMessage, { type: 'actor' }> {
    const { history } = actor;
    return {
      type: 'actor',
      ...this.#momentOf(actor, at),
      counts: history.countsSince(-1),
      states: history.states,
      entries: history.entries.map(toEntry),
    };
  }

  #changeOf(
    shown: { readonly actor: InspectedActor; readonly revision: number; readonly seq: number },
    at: number,
  ): Extract<RelayMessage, { type: 'actorChanged' }> {
    const { history } = shown.actor;
    const fresh = history.entries.filter(({ revision }) => revision > shown.revision);
    const added = fresh.filter(({ seq }) => seq > shown.seq).length;
    return {
      type: 'actorChanged',
      ...this.#momentOf(shown.actor, at),
      counts: history.countsSince(shown.revision),
      entries: fresh.map(toEntry),
      entriesLost: history.lastSeq - shown.seq - added,
    };
  }

  #momentOf(actor: InspectedActor, at: number): ActorMoment {
    const context = shownValue(actor.context);
    const output = shownValue(actor.output);
    const system = this.#inspection.systemOf(actor);
    return {
      id: actor.id,
      at,
      value: actor.value,
      status: actor.status,
      context: context.value,
      output: output.value,
      timers: actor.hasEnded ? [] : (system?.inspected.timersOf(actor.ref) ?? []),
      isTooBig: context.isTooBig || output.isTooBig,
    };
  }
}

const toEntry = ({ seq, at, kind, from, event, count, taken, value }: KeptEntry): Entry => ({
  seq,
  at,
  kind,
  from,
  event: shownEvent(event),
  count,
  taken: taken.flatMap((transition) => transitionOf(transition)?.key ?? []),
  value,
});
