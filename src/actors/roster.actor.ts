import { catchError, defer, exhaustMap, map, of, Subject } from 'rxjs';
import type { RosterCommand, RosterFact } from '../machines/events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import { retryableError } from './error-info.ts';
import type { Clock, RosterClient } from './ports.ts';

export type RosterDeps = {
  readonly roster: RosterClient;
  readonly clock: Pick<Clock, 'now'>;
};

/** Asks for the server's list of participants; who asks while it is asked gets the same answer. */
export function createRosterActor({
  roster,
  clock,
}: RosterDeps): PortLogic<{ roomName: string }, RosterCommand> {
  return port<{ roomName: string }, RosterFact, RosterCommand>(({ input, send, receive }) => {
    const requests = new Subject<RosterCommand>();
    // Async, so that a client that throws at once is not answered for inside `receive`.
    const answer$ = defer(async () => roster.list(input.roomName)).pipe(
      map((participants): RosterFact => ({
        type: 'roster.listed',
        at: clock.now(),
        participants,
      })),
      catchError((cause: unknown) => {
        const error = retryableError('E_ROSTER', cause);
        return of<RosterFact>({ type: 'roster.failed', at: clock.now(), error });
      }),
    );
    const subscription = requests.pipe(exhaustMap(() => answer$)).subscribe(send);
    receive((command) => requests.next(command));
    return () => subscription.unsubscribe();
  });
}
