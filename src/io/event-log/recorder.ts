import type { ActorRefLike, AnyActor, AnyActorRef, EventObject, InspectionEvent } from 'xstate';
import type { Clock } from '../../actors/ports.ts';
import { isMachine } from '../../machines/actor-tree.ts';
import { isPort } from '../../machines/slots.ts';
import type { CheckpointLine, LogLine, LogProblem, PendingTimer } from './log-line.ts';
import { persist } from './persist.ts';
import { toPlainEvent } from './plain-event.ts';
import { isSame } from './plain-json.ts';
import {
  actorPath,
  isActive,
  isMachineState,
  RecordedActors,
  type RecordedActor,
} from './recorded-actors.ts';
import { RecordedTimers } from './recorded-timers.ts';
import { StateTrail } from './state-trail.ts';
import { stateNodesOf, watchDelays, watchSystem } from './watch-system.ts';

type RecorderOptions = {
  readonly clock: Clock;
  /** Gets plain objects that nobody changes afterwards, so it may encode them later, off the hot path. */
  readonly write: (line: LogLine) => void;
  /** Hears of an actor that is neither machine nor port, and of faults of the recorder itself. */
  readonly onProblem: (problem: LogProblem) => void;
  /** How far apart checkpoints are, in milliseconds of `t`; five minutes unless told otherwise. */
  readonly checkpointEveryMs?: number;
};

/** A resume runs again what came since the last checkpoint: it takes half a second then. One of a session has some 5 kB. */
export const CHECKPOINT_EVERY_MS = 300_000;

/**
 * Writes what happens in one actor system.
 *
 * Give `clock` to the root actor, and let the recorder `watch` it before it is started: the clock is how
 * a timer is told from a message that an actor sent to itself.
 */
export class Recorder {
  /** Epoch milliseconds of `t` = 0. */
  readonly startedAt: number;
  /** The last changes of state, for those who ask what led to where the actors are. */
  readonly trail = new StateTrail();
  readonly #clock: Clock;
  readonly #write: (line: LogLine) => void;
  readonly #onProblem: (problem: LogProblem) => void;
  #checkpointEveryMs: number;
  readonly #actors = new RecordedActors();
  readonly #timers: RecordedTimers;
  #root: AnyActor | undefined;
  #seq = 0;
  #t = 0;
  #checkpointDueAt: number;
  #hasFailed = false;

  constructor(options: RecorderOptions) {
    const { clock, write, onProblem, checkpointEveryMs = CHECKPOINT_EVERY_MS } = options;
    this.#clock = clock;
    this.startedAt = clock.now();
    this.#write = write;
    this.#onProblem = onProblem;
    this.#timers = new RecordedTimers(clock, this.startedAt, () => this.#t);
    this.#checkpointEveryMs = checkpointEveryMs;
    this.#checkpointDueAt = checkpointEveryMs;
  }

  /** For the root actor. */
  get clock(): Clock {
    return this.#timers.clock;
  }

  /** Of the last stimulus. */
  get seq(): number {
    return this.#seq;
  }

  /** Actors that were started and have not ended. */
  get liveActorCount(): number {
    return this.#actors.liveCount;
  }

  /** From here on everything that happens in the system of `root`, which has not been started, is written. */
  watch(root: AnyActor): void {
    this.#root = root;
    watchSystem(root.system, this.#inspect);
    watchDelays(root.system, this.#timers.expect);
  }

  /** What an actor still waits for, in the order in which the timers were set; `dueAt` in epoch milliseconds. */
  timersOf(target: AnyActorRef): readonly { readonly event: string; readonly dueAt: number }[] {
    return this.#timers.pending
      .filter(({ delayed }) => delayed?.target === target)
      .map(({ delayed, dueAt }) => ({
        event: delayed?.event.type ?? '',
        dueAt: this.startedAt + dueAt,
      }));
  }

  /** From here on, counted from now; milliseconds of `t`. */
  checkpointEvery(everyMs: number): void {
    this.#checkpointEveryMs = everyMs;
    this.#checkpointDueAt = this.#t + everyMs;
  }

  /**
   * Writes a checkpoint, which is true only between two steps.
   *
   * The recorder does so by itself before the first step after each five minutes, a replay wherever the
   * log has one.
   */
  checkpoint(): void {
    const actor = this.#root && this.#actors.find(this.#root);
    if (!this.#root || !actor) return;
    const { pending } = this.#timers;
    const targets = pending.flatMap(({ delayed }) => delayed?.target ?? []);
    this.#checkpointDueAt = this.#t + this.#checkpointEveryMs;
    this.#write({
      kind: 'checkpoint',
      seq: this.#seq,
      t: this.#t,
      actor: actor.number,
      snapshot: persist(this.#root),
      timers: this.#pendingTimers(),
      timerCount: this.#timers.count,
      actors: this.#actors.known(this.#root, targets),
      actorCount: this.#actors.count,
    });
  }

  /**
   * Takes up the numbers of a checkpoint. The root was created from its snapshot, is watched, and has
   * not been started; once it is, `rearm` sets the timers again.
   */
  adopt(root: AnyActor, { seq, t, actors, actorCount, timerCount }: CheckpointLine): void {
    this.#seq = seq;
    this.#t = t;
    this.#actors.adopt(root, actors, actorCount);
    this.#timers.numberFrom(timerCount + 1);
    this.#checkpointDueAt = t + this.#checkpointEveryMs;
  }

  /** Sets a timer of the checkpoint once more, under its own number. */
  rearm(root: AnyActor, { timer, dueAt, source, target, event, id }: PendingTimer): void {
    const from = this.#actors.adopted(source);
    const to = this.#actors.adopted(target);
    if (!from || !to) throw new Error(`The checkpoint does not name the actors of timer ${timer}.`);
    this.#timers.numberFrom(timer, () =>
      root.system.scheduler.schedule(from, to, event, dueAt - this.#t, id),
    );
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
    const recorded = this.#actors.find(root);
    if (recorded && !recorded.hasEnded) {
      this.#beginStep();
      this.#write({ kind: 'stop', seq: this.#seq, t: this.#t, actor: recorded.number });
    }
    root.stop();
  }

  /**
   * Stops what still runs after the end of the root: an actor that broke leaves everything below it
   * running, ports and all (XState #5153). The log holds none of it, since a replay has nothing to stop.
   */
  stopStrays(): void {
    // The root is none of them: it tells of its end before that is recorded.
    const strays = this.#actors.live.filter(([ref]) => isActive(ref.getSnapshot()));
    for (const [stray, recorded] of strays) this.#actors.end(stray, recorded);
    // XState's own word for it: `stop` is refused to any actor but a root.
    for (const [stray] of strays) stray.send({ type: 'xstate.stop' });
  }

  #record(inspection: InspectionEvent): void {
    switch (inspection.type) {
      case '@xstate.event':
        this.#recordEvent(inspection.sourceRef, inspection.actorRef, inspection.event);
        break;
      case '@xstate.microstep':
        this.#recordState(inspection.actorRef, inspection.snapshot, inspection.event);
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
    const source = sourceRef && this.#actors.find(sourceRef);
    const target = this.#actors.find(targetRef) ?? this.#addActor(targetRef, event);
    if (event.type === 'xstate.init') return;
    const actor = target.number;

    const { fired } = this.#timers;
    if (fired) {
      // Also where its target has ended: the replay's clock holds that timer, too.
      this.#beginStep();
      this.#timers.take(fired);
      const { timer, dueAt } = fired;
      const { type } = event;
      this.#write({ kind: 'timer', seq: this.#seq, t: this.#t, actor, timer, dueAt, event: type });
      return;
    }
    // An actor that has ended drops what it is sent.
    if (target.hasEnded) return;

    if (!target.isMachine) {
      // What a port says to itself is its own business.
      if (!source || source === target) return;
      this.#write({ kind: 'command', seq: this.#seq, actor, event });
    } else if (!source) {
      this.#beginStep();
      this.#write({ kind: 'sent', seq: this.#seq, t: this.#t, actor, event });
    } else if (!source.isMachine) {
      this.#beginStep();
      const said = toPlainEvent(event);
      this.#write({ kind: 'input', seq: this.#seq, t: this.#t, actor: source.number, event: said });
    } else {
      this.#write({ kind: 'message', seq: this.#seq, actor, event: toPlainEvent(event) });
    }
  }

  #beginStep(): void {
    const t = Math.max(this.#t, Math.round(this.#clock.now() - this.startedAt));
    if (t >= this.#checkpointDueAt) {
      this.checkpoint();
      this.#checkpointDueAt = t + this.#checkpointEveryMs;
    }
    this.#seq += 1;
    this.#t = t;
  }

  #addActor(ref: ActorRefLike, event: EventObject): RecordedActor {
    const path = isActorRef(ref) ? actorPath(ref) : '?';
    const actor = this.#actors.add(ref, path);
    this.#write({ kind: 'actor', seq: this.#seq, actor: actor.number, path });
    this.#recordState(ref, ref.getSnapshot(), event);
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

  #pendingTimers(): PendingTimer[] {
    return this.#timers.pending.flatMap(({ timer, dueAt, delayed }) => {
      const source = delayed && this.#actors.find(delayed.source);
      const target = delayed && this.#actors.find(delayed.target);
      if (!source || !target) return [];
      const { event, id } = delayed;
      const about = { timer, dueAt, source: source.number, target: target.number, event };
      return [{ ...about, ...(id !== undefined && { id }) }];
    });
  }

  #recordState(ref: ActorRefLike, snapshot: unknown, { type }: EventObject): void {
    const actor = this.#actors.find(ref);
    if (!actor || !isMachineState(snapshot)) return;
    const stateNodes = stateNodesOf(snapshot);
    if (stateNodes !== undefined && stateNodes === actor.stateNodes) return;
    actor.stateNodes = stateNodes;
    const { value } = snapshot;
    if (isSame(actor.value, value)) return;
    const { path, value: from } = actor;
    actor.value = value;
    this.trail.note({ seq: this.#seq, t: this.#t, path, event: type, from, to: value });
    this.#write({ kind: 'state', seq: this.#seq, actor: actor.number, value });
  }

  #recordEmitted(ref: ActorRefLike, action: { type: string; params: unknown }): void {
    const actor = this.#actors.find(ref);
    if (!actor || action.type !== 'xstate.emit') return;
    const { params } = action;
    const event: unknown =
      typeof params === 'object' && params !== null ? Reflect.get(params, 'event') : undefined;
    this.#write({ kind: 'emitted', seq: this.#seq, actor: actor.number, event });
  }

  #recordEnd(ref: ActorRefLike, snapshot: { readonly status: string }): void {
    const actor = this.#actors.find(ref);
    if (!actor || actor.hasEnded || snapshot.status === 'active') return;
    this.#actors.end(ref, actor);
    const ended = { seq: this.#seq, actor: actor.number, status: snapshot.status };
    const context = isMachineState(snapshot) ? snapshot.context : undefined;
    this.#write({ kind: 'ended', ...ended, ...(context !== undefined && { context }) });
  }
}

const isActorRef = (ref: ActorRefLike): ref is AnyActorRef => 'id' in ref;

const isForeign = (ref: ActorRefLike): boolean =>
  'logic' in ref && !isMachine(ref.logic) && !isPort(ref.logic);
