import type { ActorRefLike, AnyActor, EventObject, InspectionEvent } from 'xstate';
import { isPort } from '../../machines/slots.ts';
import { actorPath, actorTree } from '../event-log/recorded-actors.ts';
import { watchSystem } from '../event-log/watch-system.ts';
import { ActorHistory } from './actor-history.ts';
import { BoundedList } from './bounded-list.ts';
import type { InspectedActor } from './inspected-actor.ts';
import type { InspectedSystem } from './inspected-system.ts';
import type { Mark, SystemRow } from './protocol.ts';

/** Histories of the actors of a system, by their paths, as they were at one moment. */
export type SystemHistory = ReadonlyMap<string, ActorHistory>;

type NewActor = {
  readonly ref: AnyActor;
  readonly path: string;
  readonly parent: InspectedActor | undefined;
  readonly restarts: number;
  readonly history: ActorHistory;
};

/** Who is told of what happens in a system. */
export type SystemListener = {
  readonly now: () => number;
  readonly onActor: (system: SystemWatch, actor: NewActor) => InspectedActor;
  /** Something happened to it; `isOther`: its row is another one now. */
  readonly onChange: (actor: InspectedActor, isOther: boolean) => void;
  readonly onEnd: (actor: InspectedActor) => void;
  readonly onMark: (mark: Mark) => void;
  /** What an actor emitted, beside its mark. */
  readonly onEmitted: (system: SystemWatch, emitted: EventObject) => void;
  /** What a root was told by a port of its own. */
  readonly onRootHears: (system: SystemWatch, event: EventObject) => void;
  readonly onInspection: (inspection: InspectionEvent, system: SystemWatch) => void;
  readonly onFault: (cause: unknown) => void;
};

const MAX_MARKS = 200;
/** Addresses that were once somebody's: a room of many guests must not fill the memory. */
const MAX_PATHS = 2_000;

/** One actor system that is inspected. */
export class SystemWatch {
  readonly inspected: InspectedSystem;
  readonly #listener: SystemListener;
  readonly #actors = new Map<ActorRefLike, InspectedActor>();
  readonly #actorByPath = new Map<string, InspectedActor>();
  readonly #starts = new Map<string, number>();
  readonly #marks = new BoundedList<Mark>(MAX_MARKS);
  readonly #past: SystemHistory;
  readonly #startedAt: number;
  #endedAt: number | null = null;
  #alertsOpen = 0;
  #isLetGo = false;

  /** @param past what is known of the actors from before, by their paths. */
  constructor(inspected: InspectedSystem, listener: SystemListener, past: SystemHistory) {
    this.inspected = inspected;
    this.#listener = listener;
    this.#past = past;
    this.#startedAt = listener.now();
    watchSystem(inspected.root.system, this.#inspect);
    // What a job goes on with is there already.
    for (const ref of actorTree(inspected.root)) if (isActor(ref)) this.#add(ref);
    inspected.root.subscribe({
      error: () => {
        const root = this.#actors.get(inspected.root);
        if (root && !this.#isLetGo) this.#break(root);
      },
    });
  }

  get id(): string {
    return this.inspected.about.id;
  }

  get room(): string | null {
    return this.inspected.about.room;
  }

  get isWorker(): boolean {
    return this.inspected.about.kind === 'worker';
  }

  get row(): SystemRow {
    return {
      ...this.inspected.about,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      alertsOpen: this.#alertsOpen,
    };
  }

  get actors(): Iterable<InspectedActor> {
    return this.#actors.values();
  }

  get isEmpty(): boolean {
    return this.#actors.size === 0;
  }

  /** Oldest first. */
  get marks(): readonly Mark[] {
    return this.#marks.items;
  }

  /** The one that was last at a path. */
  find(path: string): InspectedActor | undefined {
    return this.#actorByPath.get(path);
  }

  /** Hears nothing more: what goes on in the system is of no interest. */
  letGo(): void {
    this.#isLetGo = true;
  }

  remove(actor: InspectedActor): void {
    this.#actors.delete(actor.ref);
    if (this.#actorByPath.get(actor.path) === actor) this.#actorByPath.delete(actor.path);
  }

  countAlerts(by: 1 | -1): void {
    this.#alertsOpen = Math.max(0, this.#alertsOpen + by);
  }

  mark(kind: Mark['kind'], text: string, { path }: Pick<InspectedActor, 'path'>): void {
    const mark: Mark = { system: this.id, path, at: this.#listener.now(), kind, text };
    this.#marks.add(mark);
    this.#listener.onMark(mark);
  }

  /** Never throws: XState lets an inspector's exception break `send` and the actor. */
  readonly #inspect = (inspection: InspectionEvent): void => {
    if (this.#isLetGo) return;
    try {
      this.#hear(inspection);
      this.#listener.onInspection(inspection, this);
    } catch (cause) {
      // What is not seen any more does no harm; what breaks an actor does.
      this.#isLetGo = true;
      this.#listener.onFault(cause);
    }
  };

  #hear(inspection: InspectionEvent): void {
    switch (inspection.type) {
      case '@xstate.event':
        this.#hearEvent(inspection.sourceRef, inspection.actorRef, inspection.event);
        break;
      case '@xstate.microstep':
        this.#actors.get(inspection.actorRef)?.take(inspection._transitions);
        break;
      case '@xstate.action':
        if (inspection.action.type === 'xstate.emit')
          this.#hearEmitted(inspection.actorRef, inspection.action.params);
        break;
      case '@xstate.snapshot':
        this.#settle(inspection.actorRef, inspection.event, inspection.snapshot);
        break;
      case '@xstate.actor':
      case '@xstate.transition':
        break;
    }
  }

  #hearEvent(source: ActorRefLike | undefined, target: ActorRefLike, event: EventObject): void {
    const actor = this.#actors.get(target) ?? (isActor(target) ? this.#add(target) : undefined);
    if (!actor || actor.hasEnded) return;
    const from = source && this.#actors.get(source);
    if (from && event.type.startsWith('xstate.error.actor.')) this.#break(from);
    actor.hear(event, from ? from.path : null);
    if (actor.ref === this.inspected.root) this.#listener.onRootHears(this, event);
    if (event.type === 'data.publish' && isPort(actor.ref.logic)) {
      const topic: unknown = Reflect.get(event, 'topic');
      this.mark('message', typeof topic === 'string' ? topic : '', from ?? actor);
    }
  }

  #add(ref: AnyActor): InspectedActor {
    const path = actorPath(ref);
    const before = this.#starts.get(path) ?? 0;
    this.#starts.set(path, before + 1);
    const [oldest] = this.#starts.keys();
    if (this.#starts.size > MAX_PATHS && oldest !== undefined) this.#starts.delete(oldest);
    const parent = ref._parent && this.#actors.get(ref._parent);
    // The past is that of the first here, and not of those that come after it.
    const history = before === 0 ? this.#past.get(path) : undefined;
    const actor = this.#listener.onActor(this, {
      ref,
      path,
      parent,
      restarts: before,
      history: new ActorHistory(history),
    });
    this.#actors.set(ref, actor);
    this.#actorByPath.set(path, actor);
    return actor;
  }

  #hearEmitted(ref: ActorRefLike, params: unknown): void {
    const actor = this.#actors.get(ref);
    const emitted: unknown =
      typeof params === 'object' && params !== null ? Reflect.get(params, 'event') : undefined;
    if (!actor || !isEvent(emitted)) return;
    actor.emit(emitted);
    this.#listener.onEmitted(this, emitted);
  }

  #settle(ref: ActorRefLike, event: EventObject, snapshot: { readonly status: string }): void {
    const actor = this.#actors.get(ref);
    if (!actor || actor.hasEnded) return;
    const become = actor.settle(this.#listener.now(), event, snapshot);
    this.#listener.onChange(actor, become !== 'same');
    if (become === 'ended') this.#end(actor);
  }

  /** An actor that throws tells its parent, and an inspector nothing. */
  #break(actor: InspectedActor): void {
    if (actor.hasEnded || !actor.break(this.#listener.now())) return;
    this.#listener.onChange(actor, true);
    this.#end(actor);
  }

  #end(actor: InspectedActor): void {
    if (actor.ref === this.inspected.root) this.#endedAt = actor.endedAt;
    if (actor.status === 'error') this.mark('error', actor.change.error ?? '', actor);
    this.#listener.onEnd(actor);
  }
}

/** XState hands its own actors over as if they were anything that can be sent to. */
export const isActor = (ref: ActorRefLike): ref is AnyActor => 'id' in ref && 'logic' in ref;

const isEvent = (value: unknown): value is EventObject =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
