import {
  isMachineSnapshot,
  type ActorRefLike,
  type AnyActor,
  type AnyActorRef,
  type EventObject,
  type InspectionEvent,
  type StateValue,
} from 'xstate';
import type { Clock } from '../../actors/ports.ts';
import { isMachine } from '../../machines/actor-tree.ts';
import { isPort } from '../../machines/slots.ts';
import type { LogLine, LogProblem } from './log-line.ts';
import { isSame } from './plain-json.ts';
import { watchSystem } from './watch-system.ts';

/**
 * The ids from the root to the actor: stable between runs, unlike a session id.
 *
 * A slash within an id is written %2F, so that a path has as many slashes as levels.
 */
export function actorPath(actor: AnyActorRef): string {
  const id = actor.id.replaceAll(/[%/]/g, encodeURIComponent);
  return actor._parent ? `${actorPath(actor._parent)}/${id}` : id;
}

type RecorderOptions = {
  readonly clock: Clock;
  /** Gets plain objects that nobody changes afterwards, so it may encode them later, off the hot path. */
  readonly write: (line: LogLine) => void;
  /** Hears of an actor that is neither machine nor port, and of faults of the recorder itself. */
  readonly onProblem: (problem: LogProblem) => void;
};

type Recorded = {
  readonly number: number;
  readonly isMachine: boolean;
  value: StateValue | undefined;
  hasEnded: boolean;
};

/**
 * Writes what happens in one actor system.
 *
 * Give `clock` to the root actor, and let the recorder `watch` it before it is started: the clock is how
 * a timer is told from a message that an actor sent to itself.
 */
export class Recorder {
  /** Epoch milliseconds of `t` = 0. */
  readonly startedAt: number;
  readonly #clock: Clock;
  readonly #write: (line: LogLine) => void;
  readonly #onProblem: (problem: LogProblem) => void;
  readonly #actors = new WeakMap<ActorRefLike, Recorded>();
  readonly #live = new Map<ActorRefLike, Recorded>();
  #actorCount = 0;
  #timerCount = 0;
  #firedTimer: { readonly timer: number; readonly dueAt: number } | undefined;
  #seq = 0;
  #t = 0;
  #hasFailed = false;

  constructor({ clock, write, onProblem }: RecorderOptions) {
    this.#clock = clock;
    this.startedAt = clock.now();
    this.#write = write;
    this.#onProblem = onProblem;
  }

  /** Numbers timers in the order they are set, which is the same in every run of the same log. */
  readonly clock: Clock = {
    now: () => this.#clock.now(),
    setTimeout: (callback, delayMs) => {
      this.#timerCount += 1;
      const fired = { timer: this.#timerCount, dueAt: this.#t + delayMs };
      return this.#clock.setTimeout(() => {
        this.#firedTimer = fired;
        try {
          callback();
        } finally {
          this.#firedTimer = undefined;
        }
      }, delayMs);
    },
    clearTimeout: (handle) => this.#clock.clearTimeout(handle),
  };

  /** Actors that were started and have not ended. */
  get liveActorCount(): number {
    return this.#live.size;
  }

  /** From here on everything that happens in the system of `root`, which has not been started, is written. */
  watch(root: AnyActor): void {
    watchSystem(root.system, this.#inspect);
  }

  /** Never throws: XState lets an inspector's exception break `send` and the actor. */
  readonly #inspect = (inspection: InspectionEvent): void => {
    try {
      this.#record(inspection);
    } catch (error) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      const message = `the recorder failed: ${String(error)}`;
      this.#onProblem({ code: 'E_LOG_RECORDER', message, retryable: false });
    }
  };

  /**
   * Stops a root actor that may still run. Its own `stop` would end the actors without a word of why
   * in the log.
   */
  stop(root: AnyActor): void {
    const recorded = this.#actors.get(root);
    if (recorded && !recorded.hasEnded) {
      this.#write({ kind: 'stop', ...this.#step(), actor: recorded.number });
    }
    root.stop();
  }

  /**
   * Stops what still runs after the end of the root: an actor that broke leaves everything below it
   * running, ports and all (XState #5153). The log holds none of it, since a replay has nothing to stop.
   */
  stopStrays(): void {
    // The root is none of them: it tells of its end before that is recorded.
    const strays = [...this.#live].filter(([ref]) => isActive(ref.getSnapshot()));
    for (const [stray, recorded] of strays) {
      this.#live.delete(stray);
      recorded.hasEnded = true;
    }
    // XState's own word for it: `stop` is refused to any actor but a root.
    for (const [stray] of strays) stray.send({ type: 'xstate.stop' });
  }

  #record(inspection: InspectionEvent): void {
    switch (inspection.type) {
      case '@xstate.event':
        this.#recordEvent(inspection.sourceRef, inspection.actorRef, inspection.event);
        break;
      case '@xstate.microstep':
        this.#recordState(inspection.actorRef, inspection.snapshot);
        break;
      case '@xstate.action':
        this.#recordEmitted(inspection.actorRef, inspection.action);
        break;
      case '@xstate.snapshot':
        this.#recordEnd(inspection.actorRef, inspection.snapshot);
        break;
      case '@xstate.actor':
      case '@xstate.transition':
        break;
    }
  }

  #recordEvent(
    sourceRef: ActorRefLike | undefined,
    targetRef: ActorRefLike,
    event: EventObject,
  ): void {
    const source = sourceRef && this.#actors.get(sourceRef);
    const target = this.#actors.get(targetRef) ?? this.#addActor(targetRef);
    if (event.type === 'xstate.init') return;
    const actor = target.number;

    if (this.#firedTimer) {
      // Also where its target has ended: the replay's clock holds that timer, too.
      const fired = this.#firedTimer;
      this.#firedTimer = undefined;
      this.#write({ kind: 'timer', ...this.#step(), actor, ...fired, event: event.type });
      return;
    }
    // An actor that has ended drops what it is sent.
    if (target.hasEnded) return;

    if (!target.isMachine) {
      // What a port says to itself is its own business.
      if (!source || source === target) return;
      this.#write({ kind: 'command', seq: this.#seq, actor, event });
    } else if (!source) {
      this.#write({ kind: 'sent', ...this.#step(), actor, event });
    } else if (!source.isMachine) {
      this.#write({ kind: 'input', ...this.#step(), actor: source.number, event: toPlain(event) });
    } else {
      this.#write({ kind: 'message', seq: this.#seq, actor, event: toPlain(event) });
    }
  }

  #step(): { readonly seq: number; readonly t: number } {
    this.#seq += 1;
    this.#t = Math.max(this.#t, Math.round(this.#clock.now() - this.startedAt));
    return { seq: this.#seq, t: this.#t };
  }

  #addActor(ref: ActorRefLike): Recorded {
    this.#actorCount += 1;
    const snapshot: unknown = ref.getSnapshot();
    const actor = {
      number: this.#actorCount,
      isMachine: isMachineState(snapshot),
      value: undefined,
      hasEnded: false,
    };
    this.#actors.set(ref, actor);
    this.#live.set(ref, actor);
    const path = isActorRef(ref) ? actorPath(ref) : '?';
    this.#write({ kind: 'actor', seq: this.#seq, actor: actor.number, path });
    this.#recordState(ref, snapshot);
    if (isForeign(ref)) {
      this.#onProblem({
        code: 'E_LOG_FOREIGN_ACTOR',
        message: 'an actor is neither machine nor port: a replay would run it again',
        retryable: false,
        where: path,
      });
    }
    return actor;
  }

  #recordState(ref: ActorRefLike, snapshot: unknown): void {
    const actor = this.#actors.get(ref);
    if (!actor || !isMachineState(snapshot)) return;
    const { value } = snapshot;
    if (isSame(actor.value, value)) return;
    actor.value = value;
    this.#write({ kind: 'state', seq: this.#seq, actor: actor.number, value });
  }

  #recordEmitted(ref: ActorRefLike, action: { type: string; params: unknown }): void {
    const actor = this.#actors.get(ref);
    if (!actor || action.type !== 'xstate.emit') return;
    const { params } = action;
    const event: unknown =
      typeof params === 'object' && params !== null ? Reflect.get(params, 'event') : undefined;
    this.#write({ kind: 'emitted', seq: this.#seq, actor: actor.number, event });
  }

  #recordEnd(ref: ActorRefLike, snapshot: { readonly status: string }): void {
    const actor = this.#actors.get(ref);
    if (!actor || actor.hasEnded || snapshot.status === 'active') return;
    actor.hasEnded = true;
    this.#live.delete(ref);
    const ended = { seq: this.#seq, actor: actor.number, status: snapshot.status };
    const context = isMachineState(snapshot) ? snapshot.context : undefined;
    this.#write({ kind: 'ended', ...ended, ...(context !== undefined && { context }) });
  }
}

const isActive = (snapshot: unknown): boolean =>
  typeof snapshot === 'object' &&
  snapshot !== null &&
  'status' in snapshot &&
  snapshot.status === 'active';

const isActorRef = (ref: ActorRefLike): ref is AnyActorRef => 'id' in ref;

const isForeign = (ref: ActorRefLike): boolean =>
  'logic' in ref && !isMachine(ref.logic) && !isPort(ref.logic);

const isMachineState = (
  snapshot: unknown,
): snapshot is { readonly value: StateValue; readonly context: unknown } =>
  isMachineSnapshot(snapshot);

/** XState's own words carry `output: undefined` and Error objects, which are not JSON. */
function toPlain(event: EventObject): EventObject {
  if (!event.type.startsWith('xstate.')) return event;
  const words = Object.entries<unknown>(event)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]): [string, unknown] => [
      key,
      value instanceof Error ? String(value) : value,
    ]);
  return { ...Object.fromEntries(words), type: event.type };
}
