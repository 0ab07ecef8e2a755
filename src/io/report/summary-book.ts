import type { ConversationSummary } from '../../machines/conversation/conversation-figures.ts';
import type { SessionSummary } from '../../machines/session/session.events.ts';
import type { JobEmitted, JobOffer } from '../../machines/worker/events.ts';
import { readClosing, type ClosedJob, type ClosedRoom } from './closed-job.ts';
import { RoomTally, type RoomTotals } from './room-totals.ts';

/** A longer table nobody reads; the event logs have all of them. */
const DEFAULT_LIMIT = 100;

/**
 * The closing figures of the jobs that ended last, parted by what they are about, and the sums over all rooms.
 * Of each kind the oldest beyond the limit are dropped, and counted.
 */
export class SummaryBook {
  readonly #limit: number;
  readonly #sessions: SessionSummary[] = [];
  readonly #rooms: ClosedRoom[] = [];
  readonly #conversations: ConversationSummary[] = [];
  readonly #others: ClosedJob[] = [];
  readonly #tally = new RoomTally();
  /** Of the jobs that run and have not summed up. */
  readonly #lastFigures = new Map<string, Readonly<Record<string, unknown>>>();
  #unlisted = 0;
  #silent = 0;

  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  /** Of participants. */
  get sessions(): readonly SessionSummary[] {
    return this.#sessions;
  }

  get rooms(): readonly ClosedRoom[] {
    return this.#rooms;
  }

  get conversations(): readonly ConversationSummary[] {
    return this.#conversations;
  }

  /** Of agents with figures of their own. */
  get others(): readonly ClosedJob[] {
    return this.#others;
  }

  get isEmpty(): boolean {
    const lists = [this.#sessions, this.#rooms, this.#conversations, this.#others];
    return lists.every(({ length }) => length === 0);
  }

  /** So many are not among them any more. */
  get unlisted(): number {
    return this.#unlisted;
  }

  /** Jobs of which nothing is known. */
  get silent(): number {
    return this.#silent;
  }

  /** Null where no agent counts rooms. */
  get totals(): RoomTotals | null {
    return this.#tally.isEmpty ? null : this.#tally.totals;
  }

  /** Follows a job that runs. */
  observe({ jobId, agent, room: { name: room } }: JobOffer, fact: JobEmitted): void {
    switch (fact.type) {
      case 'job.figuresReported':
        this.#lastFigures.set(jobId, fact.figures);
        break;
      case 'job.summaryMade':
        this.#lastFigures.delete(jobId);
        this.add({ agent, room, summary: fact.summary, figures: null });
        break;
      case 'job.ended':
      case 'job.failed': {
        const figures = this.#lastFigures.get(jobId);
        this.#lastFigures.delete(jobId);
        if (figures) this.add({ agent, room, summary: null, figures });
        break;
      }
      default:
    }
  }

  /** Takes in a job that has ended. */
  add(job: ClosedJob): void {
    const closing = readClosing(job);
    switch (closing?.about) {
      case 'session':
        this.#keep(this.#sessions, closing.session);
        break;
      case 'room':
        this.#tally.add(closing.room);
        this.#keep(this.#rooms, closing.room);
        break;
      case 'conversation':
        this.#keep(this.#conversations, closing.conversation);
        break;
      case 'other':
        this.#keep(this.#others, closing.other);
        break;
      case undefined:
        this.#silent += 1;
    }
  }

  #keep<T>(list: T[], item: T): void {
    list.push(item);
    if (list.length <= this.#limit) return;
    list.shift();
    this.#unlisted += 1;
  }
}
