import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate';

/** A transition of a machine, as plain data that is the same in every build of the same code. */
export type MachineTransition = {
  /**
   * Names it within its machine, for people and programs:
   * `connected.presence.absent: participant.connected [isThisConnection] -> connected.presence.present`.
   *
   * A guard or target more in front of it leaves it as it is. Where all of that is the same for two
   * candidates, the second one ends in ` (2)`.
   */
  readonly key: string;
  /** Path of the state that has it; empty for the machine itself. */
  readonly source: string;
  /** The event's type, `always`, `after DELAY`, `done ACTOR`, `error ACTOR`, `snapshot ACTOR`, or `done` of the state. */
  readonly trigger: string;
  readonly guard: string | null;
  /** Among the candidates of the same source and trigger, which are tried in order; the first is 0. */
  readonly index: number;
  /** Paths of the states it leads to; none where it stays. */
  readonly targets: readonly string[];
  readonly reenter: boolean;
  readonly actions: readonly string[];
};

type StateNode = AnyStateMachine['root'];

/** All transitions of a machine, in the order of its definition; not those of the machines below it. */
export const machineTransitions = (machine: AnyStateMachine): readonly MachineTransition[] => [
  ...read(machine).values(),
];

/** A transition that XState has taken; undefined for the one into a machine's initial state. */
export const transitionOf = (taken: AnyTransitionDefinition): MachineTransition | undefined =>
  read(taken.source.machine).get(taken);

/** Of a state in {@link MachineTransition}. */
export const statePath = ({ path }: { readonly path: readonly string[] }): string => path.join('.');

/** What an action is called in the machine's definition. */
export function actionName(action: unknown): string {
  if (typeof action === 'string') return action;
  if (typeof action === 'function') return typeOf(action) ?? (action.name || 'inline');
  return typeOf(action) ?? 'inline';
}

type Definitions = ReadonlyMap<AnyTransitionDefinition, MachineTransition>;

/** `provide` makes new definitions of the same transitions, so each machine has its own. */
const definitionsByMachine = new WeakMap<AnyStateMachine, Definitions>();

function read(machine: AnyStateMachine): Definitions {
  const known = definitionsByMachine.get(machine);
  if (known) return known;
  const timesByName = new Map<string, number>();
  const definitions = new Map(
    nodesOf(machine.root)
      .flatMap(candidatesOf)
      .map(({ definition, index }) => {
        const transition = describe(definition, index);
        const name = nameOf(transition);
        const times = (timesByName.get(name) ?? 0) + 1;
        timesByName.set(name, times);
        return [definition, { key: times > 1 ? `${name} (${times})` : name, ...transition }];
      }),
  );
  definitionsByMachine.set(machine, definitions);
  return definitions;
}

const nodesOf = (node: StateNode): StateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesOf),
];

const candidatesOf = (node: StateNode): { definition: AnyTransitionDefinition; index: number }[] =>
  [...node.transitions.values(), node.always ?? []].flatMap((candidates) =>
    candidates.map((definition, index) => ({ definition, index })),
  );

const describe = (
  { source, eventType, guard, target, reenter, actions }: AnyTransitionDefinition,
  index: number,
): Omit<MachineTransition, 'key'> => ({
  source: statePath(source),
  trigger: triggerName(String(eventType), source.id),
  guard: guard === undefined ? null : guardName(guard),
  index,
  targets: target?.map(statePath) ?? [],
  reenter,
  actions: actions.map(actionName),
});

function nameOf({ source, trigger, guard, targets }: Omit<MachineTransition, 'key'>): string {
  const condition = guard === null ? '' : ` [${guard}]`;
  const goal = targets.length === 0 ? '' : ` -> ${targets.map(inWords).join(', ')}`;
  return `${inWords(source)}: ${trigger}${condition}${goal}`;
}

const inWords = (path: string): string => path || '(root)';

/** XState's own event types, which carry the id of their state, as their author wrote them. */
function triggerName(eventType: string, stateId: string): string {
  if (eventType === '') return 'always';
  if (eventType === `xstate.done.state.${stateId}`) return 'done';
  const after = 'xstate.after.';
  if (eventType.startsWith(after) && eventType.endsWith(`.${stateId}`)) {
    return `after ${eventType.slice(after.length, -stateId.length - 1)}`;
  }
  return eventType.replace(/^xstate\.(done|error)\.actor\.|^xstate\.(snapshot)\./, '$1$2 ');
}

function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  if (typeof guard !== 'function') return typeOf(guard) ?? 'inline';
  const parts: unknown = Reflect.get(guard, 'guards');
  if (!Array.isArray(parts)) return guard.name || 'inline';
  const names = parts.map(guardName);
  return guard.name === 'not' ? `not ${names.join()}` : `(${names.join(` ${guard.name} `)})`;
}

const typeOf = (thing: unknown): string | undefined =>
  typeof thing === 'object' || typeof thing === 'function'
    ? typeText(thing === null ? undefined : Reflect.get(thing, 'type'))
    : undefined;

const typeText = (type: unknown): string | undefined =>
  typeof type === 'string' ? type : undefined;
