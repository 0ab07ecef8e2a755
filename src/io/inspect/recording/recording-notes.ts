import type { EventObject, StateValue } from 'xstate';
import { isStimulus, type FileLine, type LogLine } from '../../event-log/log-line.ts';
import { alertEvent } from '../alert.codec.ts';
import type { InspectedSystem } from '../inspected-system.ts';
import type { AlertRow, Mark, RoomTimeline, StateChange, TimelineRow } from '../protocol.ts';
import { LevelPoints } from './level-points.ts';

type NotesOptions = {
  readonly about: InspectedSystem['about'];
  /** Epoch milliseconds of `t` = 0. */
  readonly startedAt: number;
  /** What others were told in the place of what the root emitted (`InspectedSystem.outgoing`). */
  readonly outgoing: (emitted: EventObject) => EventObject;
};

/** An actor from its start to its end; `startedAt` in epoch milliseconds. */
export type RecordedLife = TimelineRow & { readonly startedAt: number };

type Life = Omit<RecordedLife, 'changes' | 'endedAt'> & {
  readonly changes: StateChange[];
  endedAt: number | null;
};

/** Those that come later are left out, and the recording says so. */
const MAX_LIVES = 1_000;
const MAX_CHANGES = 20_000;
const MAX_ALERTS = 1_000;
const MAX_MARKS = 2_000;
/** Of these: alerts and errors must find a place behind them. */
const MAX_MESSAGES = 1_000;
const MAX_TEXT = 120;

/** The root tells of the alerts and messages of all below it. */
const ROOT = 1;

/**
 * Gathers from the lines of a log what a page shows of all of it: the states of its machines, alerts,
 * and what else is worth a mark.
 */
export class RecordingNotes {
  readonly levels = new LevelPoints();
  readonly #options: NotesOptions;
  /** Of those that live, by their number in the log. */
  readonly #live = new Map<number, Life>();
  readonly #lives: Life[] = [];
  readonly #marks: Mark[] = [];
  readonly #alerts = new Map<string, AlertRow>();
  #changes = 0;
  #messages = 0;
  #isCut = false;
  #at: number;

  constructor(options: NotesOptions) {
    this.#options = options;
    this.#at = options.startedAt;
  }

  /** Of the last stimulus, in epoch milliseconds. */
  get at(): number {
    return this.#at;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  get alerts(): readonly AlertRow[] {
    return [...this.#alerts.values()];
  }

  /** Of all actors, in the order in which they were started. */
  get lives(): readonly RecordedLife[] {
    return this.#lives;
  }

  timeline(): RoomTimeline {
    const { id: system, room } = this.#options.about;
    const { points } = this.levels;
    return {
      room: room ?? '',
      rows: this.#lives
        .filter(({ changes }) => changes.length > 0)
        .map(({ path, id, name, changes, endedAt }) => ({
          ...{ system, path, id, name, changes, endedAt },
        })),
      marks: this.#marks,
      levels: points.length > 0 ? [{ system, points }] : [],
    };
  }

  /** Takes the next line of the log. */
  take(line: FileLine): void {
    if (isStimulus(line)) this.#at = this.#options.startedAt + line.t;
    switch (line.kind) {
      case 'actor':
        this.#meet(line);
        break;
      case 'state':
        this.#change(line.actor, line.value);
        break;
      case 'emitted':
        if (line.actor === ROOT) this.#hearRoot(line.event);
        break;
      case 'command':
        if (line.event.type === 'data.publish') this.#message(line.actor, line.event);
        break;
      case 'ended':
        this.#end(line.actor, line.status);
        break;
      default:
        break;
    }
  }

  #meet({ actor: id, path }: LogLine & { readonly kind: 'actor' }): void {
    const system = this.#options.about.id;
    const name = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
    const life = { system, path, id, name, changes: [], startedAt: this.#at, endedAt: null };
    this.#live.set(id, life);
    if (this.#lives.length < MAX_LIVES) this.#lives.push(life);
    else this.#isCut = true;
  }

  #change(actor: number, value: StateValue): void {
    this.#changes += 1;
    if (this.#changes > MAX_CHANGES) this.#isCut = true;
    else this.#live.get(actor)?.changes.push({ at: this.#at, value });
  }

  #hearRoot(event: unknown): void {
    if (!isEvent(event)) return;
    const heard = alertEvent.safeParse(this.#options.outgoing(event));
    if (!heard.success) return;
    const { type, alert } = heard.data;
    const { id: system, agent, room, identity } = this.#options.about;
    const key = `${alert.key} ${alert.openedAt}`;
    if (this.#alerts.size < MAX_ALERTS || this.#alerts.has(key)) {
      this.#alerts.set(key, { system, agent, room, identity, alert });
    }
    if (type === 'job.alertUpdated') return;
    const isOpened = type === 'job.alertOpened';
    this.#mark(ROOT, isOpened ? 'alert' : 'resolved', `${alert.key}: ${alert.message}`);
  }

  #message(actor: number, { topic, payload }: Readonly<Record<string, unknown>>): void {
    this.#messages += 1;
    if (this.#messages > MAX_MESSAGES) this.#isCut = true;
    else this.#mark(actor, 'message', `${String(topic)} ${JSON.stringify(payload)}`);
  }

  #end(actor: number, status: string): void {
    const life = this.#live.get(actor);
    if (life) life.endedAt = this.#at;
    if (status === 'error') this.#mark(actor, 'error', 'it broke');
    this.#live.delete(actor);
  }

  #mark(actor: number, kind: Mark['kind'], text: string): void {
    const system = this.#options.about.id;
    const path = this.#live.get(actor)?.path ?? '';
    const mark = { system, path, at: this.#at, kind, text: text.slice(0, MAX_TEXT) };
    if (this.#marks.length < MAX_MARKS) this.#marks.push(mark);
    else this.#isCut = true;
  }
}

const isEvent = (value: unknown): value is EventObject =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
