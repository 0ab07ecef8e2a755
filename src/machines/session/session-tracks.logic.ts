import type { MediaMode, TrackInfo } from '../events.ts';

/** What of a participant is measured by media; the rest is only listed. */
export type MediaWatch = {
  /** Levels of the microphone; where false, speech is what the server says. */
  readonly audio: boolean;
  /** Frames of the camera. */
  readonly video: boolean;
};

/** A track of the participant, as the session keeps it. */
export type SessionTrack = Pick<TrackInfo, 'sid' | 'kind' | 'source' | 'muted'> & {
  readonly subscribed: boolean;
};

export const isMicrophone = ({ source }: Pick<TrackInfo, 'source'>): boolean =>
  source === 'microphone';

export const isCamera = ({ source }: Pick<TrackInfo, 'source'>): boolean => source === 'camera';

/**
 * Media only where it is measured. Everything else is subscribed and disabled, because without any
 * subscription the server says nothing of a participant's quality and speech.
 */
export function mediaModeOf(track: Pick<TrackInfo, 'source'>, watch: MediaWatch): MediaMode {
  const isMeasured = (isMicrophone(track) && watch.audio) || (isCamera(track) && watch.video);
  return isMeasured ? 'media' : 'signal';
}

export const withTrack = (
  tracks: readonly SessionTrack[],
  sid: string,
  change: Partial<SessionTrack>,
): readonly SessionTrack[] =>
  tracks.map((track) => (track.sid === sid ? { ...track, ...change } : track));

export const withoutTrack = (
  tracks: readonly SessionTrack[],
  sid: string,
): readonly SessionTrack[] => tracks.filter((track) => track.sid !== sid);

const isFlowing = (track: SessionTrack, watch: MediaWatch): boolean =>
  track.subscribed && mediaModeOf(track, watch) === 'media';

export const isMediaFlowing = (tracks: readonly SessionTrack[], watch: MediaWatch): boolean =>
  tracks.some((track) => isFlowing(track, watch));

/** The tracks from which packets are due: a muted or disabled one sends none. */
export const dueSids = (tracks: readonly SessionTrack[], watch: MediaWatch): readonly string[] =>
  tracks.filter((track) => isFlowing(track, watch) && !track.muted).map(({ sid }) => sid);
