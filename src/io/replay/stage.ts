import { createActor, type AnyActor, type AnyStateMachine, type Snapshot } from 'xstate';
import { isMachine } from '../../machines/actor-tree.ts';
import { GreenroomError } from '../errors.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { LineCheck } from '../event-log/line-check.ts';
import type {
  CheckpointLine,
  LogHead,
  LogLine,
  LogProblem,
  ProblemLine,
  Stimulus,
} from '../event-log/log-line.ts';
import { actorPath, isActive } from '../event-log/recorded-actors.ts';
import { Recorder } from '../event-log/recorder.ts';
import { watchSystem } from '../event-log/watch-system.ts';
import { LogPorts } from './log-ports.ts';
import { STEPS_KEPT } from './passage.ts';
import { replacePorts } from './replace-ports.ts';

type StageOptions = {
  /** The root's id and input stand in it. */
  readonly head: LogHead;
  /** Of the root; its ports are replaced by such that say what the log says they said. */
  readonly machine: AnyStateMachine;
  /** Gets what the replayed actors do. */
  readonly write: (line: LogLine | ProblemLine) => void;
  /** Where the actors go on from; without it they begin. */
  readonly checkpoint?: CheckpointLine | undefined;
  readonly time?: VirtualClock;
  /** Told of an actor that is neither machine nor port; nobody needs to where it shows as a difference. */
  readonly onProblem?: (problem: LogProblem) => void;
  readonly ports?: LogPorts;
};

/** A timer that has not fired although a stimulus came behind it, and the time of the first such. */
type Overdue = { readonly timer: number; readonly dueAt: number; readonly passedAt: number };

/**
 * Fresh actors that run from a log instead of from the world: with a virtual clock, a recorder that
 * watches them, and the doors to each of them.
 */
export class Stage {
  readonly head: LogHead;
  readonly root: AnyActor;
  readonly recorder: Recorder;
  readonly #time: VirtualClock;
  readonly #check = new LineCheck();
  readonly #ports: LogPorts;
  readonly #checkpoint: CheckpointLine | undefined;
  /** Also of those that have ended in the last steps, as differences are about them, too. */
  readonly #pathByNumber = new Map<number, string>();
  readonly #ended: { readonly actor: number; readonly seq: number }[] = [];
  readonly #machineByPath = new Map<string, AnyActor>();
  #overdue: Overdue | undefined;
  #isReleased = false;
  /** Gets the next line in the place of `write`. */
  #take: ((line: LogLine | ProblemLine) => void) | undefined;
  #refusal: string | undefined;

  constructor(options: StageOptions) {
    const { head, machine, write, checkpoint } = options;
    const { time = new VirtualClock(), ports = new LogPorts(), onProblem } = options;
    this.head = head;
    this.#time = time;
    this.#ports = ports;
    this.#checkpoint = checkpoint;
    this.recorder = new Recorder({
      clock: time,
      write: (line) => {
        if (!this.#isReleased) this.#note(line);
        const checked = this.#check.check(line);
        if (this.#take) this.#take(checked);
        else write(checked);
      },
      // Each of them shows as a difference.
      onProblem: onProblem ?? (() => {}),
      // The log says where.
      checkpointEveryMs: Number.POSITIVE_INFINITY,
    });
    this.root = createActor(replacePorts(machine, ports.standInFor), {
      id: head.rootId,
      input: head.input,
      clock: this.recorder.clock,
      ...(checkpoint && { snapshot: snapshotOf(checkpoint) }),
    });
    // A root that broke while it was recorded breaks again, which is no fault of the replay.
    this.root.subscribe({ error: () => {} });
    this.recorder.watch(this.root);
    watchSystem(this.root.system, (inspection) => {
      const isNew = inspection.type === '@xstate.event' && inspection.event.type === 'xstate.init';
      if (isNew && !this.#isReleased) this.#admit(inspection.actorRef);
    });
  }

  start(): void {
    const checkpoint = this.#checkpoint;
    if (!checkpoint) {
      this.root.start();
      return;
    }
    this.#time.setTime(checkpoint.t);
    // So that it knows the paths, too.
    this.#check.check(checkpoint);
    for (const { actor, path } of checkpoint.actors) this.#pathByNumber.set(actor, path);
    this.recorder.adopt(this.root, checkpoint);
    this.root.start();
    for (const timer of checkpoint.timers) {
      this.#time.numberFrom(timer.timer);
      this.recorder.rearm(this.root, timer);
    }
    this.#time.numberFrom(checkpoint.timerCount + 1);
  }

  /** The log is over, and the actors go on in the world: nobody asks for them by their paths any more. */
  release(): void {
    this.#isReleased = true;
    this.#ended.length = 0;
    this.#pathByNumber.clear();
    this.#machineByPath.clear();
  }

  /**
   * All that is true now, between two steps, for another stage to go on from; it is not written. Null
   * where the actors have come to their end, or hold what no checkpoint can.
   */
  checkpoint(): CheckpointLine | null {
    let taken: LogLine | ProblemLine | undefined;
    this.#take = (line) => void (taken = line);
    this.recorder.checkpoint();
    this.#take = undefined;
    return taken?.kind === 'checkpoint' && this.isRunning ? taken : null;
  }

  /** Why the replay cannot be trusted: it tried to start an actor that touches the world. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Whether the root has neither ended nor broken. */
  get isRunning(): boolean {
    return isActive(this.root.getSnapshot());
  }

  pathOf(actor: number): string {
    return this.#pathByNumber.get(actor) ?? `actor ${actor}`;
  }

  /**
   * Returns why the stimulus cannot happen here, or undefined when it did.
   *
   * The log alone decides what happens next, timers included: a live timer fires late by some
   * milliseconds, and inputs slip in front of it. One that is still to fire when the recorded actors
   * have gone on for longer is one that they did not set.
   */
  perform(line: Stimulus, overdueToleranceMs: number): string | undefined {
    this.#time.setTime(line.t);
    const overdue = this.#overdueAt(line.t);
    const isOverdueItself = line.kind === 'timer' && line.timer === overdue?.timer;
    // Counted from the first stimulus behind it: an event loop that is blocked for seconds lets inputs
    // slip in front as soon as it goes on.
    if (overdue && !isOverdueItself && line.t - overdue.passedAt > overdueToleranceMs) {
      return `timer ${overdue.timer} was due at ${overdue.dueAt} ms and is not in the log`;
    }
    if (line.kind === 'timer') {
      return this.#time.fire(line.timer) ? undefined : `there is no timer ${line.timer}`;
    }
    const path = this.pathOf(line.actor);
    return this.deliver(path, line) ? undefined : `there is no ${path}`;
  }

  /** The timer that should have fired first by then. */
  #overdueAt(t: number): Overdue | undefined {
    const next = this.#time.next;
    if (next === undefined || next.dueAt >= t) this.#overdue = undefined;
    else if (this.#overdue?.timer !== next.id) {
      this.#overdue = { timer: next.id, dueAt: next.dueAt, passedAt: t };
    }
    return this.#overdue;
  }

  /** Fires the timers that are due before `t`, each at its own time, whatever a log says; then it is `t`. */
  passTo(t: number): void {
    for (let timer = this.#time.next; timer && timer.dueAt < t; timer = this.#time.next) {
      this.#time.setTime(timer.dueAt);
      this.#time.fire(timer.id);
    }
    this.#time.setTime(t);
  }

  /** Fires the first timer that is due at just this time, where there is one and none is due before it. */
  fireDueAt(dueAt: number): void {
    const timer = this.#time.next;
    if (timer?.dueAt !== dueAt) return;
    this.#time.setTime(dueAt);
    this.#time.fire(timer.id);
  }

  /** Returns whether the actor that stands at this path now has got it. */
  deliver(path: string, line: Exclude<Stimulus, { readonly kind: 'timer' }>): boolean {
    if (line.kind === 'input') return this.#ports.say(path, line.event);
    const machine = this.#machineByPath.get(path);
    if (!machine || !isActive(machine.getSnapshot())) return false;
    if (line.kind === 'sent') machine.send(line.event);
    else this.recorder.stop(machine);
    return true;
  }

  #note(line: LogLine): void {
    this.#forgetEnded(line.seq);
    if (line.kind === 'actor') this.#pathByNumber.set(line.actor, line.path);
    if (line.kind !== 'ended') return;
    this.#ended.push({ actor: line.actor, seq: line.seq });
    const path = this.pathOf(line.actor);
    const machine = this.#machineByPath.get(path);
    // A successor may already stand at the same path.
    if (machine && !isActive(machine.getSnapshot())) this.#machineByPath.delete(path);
  }

  /** In a log of weeks thousands come and go. */
  #forgetEnded(seq: number): void {
    let first = this.#ended[0];
    while (first && first.seq < seq - STEPS_KEPT) {
      this.#pathByNumber.delete(first.actor);
      this.#ended.shift();
      first = this.#ended[0];
    }
  }

  /** Throws where an actor would run for real: better no replay than one that joins a room. */
  #admit(ref: object): void {
    if (!isActor(ref)) return;
    const path = actorPath(ref);
    if (isMachine(ref.logic)) {
      this.#machineByPath.set(path, ref);
    } else if (!this.#ports.has(ref.logic)) {
      this.#refusal ??= `${path} would touch the world: it is no port of the replay`;
      throw new Error(this.#refusal);
    }
  }
}

/** A copy, because XState puts actors in the places of their ids. */
function snapshotOf({ snapshot }: CheckpointLine): Snapshot<unknown> {
  const copy: unknown = structuredClone(snapshot);
  if (isSnapshot(copy)) return copy;
  throw new GreenroomError('E_LOG_FORMAT', 'the snapshot of a checkpoint has no status');
}

const isSnapshot = (value: unknown): value is Snapshot<unknown> =>
  typeof value === 'object' && value !== null && 'status' in value;

const isActor = (ref: object): ref is AnyActor => 'id' in ref && 'stop' in ref && 'logic' in ref;
