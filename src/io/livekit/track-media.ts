import type { RemoteTrackPublication, Room, Track } from '@livekit/rtc-node';
import { Observable, Subject, takeUntil } from 'rxjs';
import type { AudioFrame } from '../../actors/ports.ts';
import type { MediaMode } from '../../machines/events.ts';
import { nextTurn } from '../clock.ts';
import type { RtcRuntime } from './ffi-router.ts';

const FRAME_FORMAT = { sampleRateHz: 16_000, frameMs: 100 } as const;

type Asked = { mode: MediaMode; readonly ended$: Subject<void> };

/** How much of each remote track is asked for, and the audio that is read of it. */
export class TrackMedia {
  readonly #rtc: RtcRuntime;
  readonly #room: Room;
  readonly #asked = new Map<string, Asked>();

  constructor(rtc: RtcRuntime, room: Room) {
    this.#rtc = rtc;
    this.#room = room;
  }

  /** @throws where there is no such track. */
  setMode(trackSid: string, mode: MediaMode): void {
    const publication = this.#publicationOf(trackSid);
    if (!publication) throw new Error(`there is no track ${trackSid} in the room`);
    const before = this.#asked.get(trackSid)?.mode ?? 'none';
    if (mode === before) return;
    if (mode !== 'media') this.#endAudio(trackSid);
    if (mode === 'none') {
      // The server remembers "disabled" over the subscription, and the SDK does not.
      this.#enable(publication, true);
      this.#asked.delete(trackSid);
      publication.setSubscribed(false);
      return;
    }
    this.#asked.set(trackSid, { mode, ended$: new Subject() });
    if (before === 'none') publication.setSubscribed(true);
    else this.#enable(publication, mode === 'media');
  }

  /** Call when the server has begun to send a track: only now can it be told not to. */
  onSubscribed(publication: RemoteTrackPublication): void {
    if (this.#asked.get(publication.sid ?? '')?.mode === 'signal') {
      this.#enable(publication, false);
    }
  }

  onUnsubscribed(trackSid: string, track: Track): void {
    this.#endAudio(trackSid);
    this.#rtc.dispose(track);
  }

  onUnpublished(trackSid: string): void {
    this.#endAudio(trackSid);
    this.#asked.delete(trackSid);
  }

  endAll(): void {
    for (const trackSid of [...this.#asked.keys()]) this.onUnpublished(trackSid);
  }

  frames$(trackSid: string): Observable<AudioFrame> {
    const asked = this.#asked.get(trackSid);
    const track = this.#publicationOf(trackSid)?.track;
    if (asked?.mode !== 'media' || !track) {
      return failNextTurn(new Error(`track ${trackSid} is not subscribed with media`));
    }
    return this.#readFrames(track).pipe(takeUntil(asked.ended$));
  }

  #readFrames(track: Track): Observable<AudioFrame> {
    return new Observable<AudioFrame>((subscriber) =>
      this.#rtc.openAudioTap(track, FRAME_FORMAT, {
        onFrame: (samples) => subscriber.next({ samples, sampleRateHz: FRAME_FORMAT.sampleRateHz }),
        onEnd: () => subscriber.complete(),
      }),
    );
  }

  #enable(publication: RemoteTrackPublication, enabled: boolean): void {
    if (publication.track) this.#rtc.enableRemoteTrack(publication, enabled);
  }

  #endAudio(trackSid: string): void {
    this.#asked.get(trackSid)?.ended$.next();
  }

  #publicationOf(trackSid: string): RemoteTrackPublication | undefined {
    for (const participant of this.#room.remoteParticipants.values()) {
      const publication = participant.trackPublications.get(trackSid);
      if (publication) return publication;
    }
    return undefined;
  }
}

/** Not inside the call: whoever subscribes may not be ready yet. */
export const failNextTurn = (error: Error): Observable<never> =>
  new Observable((subscriber) => nextTurn(() => subscriber.error(error)));
