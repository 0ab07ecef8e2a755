import type { JobEmitted, JobOffer } from '../../machines/worker/events.ts';
import type { LiveAlert } from '../cli/live-frame.ts';
import { isAlertEmission } from './job-alerts.ts';

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

  /** One that has changed or is resolved takes the place of the one before. */
  observe({ jobId, metadata }: JobOffer, fact: JobEmitted): void {
    if (!isAlertEmission(fact)) return;
    const { alert } = fact;
    const known = this.#alerts.findIndex(
      ({ jobId: job, alert: { key, openedAt } }) =>
        job === jobId && key === alert.key && openedAt === alert.openedAt,
    );
    const listed = { jobId, identity: metadata.ok ? metadata.target : null, alert };
    // One that only changed is no later than before.
    if (known >= 0 && fact.type === 'job.alertUpdated') {
      this.#alerts[known] = listed;
      return;
    }
    if (known >= 0) this.#alerts.splice(known, 1);
    this.#alerts.push(listed);
    if (this.#alerts.length > this.#limit) this.#alerts.shift();
  }
}
