import { createInspector, type StatelyInspectionEvent } from '@statelyai/inspect';
import type { ActorRefLike, AnyActor, AnyActorRef, AnyStateMachine, InspectionEvent } from 'xstate';
import type { Clock } from '../../../actors/ports.ts';
import { isMachine } from '../../../machines/actor-tree.ts';
import { isRecord } from '../../event-log/plain-json.ts';
import type { ActorRow, StatelyRelayMessage, SystemRow } from '../protocol.ts';
import type { InspectFilter } from './inspect-filter.ts';
import { shownDefinition, shownEvent, shownSnapshot, type Mask } from './shown.codec.ts';
import { isActor } from '../system-watch.ts';
import { TokenBucket } from './token-bucket.ts';

/** What there is to show, and what happens. */
export interface StatelySource {
  /** Parents before what is below them. */
  actors(): Iterable<{
    readonly row: ActorRow;
    readonly ref: AnyActorRef;
    readonly system: SystemRow;
  }>;
  /** @returns how to hear no more. */
  listen(hear: (inspection: InspectionEvent, system: SystemRow) => void): () => void;
}

/** The way to one page. */
export interface StatelyLine {
  send(message: StatelyRelayMessage): void;
  /** Sent and not yet taken by the page's side. */
  readonly bufferedBytes: number;
}

type StatelyDoorOptions = {
  readonly source: StatelySource;
  readonly line: StatelyLine;
  readonly filter: InspectFilter;
  readonly mask: Mask;
  readonly clock: Clock;
  /** Told once, when the door closes because of it. */
  readonly onProblem: (problem: unknown) => void;
};

/** The inspector draws each message: more than these are no help to anybody. */
export const MESSAGES_PER_SECOND = 200;
const SAMPLE_INTERVAL_MS = 200;
/** Half of what may be sent, so that levels do not take the place of what happens. */
const SAMPLES_AT_ONCE = (MESSAGES_PER_SECOND * SAMPLE_INTERVAL_MS) / 1000 / 2;
/** A page that takes no more gets no more; those on their way (at most 200) come on top. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Cuts definitions of machines, and a cut one cannot be drawn: deeper than states are ever nested. */
const DEFINITION_DEPTH = 40;
/** They change no state most of the time, and come ten times a second from each track. */
const highRateEvents: ReadonlySet<string> = new Set(['audio.levelMeasured', 'stats.sampled']);

type SnapshotInspection = Extract<InspectionEvent, { readonly type: '@xstate.snapshot' }>;

/**
 * Says in the words of Stately's inspector what one page shows there: all actors when the inspector is
 * connected, and what happens from then on.
 *
 * Limits: 200 messages a second. What is above, and high-rate data always, is not sent event by event: the
 * newest snapshot of each actor follows instead, at most five times a second. It keeps one such snapshot of
 * each actor that lives, and no event.
 */
export class StatelyDoor {
  readonly #options: StatelyDoorOptions;
  readonly #inspector;
  readonly #bucket: TokenBucket;
  /** Actors that the page knows, until they end. */
  readonly #introduced = new Set<ActorRefLike>();
  /** Actors that it does not know yet. */
  readonly #unknown = new Set<AnyActor>();
  /** By what they were made of. */
  readonly #definitions = new WeakMap<object, object>();
  /** The newest snapshot of each actor whose last one was not sent. Those that wait longest come first. */
  readonly #waiting = new Map<ActorRefLike, SnapshotInspection>();
  #stopListening: (() => void) | undefined;
  #timer: unknown;
  #isConnectedAnew = false;
  #isClosed = false;
  #leftOut = 0;
  #leftOutTold = 0;

  constructor(options: StatelyDoorOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(options.clock, MESSAGES_PER_SECOND);
    this.#inspector = createInspector(
      { send: (message) => this.#send(message) },
      { serializationDepthLimit: DEFINITION_DEPTH },
    );
  }

  /** The inspector is there, or there again after it was loaded anew, and knows nothing. */
  connect(): void {
    if (this.#isClosed) return;
    this.#isConnectedAnew = true;
    this.#forget();
    if (this.#stopListening) return;
    this.#stopListening = this.#options.source.listen((inspection, system) =>
      this.#guard(() => this.#hear(inspection, system)),
    );
    this.#tick();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening?.();
    this.#options.clock.clearTimeout(this.#timer);
    this.#forget();
  }

  #forget(): void {
    this.#introduced.clear();
    this.#unknown.clear();
    this.#waiting.clear();
  }

  #tick(): void {
    this.#timer = this.#options.clock.setTimeout(() => this.#tick(), SAMPLE_INTERVAL_MS);
    this.#guard(() => {
      // Not for each word of the page: it could ask a thousand times a second.
      if (this.#isConnectedAnew) this.#attach();
      this.#introduce();
      this.#sample();
      this.#tellLeftOut();
    });
  }

  #attach(): void {
    this.#isConnectedAnew = false;
    for (const { row, ref, system } of this.#options.source.actors()) {
      const isShown = row.status === 'active' && this.#options.filter(system);
      if (isShown && isActor(ref)) this.#unknown.add(ref);
    }
  }

  #hear(inspection: InspectionEvent, system: SystemRow): void {
    // The inspector knows no other types; that of an actor is said before anybody can hear it of a root.
    if (inspection.type !== '@xstate.event' && inspection.type !== '@xstate.snapshot') return;
    if (this.#isConnectedAnew || !this.#options.filter(system)) return;
    this.#meet(inspection);
    if (inspection.type === '@xstate.event') this.#hearEvent(inspection);
    else this.#hearSnapshot(inspection);
  }

  /** The first that is heard of an actor is that it starts, and parents start before what is below them. */
  #meet({ actorRef }: InspectionEvent): void {
    if (this.#introduced.has(actorRef) || !isActor(actorRef)) return;
    const snapshot: unknown = actorRef.getSnapshot();
    if (!isRecord(snapshot) || snapshot['status'] !== 'active') return;
    this.#unknown.add(actorRef);
    this.#introduce();
  }

  #hearEvent(inspection: Extract<InspectionEvent, { readonly type: '@xstate.event' }>): void {
    const { actorRef, event } = inspection;
    const isSent =
      this.#introduced.has(actorRef) && !highRateEvents.has(event.type) && this.#mayGo();
    if (isSent)
      this.#convert({
        ...inspection,
        rootId: rootIdOf(actorRef),
        event: shownEvent(event, this.#options.mask),
      });
    else this.#leftOut += 1;
  }

  #hearSnapshot(inspection: SnapshotInspection): void {
    const { actorRef, event, snapshot } = inspection;
    if (!this.#introduced.has(actorRef)) {
      // It is introduced with the newest; one that has ended meanwhile is nobody's business.
      this.#leftOut += 1;
      if (snapshot.status !== 'active' && isActor(actorRef)) this.#unknown.delete(actorRef);
      return;
    }
    if (!highRateEvents.has(event.type) && this.#mayGo()) {
      if (this.#waiting.delete(actorRef)) this.#leftOut += 1;
      this.#sendSnapshot(inspection);
      return;
    }
    if (this.#waiting.has(actorRef)) this.#leftOut += 1;
    this.#waiting.set(actorRef, inspection);
  }

  #introduce(): void {
    for (const actor of this.#unknown) {
      if (!this.#mayGo()) return;
      this.#unknown.delete(actor);
      this.#introduced.add(actor);
      // `inspector.actor` would be the shorter way: it names an actor after its machine, and a port not at all.
      this.#convert({
        type: '@xstate.actor',
        actorRef: this.#shownActor(actor),
        rootId: rootIdOf(actor),
      });
    }
  }

  /** An actor as far as the package reads one. */
  #shownActor(actor: AnyActor) {
    const { mask } = this.#options;
    const { sessionId, send, _parent } = actor;
    const logic: unknown = actor.logic;
    const snapshot = shownSnapshot(actor.getSnapshot(), mask);
    return {
      ...{ sessionId, send, _parent },
      id: mask(actor.id),
      getSnapshot: () => snapshot,
      logic: isMachine(logic) ? { config: this.#definitionOf(logic) } : {},
    };
  }

  #definitionOf({ config }: AnyStateMachine): object {
    const known = this.#definitions.get(config);
    if (known) return known;
    const definition = shownDefinition(config, this.#options.mask);
    this.#definitions.set(config, definition);
    return definition;
  }

  #sample(): void {
    let left = SAMPLES_AT_ONCE;
    for (const [actorRef, inspection] of this.#waiting) {
      if (left === 0 || !this.#mayGo()) return;
      left -= 1;
      this.#waiting.delete(actorRef);
      this.#sendSnapshot(inspection);
    }
  }

  #sendSnapshot(inspection: SnapshotInspection): void {
    const { actorRef, event, snapshot } = inspection;
    if (snapshot.status !== 'active') this.#introduced.delete(actorRef);
    this.#convert({
      ...inspection,
      rootId: rootIdOf(actorRef),
      event: shownEvent(event, this.#options.mask),
      snapshot: shownSnapshot(snapshot, this.#options.mask),
    });
  }

  #tellLeftOut(): void {
    if (this.#leftOut === this.#leftOutTold) return;
    this.#leftOutTold = this.#leftOut;
    this.#options.line.send({ type: 'leftOut', count: this.#leftOut });
  }

  #mayGo(): boolean {
    return this.#options.line.bufferedBytes <= MAX_BUFFERED_BYTES && this.#bucket.take();
  }

  /**
   * The package converts in a turn of the loop of its own, where what it throws would end the process: all
   * that it gets is plain.
   */
  #convert(inspection: InspectionEvent): void {
    this.#inspector.inspect.next?.(inspection);
  }

  #send(message: StatelyInspectionEvent): void {
    // What was on its way to the page as it was before.
    if (this.#isConnectedAnew) return;
    this.#guard(() => this.#options.line.send({ type: 'message', message }));
  }

  /** Nothing of it may reach the actor that is listened to. */
  #guard(act: () => void): void {
    if (this.#isClosed) return;
    try {
      act();
    } catch (problem) {
      this.close();
      this.#options.onProblem(problem);
    }
  }
}

/** XState tells it only to those who inspect by its public way. */
function rootIdOf(actorRef: ActorRefLike): string {
  return isActor(actorRef) && actorRef._parent ? rootIdOf(actorRef._parent) : actorRef.sessionId;
}
