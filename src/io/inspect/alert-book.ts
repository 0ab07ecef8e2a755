import type { EventObject } from 'xstate';
import { alertEvent, type AlertEvent } from './alert.codec.ts';
import { BoundedList } from './bounded-list.ts';
import { alertKey } from './known-alerts.ts';
import type { AlertRow } from './protocol.ts';

const MAX_ALERTS = 200;

type AboutAlert = Pick<AlertRow, 'system' | 'agent' | 'room' | 'identity'>;

/** The alerts of all jobs: at most 200, of which the oldest goes first, open or not. */
export class AlertBook {
  readonly #rows = new BoundedList<AlertRow>(MAX_ALERTS);

  /** Newest last. */
  get rows(): readonly AlertRow[] {
    return this.#rows.items;
  }

  /** What is told of a job; gives the alert, where it was about one. */
  take(
    about: AboutAlert,
    emitted: EventObject,
  ): { row: AlertRow; type: AlertEvent['type'] } | null {
    if (!emitted.type.startsWith('job.alert')) return null;
    const read = alertEvent.safeParse(emitted);
    if (!read.success) return null;
    const { type, alert } = read.data;
    const row = { ...about, alert };
    const key = alertKey(row);
    this.#rows.removeWhere((known) => alertKey(known) === key);
    this.#rows.add(row);
    return { row, type };
  }

  clear(): void {
    this.#rows.removeWhere(() => true);
  }
}
