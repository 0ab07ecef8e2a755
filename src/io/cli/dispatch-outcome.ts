import type { Clock } from '../../actors/ports.ts';
import { sleepOn } from '../clock.ts';
import type { ServerApi } from '../doctor/server-api.ts';

/** Before it knows its workers, a server lists a job only 5 s after it was given out. */
export const OUTCOME_TIMEOUT_MS = 7_000;
const POLL_MS = 250;

export type WatchedDispatch = {
  readonly id: string;
  readonly room: string;
  /** Whom a job would be about; null where the agent is asked for at once, or nobody knows. */
  readonly participant: string | null;
};

/** `early`: the participant is not there, and without them is no job. */
export type DispatchOutcome = 'taken' | 'refused' | 'untaken' | 'early';

/**
 * What became of a dispatch: its creation succeeds also where nobody takes it.
 *
 * `taken` as soon as the server lists a job that runs, else known after 7 s.
 *
 * @throws ServerApiError where the server cannot be asked.
 */
export async function watchDispatch(
  api: Pick<ServerApi, 'listDispatches' | 'listParticipants'>,
  clock: Clock,
  { id, room, participant }: WatchedDispatch,
): Promise<DispatchOutcome> {
  if (participant !== null) {
    const present = await api.listParticipants(room);
    if (!present.some(({ identity }) => identity === participant)) return 'early';
  }
  const givenUpAt = clock.now() + OUTCOME_TIMEOUT_MS;
  for (;;) {
    const dispatch = (await api.listDispatches(room)).find((listed) => listed.id === id);
    const jobs = dispatch?.jobs ?? [];
    if (jobs.some(({ isRunning }) => isRunning)) return 'taken';
    if (clock.now() >= givenUpAt) return jobs.length > 0 ? 'refused' : 'untaken';
    await sleepOn(clock, POLL_MS);
  }
}
