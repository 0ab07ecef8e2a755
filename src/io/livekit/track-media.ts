import type { RemoteTrackPublication, Room, Track } from '@livekit/rtc-node';
import { Observable, Subject, takeUntil } from 'rxjs';
import type { AudioFrame } from '../../actors/ports.ts';
import type { MediaMode } from '../../machines/events.ts';
import { nextTurn } from '../clock.ts';
import type { RtcRuntime } from './rtc-runtime.ts';

const FRAME_FORMAT = { sampleRateHz: 16_000, frameMs: 100 } as const;

type Asked = { mode: MediaMode; isSubscribed: boolean; readonly audioEnded$: Subject<void> };

/**
 * How much of each remote track is asked for, and the audio that is read of it.
 *
 * A track that was subscribed once stays so, and is disabled when nobody asks for it: after an
 * unsubscribe the SDK mostly does not announce the track again, although its media flows
 * (rtc-node 1.1.0 with livekit-server 1.13.5).
 */
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
    const asked = this.#asked.get(trackSid);
    if (asked) {
      if (asked.mode === mode) return;
      asked.mode = mode;
      if (mode !== 'media') asked.audioEnded$.next();
      this.#apply(publication, asked);
    } else if (mode !== 'none') {
      this.#asked.set(trackSid, { mode, isSubscribed: false, audioEnded$: new Subject() });
      publication.setSubscribed(true);
    }
  }

  /** Whether the track is subscribed as far as anybody need know. */
  isSubscribed(trackSid: string): boolean {
    const asked = this.#asked.get(trackSid);
    return asked !== undefined && asked.isSubscribed && asked.mode !== 'none';
  }

  /** Call when the server has begun to send a track: only now can it be told not to. */
  onSubscribed(publication: RemoteTrackPublication): void {
    const asked = this.#asked.get(publication.sid ?? '');
    if (!asked) return;
    asked.isSubscribed = true;
    if (asked.mode !== 'media') this.#apply(publication, asked);
  }

  /** Call when our own connection is back: what was asked for meanwhile may never have left. */
  onReconnected(): void {
    for (const [trackSid, { mode, isSubscribed }] of this.#asked) {
      if (mode !== 'none' && !isSubscribed) this.#publicationOf(trackSid)?.setSubscribed(true);
    }
  }

  onUnsubscribed(trackSid: string, track: Track): void {
    const asked = this.#asked.get(trackSid);
    if (asked) {
      asked.isSubscribed = false;
      asked.audioEnded$.next();
    }
    this.#rtc.dispose(track);
  }

  onUnpublished(trackSid: string): void {
    this.#asked.get(trackSid)?.audioEnded$.next();
    this.#asked.delete(trackSid);
  }

  endAll(): void {
    for (const trackSid of [...this.#asked.keys()]) this.onUnpublished(trackSid);
  }

  frames$(trackSid: string): Observable<AudioFrame> {
    const asked = this.#asked.get(trackSid);
    const track = this.#publicationOf(trackSid)?.track;
    if (asked?.mode !== 'media' || !asked.isSubscribed || !track) {
      return failNextTurn(new Error(`track ${trackSid} is not subscribed with media`));
    }
    return this.#readFrames(track).pipe(takeUntil(asked.audioEnded$));
  }

  #readFrames(track: Track): Observable<AudioFrame> {
    return new Observable<AudioFrame>((subscriber) =>
      this.#rtc.openAudioTap(track, FRAME_FORMAT, {
        onFrame: (samples) => {
          subscriber.next({ samples, sampleRateHz: FRAME_FORMAT.sampleRateHz });
        },
        onEnd: () => subscriber.complete(),
      }),
    );
  }

  #apply(publication: RemoteTrackPublication, { mode, isSubscribed }: Asked): void {
    if (isSubscribed) this.#rtc.enableRemoteTrack(publication, mode === 'media');
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
