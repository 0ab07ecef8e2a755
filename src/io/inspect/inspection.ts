import type { AnyActorRef, EventObject, InspectionEvent } from 'xstate';
import type { Clock } from '../../actors/ports.ts';
import type { SessionView } from '../http/sessions-view.ts';
import { AlertBook } from './alert-book.ts';
import { BoundedList } from './bounded-list.ts';
import { FigureBook } from './figure-book.ts';
import { InspectedActor } from './inspected-actor.ts';
import type { InspectedSystem, SystemInspector } from './inspected-system.ts';
import type { Inspected } from './inspected.ts';
import { LiveViewing } from './live-viewing.ts';
import { MachineTable } from './machine-table.ts';
import type {
  ActorAddress,
  ActorId,
  ActorRow,
  AlertRow,
  MachineRow,
  Source,
  SystemRow,
  WorkerFigures,
} from './protocol.ts';
import { SystemWatch, type SystemHistory, type SystemListener } from './system-watch.ts';
import type { Viewable, ViewerLine } from './viewable.ts';

type InspectionOptions = {
  readonly source: Source;
  /** Of what is inspected. */
  readonly clock: Pick<Clock, 'now'>;
  /** Paces what is sent: real time, also where a recording is inspected. */
  readonly frames: Clock;
  /** A fault of the inspection itself; what it is about is not inspected any longer. */
  readonly onFault?: (cause: unknown) => void;
};

/** Hears whatever XState tells of a system. */
export type RawListener = (inspection: InspectionEvent, system: SystemRow) => void;

/** How many actors stay to be seen after their end: the oldest go, those that broke last. */
const MAX_ENDED = 200;
const MAX_BROKEN = 100;

/**
 * What there is to be seen of any number of actor systems.
 *
 * While nobody looks it keeps what a late viewer wants: who lives, the last of what happened to each,
 * counts, alerts and marks. What is sent, and how often, is each viewer's own (`LiveViewing`).
 */
export class Inspection implements Viewable, SystemInspector, Inspected {
  readonly #options: InspectionOptions;
  readonly #systems = new Map<string, SystemWatch>();
  readonly #actors = new Map<ActorId, InspectedActor>();
  readonly #systemOf = new WeakMap<InspectedActor, SystemWatch>();
  readonly #ended = new BoundedList<InspectedActor>(MAX_ENDED);
  readonly #broken = new BoundedList<InspectedActor>(MAX_BROKEN);
  readonly #machines = new MachineTable();
  readonly #alerts = new AlertBook();
  readonly #figures = new FigureBook();
  readonly #viewings = new Set<LiveViewing>();
  readonly #listeners = new Set<RawListener>();
  readonly #listener: SystemListener;
  #lastId = 0;

  constructor(options: InspectionOptions) {
    this.#options = options;
    const { clock, onFault = () => {} } = options;
    this.#listener = {
      now: () => clock.now(),
      onActor: (system, { ref, path, parent, restarts, history }) => {
        this.#lastId += 1;
        const actor = new InspectedActor({
          id: this.#lastId,
          ref,
          path,
          parent: parent?.id ?? this.#aboveRoots(system),
          machine: this.#machines.idOf(ref),
          system: system.id,
          name: ref.id,
          startedAt: clock.now(),
          restarts,
          history,
        });
        this.#actors.set(actor.id, actor);
        this.#systemOf.set(actor, system);
        for (const viewing of this.#viewings) viewing.onAdded(actor);
        return actor;
      },
      onChange: (actor, isOther) => {
        for (const viewing of this.#viewings) viewing.onChanged(actor, isOther);
      },
      onEnd: (actor) => this.#retire(actor),
      onMark: (mark) => {
        for (const viewing of this.#viewings) viewing.onMark(mark);
      },
      onEmitted: (system, emitted) => this.#hearEmitted(system, emitted),
      onRootHears: (system, event) => {
        if (system.isWorker) this.#figures.hear(event, clock.now());
      },
      onInspection: (inspection, system) => {
        if (this.#listeners.size === 0) return;
        const { row } = system;
        for (const hear of this.#listeners) hear(inspection, row);
      },
      onFault,
    };
  }

  /** @param past what is known of the actors from before, where the system goes on from somewhere. */
  attach(inspected: InspectedSystem, past: SystemHistory = new Map()): void {
    try {
      const system = new SystemWatch(inspected, this.#listener, past);
      this.#systems.get(system.id)?.letGo();
      this.#systems.set(system.id, system);
      this.#tellSystem(system);
    } catch (cause) {
      this.#listener.onFault(cause);
    }
  }

  open(line: ViewerLine): LiveViewing {
    const { source, clock, frames } = this.#options;
    const viewing = new LiveViewing({
      inspection: this,
      line,
      frames,
      clock,
      onClosed: () => this.#viewings.delete(viewing),
    });
    this.#viewings.add(viewing);
    line.send({ type: 'hello', version: 1, source, at: clock.now() });
    return viewing;
  }

  /** Everybody who looks is cut off. */
  close(): void {
    for (const viewing of this.#viewings) viewing.close();
    this.clear();
  }

  /**
   * Forgets all systems; who looks begins anew with those that `attachOthers` attaches, and with what it
   * lets them do: a jump in a recording shows nobody the way there.
   */
  clear(attachOthers: () => void = () => {}): void {
    for (const system of this.#systems.values()) system.letGo();
    this.#systems.clear();
    this.#actors.clear();
    this.#ended.removeWhere(() => true);
    this.#broken.removeWhere(() => true);
    this.#alerts.clear();
    this.#figures.clear();
    attachOthers();
    for (const viewing of this.#viewings) viewing.onJump();
  }

  /** Hears everything from now on, until what it gives is called. */
  listen(hear: RawListener): () => void {
    this.#listeners.add(hear);
    return () => void this.#listeners.delete(hear);
  }

  /** Those that live and the last that have ended; parents come before what is below them. */
  *actors(): Iterable<{ row: ActorRow; ref: AnyActorRef; system: SystemRow }> {
    for (const actor of this.#actors.values()) {
      const system = this.#systemOf.get(actor);
      if (system) yield { row: actor.row, ref: actor.ref, system: system.row };
    }
  }

  get inspectedActors(): readonly InspectedActor[] {
    return [...this.#actors.values()];
  }

  get systems(): readonly SystemWatch[] {
    return [...this.#systems.values()];
  }

  get alerts(): readonly AlertRow[] {
    return this.#alerts.rows;
  }

  systemsOf(room: string): readonly SystemWatch[] {
    return this.systems.filter((system) => system.room === room);
  }

  roomOf(system: string): string | null {
    return this.#systems.get(system)?.room ?? null;
  }

  get sessions(): readonly SessionView[] {
    const all = this.systems.flatMap(({ inspected }) => inspected.session() ?? []);
    const isLive = ({ endReason }: SessionView): boolean => endReason === null;
    return [...all.filter(isLive), ...all.filter((session) => !isLive(session))];
  }

  get figures(): WorkerFigures {
    const worker = this.systems.find(({ isWorker }) => isWorker)?.inspected.worker() ?? null;
    return { worker, ...this.#figures.latest, viewers: this.#viewings.size };
  }

  find({ system, path }: ActorAddress): InspectedActor | undefined {
    return this.#systems.get(system)?.find(path);
  }

  isKnown(actor: InspectedActor): boolean {
    return this.#actors.get(actor.id) === actor;
  }

  systemOf(actor: InspectedActor): SystemWatch | undefined {
    return this.#systemOf.get(actor);
  }

  machine(id: number): MachineRow | undefined {
    return this.#machines.find(id);
  }

  #aboveRoots(system: SystemWatch): ActorId | null {
    if (system.isWorker) return null;
    const worker = this.systems.find(({ isWorker }) => isWorker);
    const root = worker?.inspected.root.id ?? '';
    return worker?.find(`${root}/jobs`)?.id ?? null;
  }

  #hearEmitted(system: SystemWatch, emitted: EventObject): void {
    this.#figures.hear(emitted, this.#listener.now());
    const { id, agent, room, identity } = system.inspected.about;
    const { outgoing, root } = system.inspected;
    const told = outgoing ? outgoing(emitted) : emitted;
    const taken = this.#alerts.take({ system: id, agent, room, identity }, told);
    if (!taken) return;
    const { row, type } = taken;
    for (const viewing of this.#viewings) viewing.onAlert(row);
    if (type === 'job.alertUpdated') return;
    const isOpened = type === 'job.alertOpened';
    system.countAlerts(isOpened ? 1 : -1);
    system.mark(isOpened ? 'alert' : 'resolved', row.alert.key, { path: root.id });
    this.#tellSystem(system);
  }

  #tellSystem(system: SystemWatch): void {
    for (const viewing of this.#viewings) viewing.onSystem(system);
  }

  #retire(actor: InspectedActor): void {
    const system = this.#systemOf.get(actor);
    if (system?.inspected.root === actor.ref) this.#tellSystem(system);
    const retired = actor.status === 'error' ? this.#broken : this.#ended;
    const gone = retired.add(actor);
    if (gone) this.#remove(gone);
  }

  #remove(actor: InspectedActor): void {
    if (!this.isKnown(actor)) return;
    this.#actors.delete(actor.id);
    const system = this.#systemOf.get(actor);
    system?.remove(actor);
    const isLast =
      system !== undefined && system.isEmpty && this.#systems.get(system.id) === system;
    if (isLast) this.#systems.delete(system.id);
    for (const viewing of this.#viewings) {
      viewing.onRemoved(actor);
      if (isLast) viewing.onSystemRemoved(system.id);
    }
  }
}
