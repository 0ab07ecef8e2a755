import { batch, signal } from '@preact/signals';
import {
  withChange,
  type ActorChanged,
  type KnownActor,
} from '../../../../src/io/inspect/known-actor.ts';
import { withAlerts } from '../../../../src/io/inspect/known-alerts.ts';
import type {
  ActorAddress,
  ActorId,
  ActorRow,
  AlertRow,
  LevelSample,
  MachineRow,
  Mark,
  Playhead,
  Recording,
  RelayMessage,
  RoomTimeline,
  Source,
  SystemRow,
  WorkerFigures,
} from '../../../../src/io/inspect/protocol.ts';
import { withFigures, type WorkerSample } from './worker-history.ts';

export type LinkState = 'connecting' | 'open' | 'lost' | 'refused';

/** Sampled levels of a moment. */
export type Levels = { readonly at: number; readonly levels: readonly LevelSample[] };

/** The contexts around an entry. */
export type Contexts = Extract<RelayMessage, { type: 'contexts' }>;

/** What a message did to the actors; all of them are in the maps already. */
export type ActorsChange = {
  /** Everything before is void. */
  readonly isReset: boolean;
  readonly systems: readonly SystemRow[];
  readonly added: readonly ActorRow[];
  readonly changed: readonly ActorRow[];
  readonly removed: readonly ActorId[];
};

const MAX_MARKS = 2_000;

/**
 * What the page knows, as the relay told it.
 *
 * Actors, systems and machines stand in maps that change in place, since a copy of 10,000 for each frame
 * would take the frame: who shows them reads `version`, too.
 */
export class Store {
  readonly link = signal<LinkState>('connecting');
  readonly source = signal<Source | null>(null);
  /** Of what is inspected, as of the last message. */
  readonly at = signal(0);
  /** All actors of the last `reset` are here. */
  readonly isReady = signal(false);
  readonly expectedActors = signal(0);

  readonly actors = new Map<ActorId, ActorRow>();
  readonly systems = new Map<string, SystemRow>();
  readonly machines = new Map<number, MachineRow>();
  /** Grows with every change of the three maps. */
  readonly version = signal(0);
  /** Grows when actors come or go, and not with their states. */
  readonly shapeVersion = signal(0);
  /** How many there are. */
  readonly actorCount = signal(0);

  /** The actor that is looked at; null where none is, or it is not there. */
  readonly detail = signal<KnownActor | null>(null);
  readonly missingActor = signal<ActorAddress | null>(null);
  readonly contexts = signal<Contexts | null>(null);

  /** The room that is looked at, as it was when the look began; its rows go on in `actors`. */
  readonly room = signal<RoomTimeline | null>(null);
  /** Those that came since. */
  readonly marks = signal<readonly Mark[]>([]);
  readonly levels = signal<Levels | null>(null);

  /** Chosen on the timeline, in epoch milliseconds; null: none, the page follows what happens. */
  readonly moment = signal<number | null>(null);

  readonly alerts = signal<readonly AlertRow[]>([]);
  readonly worker = signal<WorkerFigures | null>(null);
  /** Of the last 10 minutes, as far as this page heard of them; oldest first. */
  readonly workerHistory = signal<readonly WorkerSample[]>([]);

  readonly recording = signal<Recording | null>(null);
  readonly opening = signal<{ readonly file: string; readonly share: number } | null>(null);
  readonly playhead = signal<Playhead | null>(null);
  readonly refusal = signal<{ readonly code: string; readonly message: string } | null>(null);

  readonly #watchers = new Set<(change: ActorsChange) => void>();

  /**
   * For indexes over the actors: a signal would show only the last of several changes.
   *
   * @returns how to stop it
   */
  watch(hear: (change: ActorsChange) => void): () => void {
    this.#watchers.add(hear);
    return () => this.#watchers.delete(hear);
  }

  /** No actor is looked at any more. */
  forgetActor(): void {
    this.detail.value = null;
    this.missingActor.value = null;
  }

  /** Takes what the relay says. */
  apply(message: RelayMessage): void {
    batch(() => this.#apply(message));
  }

  #apply(message: RelayMessage): void {
    if ('at' in message && typeof message.at === 'number') this.at.value = message.at;
    switch (message.type) {
      case 'hello':
        // A process that was started anew has another past.
        if (this.source.value?.startedAt !== message.source.startedAt)
          this.workerHistory.value = [];
        this.source.value = message.source;
        break;
      case 'reset':
        this.actors.clear();
        this.systems.clear();
        this.isReady.value = false;
        this.expectedActors.value = message.actorCount;
        this.#tell({ isReset: true });
        this.#grow(true);
        break;
      case 'machine':
        this.machines.set(message.id, message);
        break;
      case 'actors':
        for (const system of message.systems) this.systems.set(system.id, system);
        for (const actor of message.actors) this.actors.set(actor.id, actor);
        this.#tell({ systems: message.systems, added: message.actors });
        this.#grow(true);
        break;
      case 'ready':
        this.isReady.value = true;
        break;
      case 'changes':
        this.#change(message);
        break;
      case 'actor':
        this.detail.value = { ...message, lost: new Map() };
        this.missingActor.value = null;
        break;
      case 'actorChanged':
        this.#changeDetail(message);
        break;
      case 'noActor':
        this.detail.value = null;
        this.missingActor.value = message;
        break;
      case 'contexts':
        this.contexts.value = message;
        break;
      case 'room':
        this.room.value = message;
        this.marks.value = [];
        break;
      case 'marks':
        this.marks.value = [...this.marks.value, ...message.marks].slice(-MAX_MARKS);
        break;
      case 'levels':
        this.levels.value = message;
        break;
      case 'sessions':
        break;
      case 'alerts':
        this.alerts.value = withAlerts(this.alerts.value, message);
        break;
      case 'worker':
        this.worker.value = message;
        this.workerHistory.value = withFigures(this.workerHistory.value, message.at, message);
        break;
      case 'recording':
        this.recording.value = message;
        this.opening.value = null;
        break;
      case 'opening':
        this.opening.value = message;
        break;
      case 'playhead':
        this.playhead.value = message;
        break;
      case 'refused':
        this.refusal.value = message;
        this.opening.value = null;
        break;
    }
  }

  #change(message: Extract<RelayMessage, { type: 'changes' }>): void {
    const { systems, added, changed, removed, removedSystems } = message;
    for (const system of systems) this.systems.set(system.id, system);
    for (const actor of added) this.actors.set(actor.id, actor);
    const changedRows = changed.flatMap((change) => {
      const actor = this.actors.get(change.id);
      return actor ? [{ ...actor, ...change }] : [];
    });
    for (const actor of changedRows) this.actors.set(actor.id, actor);
    for (const id of removed) this.actors.delete(id);
    for (const id of removedSystems) this.systems.delete(id);
    this.#tell({ systems, added, changed: changedRows, removed });
    this.#grow(added.length + removed.length + removedSystems.length > 0);
  }

  #changeDetail(message: ActorChanged): void {
    const detail = this.detail.value;
    if (detail?.id === message.id) this.detail.value = withChange(detail, message);
  }

  #tell(change: Partial<ActorsChange>): void {
    const all = { isReset: false, systems: [], added: [], changed: [], removed: [], ...change };
    for (const hear of this.#watchers) hear(all);
  }

  #grow(isShape: boolean): void {
    this.version.value += 1;
    if (isShape) this.shapeVersion.value += 1;
    this.actorCount.value = this.actors.size;
  }
}
