/** The data messages of participant-monitor, as participants get them. */
import type { AgentCommand } from '../events.ts';
import type { JobInfo } from '../job/job.events.ts';
import type { QualityNotice } from '../session/session.events.ts';
import { signed } from '../signed.logic.ts';

type Publish = Extract<AgentCommand, { type: 'data.publish' }>;

/** Whole Unix seconds, as the messages carry times. */
const unixSeconds = (at: number): number => Math.floor(at / 1000);

export const welcome = (job: JobInfo, identity: string): Publish => ({
  type: 'data.publish',
  topic: 'participant_monitoring',
  to: [identity],
  payload: signed(job, {
    type: 'participant_monitoring',
    action: 'welcome',
    message: `Hello ${identity}, your connection and activity in this room are being monitored.`,
    features: ['connection_quality', 'speaking_detection', 'activity_tracking'],
  }),
});

export const speakingDetection = (
  job: JobInfo,
  identity: string,
  to: readonly string[],
  params: { readonly speaking: boolean; readonly at: number },
): Publish => ({
  type: 'data.publish',
  topic: 'speaking_detection',
  to,
  payload: signed(job, {
    type: 'speaking_detection',
    participant: identity,
    speaking: params.speaking,
    timestamp: unixSeconds(params.at),
  }),
});

export const connectionQuality = (
  job: JobInfo,
  identity: string,
  { at, quality, previous, score, reason }: QualityNotice & { readonly at: number },
): Publish => ({
  type: 'data.publish',
  topic: 'connection_quality',
  to: [identity],
  payload: signed(job, {
    type: 'connection_quality',
    participant: identity,
    quality,
    previous,
    score,
    reason,
    timestamp: unixSeconds(at),
  }),
});
