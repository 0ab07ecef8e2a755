import type { Clock } from '../actors/ports.ts';
import type { ParticipantInfo, ParticipantRef, RoomFact, RoomFactOf } from '../machines/events.ts';
import { participantAllowance, takenBy } from './allowance.ts';

/** What was held back waits so long at most, and is told of so often at most. */
const TELL_EVERY_MS = 1_000;

type ChangeFact = RoomFactOf<
  'participant.metadataChanged' | 'participant.attributesChanged' | 'track.muted' | 'track.unmuted'
>;

type Attributes = ParticipantInfo['attributes'];

type Changer = {
  readonly ref: ParticipantRef;
  /** As they were told. */
  attributes: Attributes;
  /** Each change takes its part of a second: until when those are taken. */
  takenUntil: number;
  /** The latest change of each thing that is not told yet, by that thing; what changed last stands last. */
  readonly held: Map<string, ChangeFact>;
  /** Changes that gave way to later ones, and are not told yet. */
  changes: number;
};

/**
 * Lets through as many changes of each participant as one can mean to make: the server passes on as many
 * as somebody makes, and needs no permission for mutes. Everything that is let through is decided on and logged.
 *
 * Of the others the latest is told once a second, and before its participant or track ends; how many gave
 * way is told as `participant.throttled`.
 */
export class ChangeLimit {
  readonly #clock: Clock;
  readonly #say: (fact: RoomFact) => void;
  /** Those who are inside, by their connections. */
  readonly #changers = new Map<string, Changer>();
  /** Runs while something is held. */
  #timer: unknown = null;

  constructor({ clock, say }: { readonly clock: Clock; readonly say: (fact: RoomFact) => void }) {
    this.#clock = clock;
    this.#say = say;
  }

  /** Says the fact if it is no change, or not one too many. */
  pass(fact: RoomFact): void {
    switch (fact.type) {
      case 'participant.metadataChanged':
      case 'participant.attributesChanged':
      case 'track.muted':
      case 'track.unmuted':
        this.#passChange(fact);
        return;
      case 'room.connected':
        this.close();
        for (const participant of fact.participants) this.#enter(participant);
        break;
      case 'participant.connected':
        this.#enter(fact.participant);
        break;
      case 'track.unpublished':
        this.#tellTrack(fact);
        break;
      case 'participant.disconnected':
        this.#depart(fact);
        break;
      case 'room.disconnected':
        this.close();
        break;
      default:
    }
    this.#say(fact);
  }

  /** What is held then is not told any more. */
  close(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#changers.clear();
  }

  /** It may be told of anew after our own reconnect, with all that changed meanwhile. */
  #enter({ identity, sid, attributes }: ParticipantInfo): void {
    const takenUntil = this.#changers.get(sid)?.takenUntil ?? 0;
    this.#changers.set(sid, {
      ref: { identity, sid },
      attributes,
      takenUntil,
      held: new Map(),
      changes: 0,
    });
  }

  #passChange(fact: ChangeFact): void {
    const changer = this.#changers.get(fact.sid);
    if (!changer) {
      this.#say(fact);
      return;
    }
    // Once something is held all that follows is, so that changes stay in their order.
    const takenUntil =
      changer.held.size > 0
        ? null
        : takenBy(changer.takenUntil, participantAllowance, {
            sizeBytes: sizeOf(fact),
            at: fact.at,
          });
    if (takenUntil === null) {
      this.#hold(changer, fact);
      return;
    }
    changer.takenUntil = takenUntil;
    this.#tell(changer, fact);
  }

  #hold(changer: Changer, fact: ChangeFact): void {
    const thing = thingOf(fact);
    const earlier = changer.held.get(thing);
    if (earlier) changer.changes += 1;
    changer.held.delete(thing);
    changer.held.set(thing, earlier ? merged(changer, earlier, fact) : fact);
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = null;
      for (const each of this.#changers.values()) this.#tellHeld(each);
    }, TELL_EVERY_MS);
  }

  #tellHeld(changer: Changer): void {
    const facts = [...changer.held.values()];
    changer.held.clear();
    for (const fact of facts) this.#tell(changer, { ...fact, at: this.#clock.now() });
    const { ref, changes } = changer;
    if (changes === 0) return;
    changer.changes = 0;
    this.#say({ type: 'participant.throttled', at: this.#clock.now(), ...ref, changes });
  }

  /** What comes after a track's end would be about no track. */
  #tellTrack({ sid, trackSid }: RoomFactOf<'track.unpublished'>): void {
    const changer = this.#changers.get(sid);
    const fact = changer?.held.get(trackSid);
    if (!changer || !fact) return;
    changer.held.delete(trackSid);
    this.#tell(changer, { ...fact, at: this.#clock.now() });
  }

  #depart({ sid }: ParticipantRef): void {
    const changer = this.#changers.get(sid);
    if (changer) this.#tellHeld(changer);
    this.#changers.delete(sid);
  }

  #tell(changer: Changer, fact: ChangeFact): void {
    if (fact.type === 'participant.attributesChanged') {
      changer.attributes = withChanged(changer.attributes, fact.attributes);
    }
    this.#say(fact);
  }
}

const thingOf = (fact: ChangeFact): string => ('trackSid' in fact ? fact.trackSid : fact.type);

function sizeOf(fact: ChangeFact): number {
  if (fact.type === 'participant.metadataChanged') return Buffer.byteLength(fact.metadata);
  if (fact.type === 'participant.attributesChanged') {
    return Buffer.byteLength(JSON.stringify(fact.attributes));
  }
  return 0;
}

/** Of attributes each change brings the changed ones only: the later on top of the earlier. */
function merged(changer: Changer, earlier: ChangeFact, later: ChangeFact): ChangeFact {
  const type = 'participant.attributesChanged';
  if (earlier.type !== type || later.type !== type) return later;
  const attributes = Object.entries({ ...earlier.attributes, ...later.attributes });
  // One that came and went meanwhile says nothing; names that change would add up.
  const isOfUse = ([name, value]: readonly [string, string]): boolean =>
    value !== '' || Object.hasOwn(changer.attributes, name);
  return { ...later, attributes: Object.fromEntries(attributes.filter(isOfUse)) };
}

/** An attribute that was taken away comes as an empty text. */
const withChanged = (attributes: Attributes, changed: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries({ ...attributes, ...changed }).filter(([, value]) => value !== ''),
  );
