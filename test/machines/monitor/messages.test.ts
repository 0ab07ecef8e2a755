import { describe, expect, it } from 'vitest';
import {
  connectionQuality,
  speakingDetection,
  welcome,
} from '../../../src/machines/monitor/messages.logic.ts';
import { sessionInputOf } from '../../../src/machines/monitor/monitor-settings.logic.ts';
import { job, monitorMetadata, monitorSettings } from '../../support/monitor-facts.ts';
import { T0 } from '../../support/session-facts.ts';

const signature = { version: 1, agent: 'participant-monitor', job_id: 'AJ_1' };

describe('the messages', () => {
  it('[MON-6] welcome', () => {
    const { payload, ...envelope } = welcome(job, 'alice');
    expect(envelope).toEqual({
      type: 'data.publish',
      topic: 'participant_monitoring',
      to: ['alice'],
    });
    expect(payload).toEqual({
      type: 'participant_monitoring',
      action: 'welcome',
      message: 'Hello alice, your connection and activity in this room are being monitored.',
      features: ['connection_quality', 'speaking_detection', 'activity_tracking'],
      ...signature,
    });
  });

  it('[MON-6] speaking, in whole Unix seconds', () => {
    expect(
      speakingDetection(job, 'alice', ['bob', 'carol'], { speaking: true, at: T0 + 1_999 }),
    ).toEqual({
      type: 'data.publish',
      topic: 'speaking_detection',
      to: ['bob', 'carol'],
      payload: {
        type: 'speaking_detection',
        participant: 'alice',
        speaking: true,
        timestamp: 1_700_000_001,
        ...signature,
      },
    });
  });

  it('[MON-6] quality', () => {
    const notice = { quality: 'poor', previous: 'unknown', score: 0.25, reason: 'jitter' } as const;
    expect(connectionQuality(job, 'alice', { at: T0 + 500, ...notice })).toEqual({
      type: 'data.publish',
      topic: 'connection_quality',
      to: ['alice'],
      payload: {
        type: 'connection_quality',
        participant: 'alice',
        ...notice,
        timestamp: 1_700_000_000,
        ...signature,
      },
    });
  });
});

describe('the settings of a session', () => {
  const sessionOf = (metadata: Partial<typeof monitorMetadata>) =>
    sessionInputOf({ ...monitorMetadata, ...metadata }, monitorSettings, T0);
  const custom = {
    audio: false,
    speaking_threshold: 0.05,
    inactivity_timeout: 90_000,
    quality_threshold: 0.8,
    priority: 'high',
  };

  it('[MON-8] come from the environment', () => {
    expect(sessionOf({})).toMatchObject({
      identity: 'alice',
      startedAt: T0,
      watch: { audio: true, video: true },
      endOnDisconnect: false,
      config: {
        inactivityTimeoutMs: 300_000,
        qualityThreshold: 0.5,
        absentGraceMs: 2_000,
        reconnectHoldMs: 30_000,
        suspectPolls: 3,
        longSessionMs: 14_400_000,
        audio: { speakingThreshold: 0.01, hangoverMs: 1_000, windowMs: 100, stallPolls: 3 },
        video: { freezePolls: 2, noFramesMs: 10_000 },
      },
    });
  });

  it('[MON-8] let no media flow with basic', () => {
    expect(sessionOf({ monitoring_type: 'basic' }).watch).toEqual({ audio: false, video: false });
  });

  it('[MON-8] come from custom_settings with custom', () => {
    expect(sessionOf({ monitoring_type: 'custom', custom_settings: custom })).toMatchObject({
      watch: { audio: false, video: true },
      config: {
        inactivityTimeoutMs: 90_000,
        qualityThreshold: 0.8,
        audio: { speakingThreshold: 0.05 },
      },
    });
    expect(sessionOf({ monitoring_type: 'custom' })).toEqual(sessionOf({}));
  });

  it.each(['basic', 'full'] as const)(
    '[MON-8] do not come from custom_settings with %s',
    (monitoring_type) => {
      expect(sessionOf({ monitoring_type, custom_settings: custom })).toEqual(
        sessionOf({ monitoring_type }),
      );
    },
  );

  it('[MON-8] know whether the leave ends the job', () => {
    expect(sessionOf({ end_on_disconnect: true }).endOnDisconnect).toBe(true);
  });
});
