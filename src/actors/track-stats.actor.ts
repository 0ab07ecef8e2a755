import { catchError, defer, exhaustMap, map, of, timeout, timer, type Observable } from 'rxjs';
import type { StatsFact } from '../machines/events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import { ClockScheduler } from './clock-scheduler.ts';
import { retryableError } from './error-info.ts';
import type { Clock, RoomClient } from './ports.ts';

export type TrackStatsDeps = {
  readonly room: Pick<RoomClient, 'stats'>;
  readonly clock: Clock;
  /** When in each half second it polls: rooms with the same one do so together, which costs less. */
  readonly phaseMs: number;
};

const POLL_MS = 500;
/** Longer than any answer takes; a room that is gone may never give one. */
const ANSWER_TIMEOUT_MS = 5_000;

/** Polls a room's statistics twice a second, one poll at a time: a slow one leaves out the next. */
export function createTrackStatsActor(deps: TrackStatsDeps): PortLogic<Record<string, never>> {
  return port<Record<string, never>, StatsFact>(({ send }) => {
    const subscription = stats$(deps).subscribe(send);
    return () => subscription.unsubscribe();
  });
}

function stats$({ room, clock, phaseMs }: TrackStatsDeps): Observable<StatsFact> {
  const scheduler = new ClockScheduler(clock);
  const poll$ = defer(() => room.stats()).pipe(
    timeout({ first: ANSWER_TIMEOUT_MS, scheduler }),
    map((sample): StatsFact => ({ type: 'stats.sampled', at: clock.now(), ...sample })),
    catchError((cause: unknown) => {
      const error = retryableError('E_TRACK_STATS', cause);
      return of<StatsFact>({ type: 'stats.failed', at: clock.now(), error });
    }),
  );
  const untilFirstMs = (phaseMs + POLL_MS - (clock.now() % POLL_MS)) % POLL_MS;
  return timer(untilFirstMs, POLL_MS, scheduler).pipe(exhaustMap(() => poll$));
}
