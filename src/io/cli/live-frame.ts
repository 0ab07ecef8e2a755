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

type SessionNames = Pick<SessionView, 'identity' | 'room' | 'agent'>;

/** What a session is called in the view: several agents may be about the same room. */
export const nameOf = ({ identity, room, agent }: SessionNames): string =>
  identity ?? `${agent} in ${room}`;

/** What the session of an alert is called; empty where it is not shown. */
export function nameOfAlert({ view }: LiveFrame, { identity, jobId }: LiveAlert): string {
  const session = view.sessions.find((each) => each.jobId === jobId);
  return identity ?? (session ? nameOf(session) : '');
}

/** Tells sessions apart: a job of a room has one for each participant. */
export const keyOf = ({ jobId, identity }: Pick<SessionView, 'jobId' | 'identity'>): string =>
  JSON.stringify([jobId, identity]);
