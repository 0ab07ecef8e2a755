import {
  createActor,
  createMachine,
  isMachineSnapshot,
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  type ExecutableActionObject,
} from 'xstate';
import { isRecord } from '../event-log/plain-json.ts';
import { statePath, transitionOf } from '../coverage/machine-transitions.ts';
import { ModelTimers, type Listener } from './model-timers.ts';

type Said = { readonly to: Listener; readonly event: EventObject };

/** A machine at rest, and what is still to come. */
export type ModelState = {
  readonly snapshot: AnyMachineSnapshot;
  /** Milliseconds since the start. */
  readonly now: number;
  readonly timers: ModelTimers;
  /** Children that have ended or broken and still stand among the machine's. */
  readonly ended: ReadonlySet<AnyActorRef>;
};

export type ModelOutcome = {
  readonly state: ModelState;
  /** What was heard of it: by its parent, its children that live, and its listeners. */
  readonly said: readonly Said[];
  /** Keys of the transitions that were taken, in order. */
  readonly took: readonly string[];
  /** Paths of the states that it was in on the way, rests included. */
  readonly passed: readonly string[];
};

/** What a machine sees of the actor that it is the logic of. */
type Scope = Parameters<AnyStateMachine['transition']>[2];

/** What of a state there is before the first step. */
type Before = Omit<ModelState, 'snapshot'> & { readonly snapshot?: AnyMachineSnapshot };

/** A machine as a value: a step gives the next state, and nothing runs. */
export class MachineModel {
  readonly #machine: AnyStateMachine;

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  /** @throws what the machine throws. */
  start(input: unknown): ModelOutcome {
    return this.#step({ now: 0, timers: new ModelTimers(), ended: new Set() }, (scope) =>
      this.#machine.getInitialSnapshot(scope, input),
    );
  }

  /** @throws what the machine throws. */
  hear(state: ModelState, event: EventObject): ModelOutcome {
    return this.#step(state, (scope) => this.#machine.transition(state.snapshot, event, scope));
  }

  /** One of its children ends or breaks, which the event tells. */
  hearEndOf(child: AnyActorRef, state: ModelState, event: EventObject): ModelOutcome {
    return this.hear({ ...state, ended: new Set([...state.ended, child]) }, event);
  }

  /** Lets time pass until the next timer fires. */
  fireTimer(state: ModelState): ModelOutcome {
    const timer = state.timers.next;
    if (!timer) throw new Error('No timer is set.');
    const later = { ...state, now: timer.dueAt, timers: state.timers.withoutNext() };
    if (timer.to.is === 'self') return this.hear(later, timer.event);
    const said = hears(timer.to, later, later.snapshot) ? [timer] : [];
    return { state: later, said, took: [], passed: [] };
  }

  #step(before: Before, move: (scope: Scope) => AnyMachineSnapshot): ModelOutcome {
    const { snapshot, sent, took, passed } = this.#move(move);
    const state: ModelState = {
      snapshot,
      now: before.now,
      timers: snapshot.status === 'active' ? timersAfter(before, sent) : new ModelTimers(),
      ended: new Set([...before.ended].filter((child) => childrenOf(snapshot).includes(child))),
    };
    const said = sent.flatMap((sending) => (sending.kind === 'said' ? [sending] : []));
    const outcome: ModelOutcome = {
      state,
      said: said.filter(({ to }) => hears(to, before, snapshot)),
      took,
      passed,
    };
    // What a machine sends itself without a delay comes right behind, as steps of their own.
    return said
      .filter(({ to }) => to.is === 'self')
      .reduce((last, { event }) => this.#go(last, event), outcome);
  }

  #go(last: ModelOutcome, event: EventObject): ModelOutcome {
    if (last.state.snapshot.status !== 'active') return last;
    const next = this.hear(last.state, event);
    return {
      state: next.state,
      said: [...last.said, ...next.said],
      took: [...last.took, ...next.took],
      passed: [...last.passed, ...next.passed],
    };
  }

  /** Each step has actors of its own around it: a name in the actor system may be taken once only. */
  #move(move: (scope: Scope) => AnyMachineSnapshot) {
    const took: string[] = [];
    const passed: string[] = [];
    const actions: ExecutableActionObject[] = [];
    const parent = createActor(createMachine({}), {
      inspect: (inspection) => {
        if (inspection.type !== '@xstate.microstep') return;
        took.push(...inspection._transitions.flatMap((taken) => transitionOf(taken)?.key ?? []));
        passed.push(...pathsIn(inspection.snapshot));
      },
    });
    const self = createActor(createMachine({}), { parent, id: this.#machine.id });
    const { sessionId, system } = self;
    const snapshot = move({
      ...{ self, id: self.id, sessionId, system },
      logger: () => {},
      defer: () => {},
      emit: () => {},
      stopChild: () => {},
      actionExecutor: (action) => actions.push(action),
    });
    passed.push(...pathsIn(snapshot));
    return {
      snapshot,
      took,
      passed,
      sent: actions.flatMap((action) => sendingOf(action, self, parent)),
    };
  }
}

/** The children of a machine that can be spoken to. */
export const liveChildren = ({ snapshot, ended }: ModelState): readonly AnyActorRef[] =>
  snapshot.status === 'active' ? childrenOf(snapshot).filter((child) => !ended.has(child)) : [];

/** Paths of the states that a machine is in. */
const pathsIn = (snapshot: unknown): readonly string[] =>
  isMachineSnapshot(snapshot) ? snapshot._nodes.map(statePath) : [];

type Sending =
  | (Said & { readonly kind: 'said' })
  | (Said & { readonly kind: 'scheduled'; readonly id: unknown; readonly delayMs: number })
  | { readonly kind: 'cancelled'; readonly id: unknown };

/** What an action sends: XState resolves it before it is carried out. */
function sendingOf(
  { type, params }: ExecutableActionObject,
  self: AnyActorRef,
  parent: AnyActorRef,
): readonly Sending[] {
  if (!isRecord(params)) return [];
  if (type === 'xstate.cancel') return [{ kind: 'cancelled', id: params['sendId'] }];
  const { event, delay, id } = params;
  if (!isEvent(event)) return [];
  if (type === 'xstate.emit') return [{ kind: 'said', to: { is: 'listeners' }, event }];
  const to =
    type === 'xstate.raise' ? ({ is: 'self' } as const) : whoIs(params['to'], self, parent);
  if (!to) return [];
  if (typeof delay === 'number') return [{ kind: 'scheduled', to, event, id, delayMs: delay }];
  if (event.type.startsWith('xstate.after.')) {
    // XState takes a delay that it does not know for none, and says nothing.
    throw new Error(
      `The delay of "${event.type}" has no value: name it among the machine's delays.`,
    );
  }
  // Raised without a delay it was part of the step itself.
  return type === 'xstate.raise' ? [] : [{ kind: 'said', to, event }];
}

function whoIs(to: unknown, self: AnyActorRef, parent: AnyActorRef): Listener | undefined {
  if (to === self) return { is: 'self' };
  if (to === parent) return { is: 'parent' };
  return isActorRef(to) ? { is: 'child', ref: to } : undefined;
}

const timersAfter = ({ now, timers }: Before, sent: readonly Sending[]): ModelTimers =>
  sent.reduce((kept, sending) => {
    if (sending.kind === 'cancelled') return kept.cancel(sending.id);
    if (sending.kind === 'said') return kept;
    const { id, event, to, delayMs } = sending;
    return kept.set({ id, event, to, dueAt: now + Math.max(0, delayMs) });
  }, timers);

/** A child that came and went within one step was never there to hear anything. */
function hears(to: Listener, { snapshot, ended }: Before, after: AnyMachineSnapshot): boolean {
  if (to.is !== 'child') return to.is !== 'self';
  const isThere = [...(snapshot ? childrenOf(snapshot) : []), ...childrenOf(after)].includes(
    to.ref,
  );
  return isThere && !ended.has(to.ref);
}

/** Those that have ended and were not yet let go included. */
export function childrenOf(snapshot: AnyMachineSnapshot): AnyActorRef[] {
  const children: unknown = snapshot.children;
  return isRecord(children) ? Object.values(children).filter(isActorRef) : [];
}

const isEvent = (value: unknown): value is EventObject =>
  isRecord(value) && typeof value['type'] === 'string';

const isActorRef = (value: unknown): value is AnyActorRef =>
  isRecord(value) && typeof value['id'] === 'string' && 'getSnapshot' in value;
