import type { SessionSummary } from '../../machines/session/session.events.ts';
import type { JobEmitted } from '../../machines/worker/events.ts';
import { sessionSummarySchema } from '../session-summary.codec.ts';

/** A longer table nobody reads; the log has all of them. */
const DEFAULT_LIMIT = 100;

/** The closing figures of the participant sessions that ended last. Beyond the limit the oldest are dropped. */
export class SummaryList {
  readonly #limit: number;
  readonly #summaries: SessionSummary[] = [];

  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  get latest(): readonly SessionSummary[] {
    return this.#summaries;
  }

  observe(fact: JobEmitted): void {
    if (fact.type !== 'job.summaryMade') return;
    // An agent that is no participant-monitor has figures of its own.
    const read = sessionSummarySchema.safeParse(fact.summary);
    if (!read.success) return;
    this.#summaries.push(read.data);
    if (this.#summaries.length > this.#limit) this.#summaries.shift();
  }
}
