import { catchError, concat, defer, map, mergeMap, of, type Observable } from 'rxjs';
import type { LevelFact } from '../machines/events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import { retryableError } from './error-info.ts';
import { LevelWindows } from './level-windows.ts';
import type { Clock, RoomClient } from './ports.ts';

export type AudioLevelsDeps = {
  readonly frames: Pick<RoomClient, 'frames$'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** Turns the frames of one audio track into level windows of 100 ms. */
export function createAudioLevelsActor(deps: AudioLevelsDeps): PortLogic<{ trackSid: string }> {
  return port<{ trackSid: string }, LevelFact>(({ input, send }) => {
    const subscription = levels$(input.trackSid, deps).subscribe(send);
    return () => subscription.unsubscribe();
  });
}

/** Ends with `audio.levelsEnded` or `audio.levelsFailed`; never errors. */
export function levels$(
  trackSid: string,
  { frames, clock }: AudioLevelsDeps,
): Observable<LevelFact> {
  return defer(() => {
    const windows = new LevelWindows(clock);
    const measured$ = frames.frames$(trackSid).pipe(
      mergeMap((frame) => windows.add(frame)),
      map(({ rms, at }): LevelFact => ({ type: 'audio.levelMeasured', rms, at })),
    );
    const ended$ = defer(() => of<LevelFact>({ type: 'audio.levelsEnded', at: clock.now() }));
    return concat(measured$, ended$).pipe(
      catchError((cause: unknown) => {
        const error = retryableError('E_AUDIO_LEVELS', cause);
        return of<LevelFact>({ type: 'audio.levelsFailed', at: clock.now(), error });
      }),
    );
  });
}
