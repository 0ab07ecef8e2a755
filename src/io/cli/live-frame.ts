import type { Alert } from '../../machines/events.ts';
import type { SessionsView, SessionView } from '../http/sessions-view.ts';

/** Everything that the live view shows at one moment. Times are epoch milliseconds. */
export type LiveFrame = {
  readonly view: Pick<SessionsView, 'sessions'> & {
    /** Null where a job runs without a worker. */
    readonly worker: SessionsView['worker'] | null;
  };
  /** The last ones, open or resolved, newest last. */
  readonly alerts: readonly LiveAlert[];
  readonly startedAt: number;
  readonly now: number;
};

export type LiveAlert = {
  readonly jobId: string;
  readonly identity: string | null;
  readonly alert: Alert;
};

/** What a session is called in the view. */
export const nameOf = ({ identity, room }: Pick<SessionView, 'identity' | 'room'>): string =>
  identity ?? room;

/** Tells sessions apart: a job of a room has one for each participant. */
export const keyOf = ({ jobId, identity }: Pick<SessionView, 'jobId' | 'identity'>): string =>
  JSON.stringify([jobId, identity]);
