import type { Alert } from '../events.ts';

/** The conditions that a session watches, each with its severity and its words. */
const alertKinds = {
  poor_quality: { severity: 'warning', message: 'connection quality is below the threshold' },
  suspect: { severity: 'warning', message: 'no packets although the server says connected' },
  video_frozen: { severity: 'warning', message: 'the camera stopped delivering frames' },
  no_video_frames: { severity: 'warning', message: 'a published camera delivers no frames' },
  long_session: { severity: 'info', message: 'the session is unusually long' },
} as const satisfies Record<string, Pick<Alert, 'severity' | 'message'>>;

export type AlertKey = keyof typeof alertKinds;

/** The open alerts by key: one of each kind at a time. */
export type OpenAlerts = Readonly<Partial<Record<AlertKey, Alert>>>;

export const wordsOf = (key: AlertKey, evidence: Alert['evidence']) => ({
  ...alertKinds[key],
  evidence,
});

export const openAlertsOf = (alerts: OpenAlerts): readonly Alert[] => Object.values(alerts);
