import { fromCallback, type AnyActorRef, type CallbackActorLogic, type EventObject } from 'xstate';

/**
 * The one kind of actor that may touch the world.
 *
 * It speaks only in events: it never completes, rejects or throws, and it never sends inside start,
 * receive or cleanup. So the event log holds everything it ever said, and a replay can say it again.
 */
export type PortLogic<TInput, TCommand extends EventObject = EventObject> = CallbackActorLogic<
  TCommand,
  TInput
>;

/** The system that an actor belongs to: one for each job. */
export type ActorSystemRef = AnyActorRef['system'];

/** What a port is given: the door to its parent, and the ear for the parent's commands. */
export type PortScope<TInput, TFact extends EventObject, TCommand extends EventObject> = {
  readonly input: TInput;
  readonly send: (fact: TFact) => void;
  readonly receive: (listener: (command: TCommand) => void) => void;
};

/** A symbol of the global registry, so that two copies of this package know each other's ports. */
const portMark = Symbol.for('greenroom.port');

/**
 * Makes a port.
 *
 * @param run attaches to the world and returns how to let go of it again.
 */
export function port<
  TInput,
  TFact extends EventObject = EventObject,
  TCommand extends EventObject = EventObject,
>(run: (scope: PortScope<TInput, TFact, TCommand>) => () => void): PortLogic<TInput, TCommand> {
  const logic = fromCallback<TCommand, TInput>(({ input, sendBack, receive }) =>
    run({ input, send: sendBack, receive }),
  );
  return markAsPort(logic);
}

/**
 * Makes a port that finds out when it is started what it stands for: so many actor systems can share
 * one machine.
 *
 * @param find is asked about the system that the port is started in.
 */
export function portOfSystem<TInput, TCommand extends EventObject = EventObject>(
  find: (system: ActorSystemRef) => PortLogic<TInput, TCommand>,
): PortLogic<TInput, TCommand> {
  return markAsPort({
    // All ports have the same snapshot, which is made before the system is known to anybody.
    ...port<TInput, EventObject, TCommand>(() => () => {}),
    start: (snapshot, scope) => find(scope.system).start?.(snapshot, scope),
    transition: (snapshot, event, scope) => find(scope.system).transition(snapshot, event, scope),
  });
}

/** For the replayer alone, whose ports need more of XState's scope than {@link port} gives. */
export const markAsPort = <TInput, TCommand extends EventObject>(
  logic: PortLogic<TInput, TCommand>,
): PortLogic<TInput, TCommand> => Object.assign(logic, { [portMark]: true });

/** Whether an actor's logic was made by {@link port}, or stands in for such a one. */
export const isPort = (logic: unknown): logic is PortLogic<unknown> =>
  typeof logic === 'object' && logic !== null && portMark in logic;

/**
 * Fills an actor slot until composition provides the real one.
 *
 * It is actor-shaped because a bare function would fail with an error that does not name the slot.
 */
export function notProvided<TInput, TCommand extends EventObject = EventObject>(
  slot: string,
): PortLogic<TInput, TCommand> {
  return port<TInput, EventObject, TCommand>(() => {
    throw new Error(`No actor was provided for the slot "${slot}".`);
  });
}
