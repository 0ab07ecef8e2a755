import type { Clock } from '../../actors/ports.ts';
import { ActorLook } from './actor-look.ts';
import { ActorNews } from './actor-news.ts';
import { BoundedList } from './bounded-list.ts';
import type { InspectedActor } from './inspected-actor.ts';
import { ToldMachines, type Inspected } from './inspected.ts';
import type { AlertRow, Look, Mark, RelayMessage, ViewerMessage } from './protocol.ts';
import { RoomLook } from './room-look.ts';
import type { SystemWatch } from './system-watch.ts';
import type { ViewerLine, Viewing } from './viewable.ts';

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
/** Between two frames. */
const MAX_ALERTS = 200;
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
  readonly #news = new ActorNews();
  readonly #machines: ToldMachines;
  readonly #actor: ActorLook;
  readonly #room: RoomLook;
  #alerts = new BoundedList<AlertRow>(MAX_ALERTS);
  #look = nothing;
  /** Actors that are still to be told of since the last `reset`; undefined when all have been. */
  #toTell: InspectedActor[] | undefined;
  #isBehind = false;
  #isClosed = false;
  #timer: unknown;
  #dueAt = 0;
  #nextLevelsAt = 0;
  #nextFiguresAt = 0;

  constructor(options: LiveViewingOptions) {
    this.#options = options;
    const { inspection } = options;
    this.#machines = new ToldMachines(inspection);
    this.#actor = new ActorLook(inspection);
    this.#room = new RoomLook(inspection);
  }

  take(message: ViewerMessage): void {
    switch (message.type) {
      case 'look':
        this.#lookAt(message);
        break;
      case 'contexts':
        this.#send(this.#actor.contextsOf(message.id, message.seq));
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
    if (this.#followsActors) this.#hasNews(() => this.#news.add(actor));
  }

  onChanged(actor: InspectedActor, isOther: boolean): void {
    if (isOther && this.#followsActors) this.#hasNews(() => this.#news.change(actor));
    else if (this.#actor.isAt(actor)) this.#arm();
  }

  onRemoved(actor: InspectedActor): void {
    if (this.#followsActors) this.#hasNews(() => this.#news.remove(actor));
  }

  onSystem(system: SystemWatch): void {
    if (this.#followsActors) this.#hasNews(() => this.#news.changeSystem(system));
  }

  onSystemRemoved(id: string): void {
    if (this.#followsActors) this.#hasNews(() => this.#news.removeSystem(id));
  }

  onAlert(row: AlertRow): void {
    this.#hasNews(() => this.#alerts.add(row));
  }

  onMark(mark: Mark): void {
    if (!this.#isBehind && this.#room.take(mark)) this.#arm();
  }

  /** Everything is another one now. */
  onJump(): void {
    this.#begin('jumped');
  }

  /** Whether it is told of actors that come, change and go. */
  get #followsActors(): boolean {
    return !this.#isBehind && (this.#look.tree || this.#look.room !== null);
  }

  #hasNews(keep: () => void): void {
    keep();
    this.#arm();
  }

  #lookAt(look: Look): void {
    const before = this.#look;
    this.#look = look;
    const isOtherRoom = this.#room.lookAt(look.room);
    this.#actor.lookAt(look.actor);
    const followsNow = look.tree || look.room !== null;
    const followedBefore = before.tree || before.room !== null;
    if (before === nothing || (followsNow && !followedBefore)) this.#begin('attached');
    else if (isOtherRoom) this.#sendRoom();
    this.#arm(0);
  }

  #begin(reason: 'attached' | 'behind' | 'jumped'): void {
    const { inspection, clock } = this.#options;
    const actors = inspection.inspectedActors;
    this.#forgetNews();
    this.#actor.forget();
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
    this.#news.clear();
    this.#room.forgetMarks();
    this.#alerts = new BoundedList(MAX_ALERTS);
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
    } else if (this.#isBehind) {
      this.#begin('behind');
    } else if (this.#toTell) {
      this.#tellNext(this.#toTell);
    } else {
      this.#sendNews();
      this.#sendActor();
      this.#sendLevels();
      this.#sendFigures();
    }
  }

  #tellNext(actors: InspectedActor[]): void {
    const { inspection, clock } = this.#options;
    const some = actors.splice(0, CHUNK).filter((actor) => inspection.isKnown(actor));
    const rows = some.map(({ row }) => row);
    this.#machines.next(rows).forEach((message) => this.#send(message));
    if (rows.length > 0) this.#send({ type: 'actors', systems: [], actors: rows });
    if (actors.length === 0) {
      this.#toTell = undefined;
      this.#send({ type: 'ready', at: clock.now() });
      this.#sendRoom();
    }
    this.#arm(0);
  }

  #sendNews(): void {
    const changes = this.#news.take(this.#options.clock.now());
    if (changes) {
      this.#machines.next(changes.added).forEach((message) => this.#send(message));
      this.#send(changes);
    }
    const alerts = this.#alerts.items;
    if (alerts.length > 0) {
      this.#send({ type: 'alerts', isAll: false, alerts });
      this.#alerts = new BoundedList(MAX_ALERTS);
    }
    const marks = this.#room.nextMarks();
    if (marks.length > 0) this.#send({ type: 'marks', marks });
  }

  #sendActor(): void {
    const { inspection, clock } = this.#options;
    const message = this.#actor.next(clock.now());
    if (!message) return;
    const actor =
      message.type === 'actor' && this.#look.actor ? inspection.find(this.#look.actor) : undefined;
    if (actor) this.#machines.next([actor.row]).forEach((told) => this.#send(told));
    this.#send(message);
  }

  #sendRoom(): void {
    const timeline = this.#toTell ? null : this.#room.timeline(this.#options.clock.now());
    if (!timeline) return;
    this.#send(timeline);
    this.#nextLevelsAt = 0;
  }

  #sendLevels(): void {
    const { clock, frames } = this.#options;
    if (!this.#room.isSomewhere) return;
    this.#arm(LEVELS_EVERY_MS);
    if (frames.now() < this.#nextLevelsAt) return;
    this.#nextLevelsAt = frames.now() + LEVELS_EVERY_MS;
    const levels = this.#room.levels(clock.now());
    if (levels) this.#send(levels);
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
