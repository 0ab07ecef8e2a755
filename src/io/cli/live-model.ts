import type { SessionView } from '../http/sessions-view.ts';
import { withChange, type KnownActor } from '../inspect/known-actor.ts';
import { withAlerts } from '../inspect/known-alerts.ts';
import type {
  ActorAddress,
  AlertRow,
  LevelSample,
  RelayMessage,
  Source,
  WorkerFigures,
} from '../inspect/protocol.ts';
import { LiveActors } from './live-actors.ts';
import type { LiveFrame } from './live-frame.ts';

/** What a stream has told so far, for a view on a terminal. */
export class LiveModel {
  readonly actors = new LiveActors();
  #source: Source | null = null;
  #at = 0;
  #isReady = false;
  #sessions: readonly SessionView[] | null = null;
  #sessionsTotal = 0;
  #levels = new Map<string, LevelSample>();
  #alerts: readonly AlertRow[] = [];
  #figures: WorkerFigures | null = null;
  #detail: KnownActor | null = null;
  #missing: ActorAddress | null = null;
  #refusal: string | null = null;

  get source(): Source | null {
    return this.#source;
  }

  /** Of what is inspected, epoch milliseconds. */
  get at(): number {
    return this.#at;
  }

  /** All that there was when the look began has been told. */
  get isComplete(): boolean {
    return this.#isReady && this.#sessions !== null && this.#figures !== null;
  }

  /** Those that run first. */
  get sessions(): readonly SessionView[] {
    const sessions = this.#sessions ?? [];
    return this.#levels.size === 0 ? sessions : sessions.map((each) => this.#withLevel(each));
  }

  /** Of which `sessions` may be only the first. */
  get sessionsTotal(): number {
    return this.#sessionsTotal;
  }

  /** Newest last. */
  get alerts(): readonly AlertRow[] {
    return this.#alerts;
  }

  get figures(): WorkerFigures | null {
    return this.#figures;
  }

  /** The actor that is looked at; null where none is, or it is not there. */
  get detail(): KnownActor | null {
    return this.#detail;
  }

  get missing(): ActorAddress | null {
    return this.#missing;
  }

  /** Why the last thing that was asked cannot be done. */
  get refusal(): string | null {
    return this.#refusal;
  }

  /** What `demo` shows, too. */
  get frame(): LiveFrame {
    return {
      view: { worker: this.#figures?.worker ?? null, sessions: this.sessions },
      alerts: this.#alerts.map(({ system, identity, alert }) => ({
        jobId: system,
        identity,
        alert,
      })),
      startedAt: this.#source?.startedAt ?? this.#at,
      now: this.#at,
    };
  }

  /** Another actor is looked at from now on, or none. */
  forgetDetail(): void {
    this.#detail = null;
    this.#missing = null;
  }

  apply(message: RelayMessage): void {
    if ('at' in message) this.#at = message.at;
    switch (message.type) {
      case 'hello':
        this.#source = message.source;
        this.#refusal = null;
        break;
      case 'reset':
        this.actors.clear();
        this.#isReady = false;
        break;
      case 'actors':
        for (const system of message.systems) this.actors.systems.set(system.id, system);
        for (const actor of message.actors) this.actors.put(actor);
        break;
      case 'ready':
        this.#isReady = true;
        break;
      case 'changes':
        this.#change(message);
        break;
      case 'actor':
        this.#detail = { ...message, lost: new Map() };
        this.#missing = null;
        break;
      case 'actorChanged':
        if (this.#detail?.id === message.id) this.#detail = withChange(this.#detail, message);
        break;
      case 'noActor':
        this.#detail = null;
        this.#missing = message;
        break;
      case 'sessions':
        this.#sessions = message.sessions;
        this.#sessionsTotal = message.total;
        this.#levels = new Map();
        break;
      case 'levels':
        this.#levels = new Map(message.levels.map((level) => [level.system, level]));
        break;
      case 'alerts':
        this.#alerts = withAlerts(this.#alerts, message);
        break;
      case 'worker':
        this.#figures = message;
        break;
      case 'refused':
        this.#refusal = message.message;
        break;
      default:
        // Charts, timelines and recordings are for the page.
        break;
    }
  }

  #change(message: Extract<RelayMessage, { readonly type: 'changes' }>): void {
    const { systems, added, changed, removed, removedSystems } = message;
    for (const system of systems) this.actors.systems.set(system.id, system);
    for (const actor of added) this.actors.put(actor);
    for (const change of changed) this.actors.change(change);
    for (const id of removed) this.actors.remove(id);
    for (const id of removedSystems) this.actors.systems.delete(id);
  }

  #withLevel(session: SessionView): SessionView {
    const level = this.#levels.get(session.jobId);
    if (!level) return session;
    return { ...session, audioLevel: level.audioLevel, frameRateHz: level.frameRateHz };
  }
}
