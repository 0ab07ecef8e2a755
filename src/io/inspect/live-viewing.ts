import type { Clock } from '../../actors/ports.ts';
import type { SessionView } from '../http/sessions-view.ts';
import type { KeptEntry } from './actor-history.ts';
import type { InspectedActor } from './inspected-actor.ts';
import { transitionOf } from '../coverage/machine-transitions.ts';
import { shownEvent, shownValue } from './plain-view.ts';
import type {
  ActorAddress,
  ActorDetail,
  ActorId,
  AlertRow,
  Entry,
  Look,
  MachineRow,
  Mark,
  RelayMessage,
  ViewerMessage,
  WorkerFigures,
} from './protocol.ts';
import { BoundedList } from './bounded-list.ts';
import type { SystemWatch } from './system-watch.ts';
import type { ViewerLine, Viewing } from './viewable.ts';

/** What a viewer may be told of. */
export type Inspected = {
  /** Parents come before what is below them. */
  readonly inspectedActors: readonly InspectedActor[];
  readonly systems: readonly SystemWatch[];
  readonly alerts: readonly AlertRow[];
  /** The running ones first. */
  readonly sessions: readonly SessionView[];
  readonly figures: WorkerFigures;
  systemsOf(room: string): readonly SystemWatch[];
  /** The one that was last at an address. */
  find(address: ActorAddress): InspectedActor | undefined;
  /** Whether it has not been forgotten. */
  isKnown(actor: InspectedActor): boolean;
  systemOf(actor: InspectedActor): SystemWatch | undefined;
  machine(id: number): MachineRow | undefined;
};

type LiveViewingOptions = {
  readonly inspection: Inspected;
  readonly line: ViewerLine;
  readonly frames: Clock;
  readonly clock: Pick<Clock, 'now'>;
  readonly onClosed: () => void;
};

/** A viewer that has so much still to take is told no changes: it gets what there is when it is ready. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Between two looks at a viewer that is behind. */
const BEHIND_MS = 250;
/** So many actors in one message, and in one turn of the event loop. */
const CHUNK = 250;
/** Alerts and marks between two frames. */
const MAX_NEWS = 200;
const MAX_ROOM_ROWS = 500;
const MAX_LEVELS = 50;
const MAX_SESSIONS = 500;
/** Levels are measured ten times a second. */
const LEVELS_EVERY_MS = 100;
const FIGURES_EVERY_MS = 1_000;

const nothing: Look = { frameRateHz: 10, tree: false, actor: null, room: null, sessions: false };

/**
 * What one viewer sees of an inspection: what it looks at, at most as often as it draws.
 *
 * Nothing is kept for a viewer but which actors changed: so a slow one costs no more than a quick one.
 */
export class LiveViewing implements Viewing {
  readonly #options: LiveViewingOptions;
  #look = nothing;
  #isClosed = false;
  #timer: unknown;
  #dueAt = 0;
  /** Actors that are still to be told of since the last `reset`; undefined when all have been. */
  #toTell: InspectedActor[] | undefined;
  #isBehind = false;
  readonly #toldMachines = new Set<number>();
  readonly #added = new Set<InspectedActor>();
  readonly #changed = new Set<InspectedActor>();
  readonly #removed = new Set<ActorId>();
  readonly #systems = new Set<SystemWatch>();
  readonly #removedSystems = new Set<string>();
  #alerts = new BoundedList<AlertRow>(MAX_NEWS);
  #marks = new BoundedList<Mark>(MAX_NEWS);
  /** The actor that was told of last as the one looked at, and up to where. */
  #shown: { readonly actor: InspectedActor; revision: number; seq: number } | undefined;
  #isMissingTold = false;
  #nextLevelsAt = 0;
  #nextFiguresAt = 0;

  constructor(options: LiveViewingOptions) {
    this.#options = options;
  }

  take(message: ViewerMessage): void {
    switch (message.type) {
      case 'look':
        this.#lookAt(message);
        break;
      case 'contexts':
        this.#sendContexts(message.id, message.seq);
        break;
      case 'play':
      case 'pause':
      case 'step':
      case 'goTo':
      case 'goToTime':
        this.#send({
          type: 'refused',
          code: 'E_NO_RECORDING',
          message: 'What is shown here happens now; only a recording can be played.',
        });
        break;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.frames.clearTimeout(this.#timer);
    this.#options.onClosed();
  }

  onAdded(actor: InspectedActor): void {
    if (!this.#followsActors) return;
    this.#added.add(actor);
    this.#arm();
  }

  onChanged(actor: InspectedActor, isOther: boolean): void {
    if (isOther && this.#followsActors && !this.#added.has(actor)) {
      this.#changed.add(actor);
      this.#arm();
    } else if (this.#shown?.actor === actor) {
      this.#arm();
    }
  }

  onRemoved(actor: InspectedActor): void {
    if (!this.#followsActors) return;
    this.#changed.delete(actor);
    // Nobody was told of one that came and went between two frames.
    if (!this.#added.delete(actor)) this.#removed.add(actor.id);
    this.#arm();
  }

  onSystem(system: SystemWatch): void {
    if (!this.#followsActors) return;
    this.#systems.add(system);
    this.#arm();
  }

  onSystemRemoved(id: string): void {
    if (!this.#followsActors) return;
    this.#removedSystems.add(id);
    this.#arm();
  }

  onAlert(row: AlertRow): void {
    this.#alerts.add(row);
    this.#arm();
  }

  onMark(mark: Mark): void {
    const { room } = this.#look;
    if (room === null || this.#isBehind) return;
    if (!this.#options.inspection.systemsOf(room).some(({ id }) => id === mark.system)) return;
    this.#marks.add(mark);
    this.#arm();
  }

  /** Everything is another one now. */
  onJump(): void {
    this.#begin('jumped');
  }

  /** Whether it is told of actors that come, change and go. */
  get #followsActors(): boolean {
    return !this.#isBehind && (this.#look.tree || this.#look.room !== null);
  }

  #lookAt(look: Look): void {
    const before = this.#look;
    this.#look = look;
    const isNew = before === nothing || (look.tree && !before.tree && before.room === null);
    if (isNew) {
      this.#begin('attached');
    } else {
      if (look.room !== before.room) this.#sendRoom();
      if (!isSameAddress(look.actor, before.actor)) this.#shown = undefined;
      this.#isMissingTold = false;
    }
    this.#arm(0);
  }

  #begin(reason: 'attached' | 'behind' | 'jumped'): void {
    const { inspection, clock } = this.#options;
    const actors = inspection.inspectedActors;
    this.#forgetNews();
    this.#shown = undefined;
    this.#isMissingTold = false;
    this.#isBehind = false;
    const follows = this.#followsActors;
    this.#send({ type: 'reset', reason, at: clock.now(), actorCount: follows ? actors.length : 0 });
    if (follows) {
      const systems = inspection.systems.map(({ row }) => row);
      this.#send({ type: 'actors', systems, actors: [] });
    }
    this.#send({ type: 'alerts', isAll: true, alerts: inspection.alerts });
    this.#toTell = follows ? [...actors] : [];
    this.#nextFiguresAt = 0;
    this.#arm(0);
  }

  #forgetNews(): void {
    this.#added.clear();
    this.#changed.clear();
    this.#removed.clear();
    this.#systems.clear();
    this.#removedSystems.clear();
    this.#alerts = new BoundedList(MAX_NEWS);
    this.#marks = new BoundedList(MAX_NEWS);
  }

  /** The next frame comes then; one that is due sooner stays. */
  #arm(afterMs = 1_000 / this.#look.frameRateHz): void {
    if (this.#isClosed) return;
    const { frames } = this.#options;
    const dueAt = frames.now() + afterMs;
    if (this.#timer !== undefined) {
      if (this.#dueAt <= dueAt) return;
      frames.clearTimeout(this.#timer);
    }
    this.#dueAt = dueAt;
    this.#timer = frames.setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, afterMs);
  }

  #draw(): void {
    if (this.#options.line.bufferedBytes > MAX_BUFFERED_BYTES) {
      // While all is being told, the rest of it may wait; changes may not.
      if (!this.#toTell) {
        this.#isBehind = true;
        this.#forgetNews();
      }
      this.#arm(BEHIND_MS);
      return;
    }
    if (this.#isBehind) {
      this.#begin('behind');
      return;
    }
    if (this.#toTell) {
      this.#tellNext(this.#toTell);
      return;
    }
    this.#sendChanges();
    this.#sendNews();
    this.#sendShown();
    this.#sendLevels();
    this.#sendFigures();
  }

  #tellNext(actors: InspectedActor[]): void {
    const { inspection, clock } = this.#options;
    const some = actors.splice(0, CHUNK).filter((actor) => inspection.isKnown(actor));
    if (some.length > 0) {
      const rows = some.map(({ row }) => row);
      this.#tellMachines(rows);
      this.#send({ type: 'actors', systems: [], actors: rows });
    }
    if (actors.length === 0) {
      this.#toTell = undefined;
      this.#send({ type: 'ready', at: clock.now() });
      this.#sendRoom();
    }
    this.#arm(0);
  }

  #tellMachines(rows: readonly { readonly machine: number | null }[]): void {
    for (const { machine } of rows) {
      if (machine === null || this.#toldMachines.has(machine)) continue;
      this.#toldMachines.add(machine);
      const row = this.#options.inspection.machine(machine);
      if (row) this.#send({ type: 'machine', ...row });
    }
  }

  #sendChanges(): void {
    const { clock } = this.#options;
    const sets = [this.#added, this.#changed, this.#removed, this.#systems, this.#removedSystems];
    if (sets.every(({ size }) => size === 0)) return;
    const added = [...this.#added].map(({ row }) => row);
    this.#tellMachines(added);
    this.#send({
      type: 'changes',
      at: clock.now(),
      systems: [...this.#systems].map(({ row }) => row),
      added,
      changed: [...this.#changed].map(({ change }) => change),
      removed: [...this.#removed],
      removedSystems: [...this.#removedSystems],
    });
    for (const set of sets) set.clear();
  }

  #sendNews(): void {
    const alerts = this.#alerts.items;
    if (alerts.length > 0) {
      this.#send({ type: 'alerts', isAll: false, alerts });
      this.#alerts = new BoundedList(MAX_NEWS);
    }
    const marks = this.#marks.items;
    if (marks.length > 0) {
      this.#send({ type: 'marks', marks });
      this.#marks = new BoundedList(MAX_NEWS);
    }
  }

  #sendShown(): void {
    const { inspection, clock } = this.#options;
    const address = this.#look.actor;
    if (!address) return;
    const actor = inspection.find(address);
    if (!actor) {
      this.#shown = undefined;
      if (!this.#isMissingTold) this.#send({ type: 'noActor', ...address });
      this.#isMissingTold = true;
      return;
    }
    this.#isMissingTold = false;
    const { history } = actor;
    if (this.#shown?.actor !== actor) {
      this.#shown = { actor, revision: history.revision, seq: history.lastSeq };
      this.#tellMachines([actor.row]);
      this.#send({
        type: 'actor',
        ...this.#momentOf(actor, clock.now()),
        counts: history.countsSince(-1),
        states: history.states,
        entries: history.entries.map(toEntry),
      });
      return;
    }
    const shown = this.#shown;
    if (history.revision === shown.revision) return;
    const fresh = history.entries.filter(({ revision }) => revision > shown.revision);
    const known = fresh.filter(({ seq }) => seq > shown.seq).length;
    this.#send({
      type: 'actorChanged',
      ...this.#momentOf(actor, clock.now()),
      counts: history.countsSince(shown.revision),
      entries: fresh.map(toEntry),
      entriesLost: history.lastSeq - shown.seq - known,
    });
    shown.revision = history.revision;
    shown.seq = history.lastSeq;
  }

  #momentOf(actor: InspectedActor, at: number): Omit<ActorDetail, 'counts' | 'states' | 'entries'> {
    const context = shownValue(actor.context);
    const snapshot: unknown = actor.ref.getSnapshot();
    const output = shownValue(
      actor.status === 'done' && typeof snapshot === 'object' && snapshot !== null
        ? Reflect.get(snapshot, 'output')
        : null,
    );
    const system = this.#options.inspection.systemOf(actor);
    return {
      id: actor.id,
      at,
      value: actor.value,
      status: actor.status,
      context: context.value,
      output: output.value,
      timers: actor.hasEnded ? [] : (system?.inspected.timersOf(actor.ref) ?? []),
      isTooBig: context.isTooBig || output.isTooBig,
    };
  }

  #sendContexts(id: ActorId, seq: number): void {
    const actor = this.#shown?.actor;
    const entry =
      actor?.id === id ? actor.history.entries.find((kept) => kept.seq === seq) : undefined;
    const before = shownValue(entry?.before).value;
    const after = shownValue(entry?.after).value;
    this.#send({ type: 'contexts', id, seq, before, after });
  }

  #sendRoom(): void {
    const { inspection, clock } = this.#options;
    const { room } = this.#look;
    if (room === null || this.#toTell) return;
    const systems = inspection.systemsOf(room);
    const machines = systems
      .flatMap((system) => [...system.actors].map((actor) => ({ system, actor })))
      .filter(({ actor }) => actor.value !== null)
      .slice(0, MAX_ROOM_ROWS);
    this.#send({
      type: 'room',
      at: clock.now(),
      room,
      rows: machines.map(({ system, actor: { id, path, ref, history, endedAt } }) => ({
        system: system.id,
        path,
        id,
        name: ref.id,
        changes: history.states,
        endedAt,
      })),
      marks: systems.flatMap(({ marks }) => marks),
      levels: [],
    });
    this.#nextLevelsAt = 0;
  }

  #sendLevels(): void {
    const { inspection, clock, frames } = this.#options;
    const { room } = this.#look;
    if (room === null) return;
    this.#arm(LEVELS_EVERY_MS);
    if (frames.now() < this.#nextLevelsAt) return;
    this.#nextLevelsAt = frames.now() + LEVELS_EVERY_MS;
    const levels = inspection
      .systemsOf(room)
      .slice(0, MAX_LEVELS)
      .flatMap(({ id, inspected }) => {
        const session = inspected.session();
        if (!session || session.endReason !== null) return [];
        const { audioLevel, frameRateHz } = session;
        return [{ system: id, audioLevel, frameRateHz }];
      });
    if (levels.length > 0) this.#send({ type: 'levels', at: clock.now(), levels });
  }

  #sendFigures(): void {
    const { inspection, clock, frames } = this.#options;
    this.#arm(FIGURES_EVERY_MS);
    if (frames.now() < this.#nextFiguresAt) return;
    this.#nextFiguresAt = frames.now() + FIGURES_EVERY_MS;
    this.#send({ type: 'worker', at: clock.now(), ...inspection.figures });
    if (!this.#look.sessions) return;
    const { sessions } = inspection;
    this.#send({
      type: 'sessions',
      at: clock.now(),
      sessions: sessions.slice(0, MAX_SESSIONS),
      total: sessions.length,
    });
  }

  #send(message: RelayMessage): void {
    if (!this.#isClosed) this.#options.line.send(message);
  }
}

const isSameAddress = (one: Look['actor'], other: Look['actor']): boolean =>
  one?.system === other?.system && one?.path === other?.path;

const toEntry = ({ seq, at, kind, from, event, count, taken, value }: KeptEntry): Entry => ({
  seq,
  at,
  kind,
  from,
  event: shownEvent(event),
  count,
  taken: taken.flatMap((transition) => transitionOf(transition)?.key ?? []),
  value,
});
