import { Observable } from 'rxjs';
import type { RoomClient } from '../../actors/ports.ts';

/** Runs something as part of one job. */
type Enter = (run: () => void) => void;

/** A room as one job sees it: whatever it says reaches the job inside the job's own scope. */
export const roomOfJob = (room: RoomClient, enter: Enter): RoomClient => ({
  facts$: brought(room.facts$, enter),
  frames$: (trackSid) => brought(room.frames$(trackSid), enter),
  join: () => room.join(),
  leave: () => room.leave(),
  perform: (command) => room.perform(command),
  stats: () => room.stats(),
  close: () => room.close(),
});

/** The native side calls from nowhere: without this a timer that a fact leads to would belong to nobody. */
const brought = <T>(source$: Observable<T>, enter: Enter): Observable<T> =>
  new Observable((subscriber) =>
    source$.subscribe({
      next: (value) => enter(() => subscriber.next(value)),
      error: (error: unknown) => enter(() => subscriber.error(error)),
      complete: () => enter(() => subscriber.complete()),
    }),
  );
