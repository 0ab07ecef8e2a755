import type { JobEmitted, JobOffer } from '../../machines/worker/events.ts';
import type { LiveAlert } from '../cli/live-frame.ts';

/** The alerts of some jobs, open and resolved, the latest last. Beyond the limit the oldest are dropped. */
export class AlertList {
  readonly #limit: number;
  readonly #alerts: LiveAlert[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** As they are now: a list of before can be compared with it. */
  get latest(): readonly LiveAlert[] {
    return [...this.#alerts];
  }

  /** One that is resolved takes the place of the open one. */
  observe({ jobId, metadata }: JobOffer, fact: JobEmitted): void {
    if (fact.type !== 'job.alertOpened' && fact.type !== 'job.alertResolved') return;
    const { alert } = fact;
    const known = this.#alerts.findIndex(
      ({ jobId: job, alert: { key, openedAt } }) =>
        job === jobId && key === alert.key && openedAt === alert.openedAt,
    );
    if (known >= 0) this.#alerts.splice(known, 1);
    this.#alerts.push({ jobId, identity: metadata.ok ? metadata.target : null, alert });
    if (this.#alerts.length > this.#limit) this.#alerts.shift();
  }
}
