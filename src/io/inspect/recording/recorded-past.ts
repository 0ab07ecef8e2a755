import { ActorHistory } from '../actor-history.ts';
import type { ActorRow, AlertRow, SystemRow } from '../protocol.ts';
import type { SystemHistory } from '../system-watch.ts';
import type { OpenedRecording } from './open-recording.ts';

/**
 * What an inspection that begins in the middle of a recording cannot have seen, as the whole of it tells:
 * states, starts, and alerts.
 */
export class RecordedPast {
  readonly #recording: OpenedRecording;

  constructor(recording: OpenedRecording) {
    this.#recording = recording;
  }

  /** The states of the actors that lived at a time, up to then. */
  historyAt(at: number): SystemHistory {
    return new Map(
      this.#recording.lives
        .filter(({ startedAt, endedAt }) => startedAt <= at && (endedAt === null || endedAt > at))
        .map(({ path, changes }) => {
          const history = new ActorHistory();
          for (const change of changes) {
            if (change.at <= at) history.enter(change.at, change.value);
          }
          return [path, history];
        }),
    );
  }

  /** @param knownFrom when the inspection began: whoever it has from then on is older. */
  actorRow(row: ActorRow, knownFrom: number): ActorRow {
    const { lives, about } = this.#recording;
    if (knownFrom <= about.firstAt) return row;
    const before = lives.filter(
      ({ path, startedAt }) => path === row.path && startedAt <= knownFrom,
    );
    const last = before.at(-1);
    if (!last) return row;
    const isThisOne =
      row.startedAt === knownFrom && (last.endedAt === null || last.endedAt >= knownFrom);
    return isThisOne
      ? { ...row, startedAt: last.startedAt, restarts: before.length - 1 }
      : { ...row, restarts: row.restarts + before.length };
  }

  systemRow(row: SystemRow, at: number): SystemRow {
    const open = this.alertsAt(at).filter(({ alert }) => alert.resolvedAt === undefined);
    return { ...row, startedAt: this.#recording.about.firstAt, alertsOpen: open.length };
  }

  /** Those that had been opened by a time; one that was resolved later is open. */
  alertsAt(at: number): readonly AlertRow[] {
    return this.#recording.about.alerts
      .filter(({ alert }) => alert.openedAt <= at)
      .map((row) => {
        const { resolvedAt, ...alert } = row.alert;
        const isResolved = resolvedAt !== undefined && resolvedAt <= at;
        return isResolved ? row : { ...row, alert };
      });
  }
}
