import {
  createActor,
  fromCallback,
  isMachineSnapshot,
  type ActorRefLike,
  type AnyActorRef,
  type StateValue,
} from 'xstate';
import type { KnownActor } from './log-line.ts';

/** What the recorder keeps of an actor. */
export type RecordedActor = {
  readonly number: number;
  readonly path: string;
  readonly isMachine: boolean;
  value: StateValue | undefined;
  /** Those of `value`; undefined until it is told of. */
  stateNodes: unknown;
  hasEnded: boolean;
};

/**
 * The ids from the root to the actor: stable between runs, unlike a session id.
 *
 * A slash within an id is written %2F, so that a path has as many slashes as levels.
 */
export function actorPath(actor: AnyActorRef): string {
  const id = asInPath(actor.id);
  return actor._parent ? `${actorPath(actor._parent)}/${id}` : id;
}

/** An id, or a part of one, as it stands in a path. */
export const asInPath = (id: string): string => id.replaceAll(/[%/]/g, encodeURIComponent);

/** The same the other way round. */
export const fromPath = (id: string): string => id.replaceAll(/%2F|%25/g, decodeURIComponent);

/** The actors of one system, numbered in the order in which they are started. */
export class RecordedActors {
  readonly #byRef = new WeakMap<ActorRefLike, RecordedActor>();
  readonly #live = new Map<ActorRefLike, RecordedActor>();
  /** Those of the checkpoint that the recording goes on from. */
  readonly #adopted = new Map<number, AnyActorRef>();
  #count = 0;

  /** So many have been started so far. */
  get count(): number {
    return this.#count;
  }

  get liveCount(): number {
    return this.#live.size;
  }

  get live(): readonly (readonly [ActorRefLike, RecordedActor])[] {
    return [...this.#live];
  }

  find(ref: ActorRefLike): RecordedActor | undefined {
    return this.#byRef.get(ref);
  }

  add(ref: ActorRefLike, path: string): RecordedActor {
    this.#count += 1;
    const isMachine = isMachineState(ref.getSnapshot());
    const actor: RecordedActor = {
      number: this.#count,
      path,
      isMachine,
      value: undefined,
      stateNodes: undefined,
      hasEnded: false,
    };
    this.#byRef.set(ref, actor);
    this.#live.set(ref, actor);
    return actor;
  }

  end(ref: ActorRefLike, actor: RecordedActor): void {
    actor.hasEnded = true;
    this.#live.delete(ref);
  }

  /** Those below `root`, and those that have left it while `others` still speak of them. */
  known(root: AnyActorRef, others: readonly AnyActorRef[]): KnownActor[] {
    return [...new Set([...actorTree(root), ...others])]
      .flatMap((ref) => this.#byRef.get(ref) ?? [])
      .map(({ number: actor, path, hasEnded }) => ({ actor, path, hasEnded }))
      .toSorted((one, other) => one.actor - other.actor);
  }

  /** Gives the actors of a tree that was made from a checkpoint the numbers they have there. */
  adopt(root: AnyActorRef, known: readonly KnownActor[], count: number): void {
    this.#count = count;
    const refs = new Map(actorTree(root).map((ref) => [actorPath(ref), ref]));
    // Of two at one path the later stands in the tree; the other one is but spoken of.
    for (const { actor: number, path, hasEnded } of known.toReversed()) {
      const ref = refs.get(path) ?? createActor(nobody, { id: path });
      refs.delete(path);
      const snapshot: unknown = ref.getSnapshot();
      const isMachine = isMachineState(snapshot);
      const value = isMachine ? snapshot.value : undefined;
      const actor = { number, path, isMachine, value, stateNodes: undefined, hasEnded };
      this.#byRef.set(ref, actor);
      this.#adopted.set(number, ref);
      if (!hasEnded) this.#live.set(ref, actor);
    }
  }

  adopted(number: number): AnyActorRef | undefined {
    return this.#adopted.get(number);
  }
}

/** Stands for an actor that has ended, which a timer still waits for: it hears nothing either. */
const nobody = fromCallback(() => {});

/** An actor and all below it, the upper before the lower ones. */
export function actorTree(actor: AnyActorRef): AnyActorRef[] {
  const snapshot: unknown = actor.getSnapshot();
  const children = isMachineState(snapshot) ? Object.values(snapshot.children) : [];
  return [actor, ...children.flatMap((child) => (child ? actorTree(child) : []))];
}

type MachineState = {
  readonly value: StateValue;
  readonly context: unknown;
  readonly children: Readonly<Record<string, AnyActorRef | undefined>>;
};

export const isMachineState = (snapshot: unknown): snapshot is MachineState =>
  isMachineSnapshot(snapshot);

export const isActive = (snapshot: unknown): boolean =>
  typeof snapshot === 'object' &&
  snapshot !== null &&
  'status' in snapshot &&
  snapshot.status === 'active';
