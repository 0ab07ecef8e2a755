import type { EventObject } from 'xstate';
import { z } from 'zod';
import { BoundedList } from './bounded-list.ts';
import { alertKey } from './known-alerts.ts';
import type { AlertRow } from './protocol.ts';

const MAX_ALERTS = 200;

/** Also users' agents open alerts: what is shown of them is what an alert must have. */
const alertEvent = z.object({
  type: z.enum(['job.alertOpened', 'job.alertResolved']),
  alert: z.object({
    key: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    message: z.string(),
    openedAt: z.number(),
    resolvedAt: z.number().exactOptional(),
    evidence: z.record(z.string(), z.unknown()),
  }),
});

type AboutAlert = Pick<AlertRow, 'system' | 'room' | 'identity'>;

/** The alerts of all jobs: at most 200, of which the oldest goes first, open or not. */
export class AlertBook {
  readonly #rows = new BoundedList<AlertRow>(MAX_ALERTS);

  /** Newest last. */
  get rows(): readonly AlertRow[] {
    return this.#rows.items;
  }

  /** What a job emitted; gives the alert, where it was one. */
  take(about: AboutAlert, emitted: EventObject): AlertRow | null {
    if (!emitted.type.startsWith('job.alert')) return null;
    const read = alertEvent.safeParse(emitted);
    if (!read.success) return null;
    const { alert } = read.data;
    const row = { ...about, alert };
    const key = alertKey(row);
    this.#rows.removeWhere((known) => alertKey(known) === key);
    this.#rows.add(row);
    return row;
  }

  clear(): void {
    this.#rows.removeWhere(() => true);
  }
}
