import { isMachineSnapshot, type AnyActorRef, type Snapshot } from 'xstate';

/** Of the actor that these ids lead to, from parent to child; undefined where none of them lives there. */
export function snapshotAt(
  root: AnyActorRef,
  ids: readonly string[],
): Snapshot<unknown> | undefined {
  let actor: AnyActorRef | undefined = root;
  for (const id of ids) actor = actor && childOf(actor, id);
  const snapshot: unknown = actor?.getSnapshot();
  return isSnapshot(snapshot) ? snapshot : undefined;
}

function childOf(actor: AnyActorRef, id: string): AnyActorRef | undefined {
  const snapshot: unknown = actor.getSnapshot();
  if (!isMachineSnapshot(snapshot)) return undefined;
  const children: unknown = snapshot.children;
  const child: unknown = isObject(children) ? Reflect.get(children, id) : undefined;
  return isActorRef(child) ? child : undefined;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isActorRef = (value: unknown): value is AnyActorRef =>
  isObject(value) && 'getSnapshot' in value && 'id' in value;

const isSnapshot = (value: unknown): value is Snapshot<unknown> =>
  isObject(value) && 'status' in value;
