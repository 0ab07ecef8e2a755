/** The cameras that have delivered frames, by track: a participant may publish several. */
export type Cameras = Readonly<Record<string, 'flowing' | 'frozen'>>;

export const withCamera = (
  cameras: Cameras,
  trackSid: string,
  is: 'flowing' | 'frozen',
): Cameras => ({ ...cameras, [trackSid]: is });

export const withoutCamera = (cameras: Cameras, trackSid: string): Cameras =>
  Object.fromEntries(Object.entries(cameras).filter(([sid]) => sid !== trackSid));

/** A camera other than this one that flows or is frozen; undefined where there is none. */
export const otherCamera = (
  cameras: Cameras,
  trackSid: string,
  is: 'flowing' | 'frozen',
): string | undefined =>
  Object.entries(cameras).find(([sid, state]) => sid !== trackSid && state === is)?.[0];
