import type { JobInfo } from '../../src/machines/job/job.events.ts';
import type {
  MonitorMetadata,
  MonitorSettings,
} from '../../src/machines/monitor/monitor-settings.logic.ts';
import type { ParticipantMonitorInput } from '../../src/machines/monitor/participant-monitor.setup.ts';
import { T0 } from './session-facts.ts';

export const job: JobInfo = {
  jobId: 'AJ_1',
  dispatchId: 'AD_1',
  agent: 'participant-monitor',
  jobType: 'participant',
  room: { name: 'support', sid: 'RM_1' },
  participant: null,
};

export const monitorSettings: MonitorSettings = {
  CONNECTION_QUALITY_THRESHOLD: 0.5,
  INACTIVITY_TIMEOUT: 300_000,
  SPEAKING_THRESHOLD: 0.01,
  ENABLE_NOTIFICATIONS: true,
  HIDDEN: true,
};

export const monitorMetadata: MonitorMetadata = {
  participant_identity: 'alice',
  monitoring_type: 'full',
  end_on_disconnect: false,
  notification_preferences: { speaking_alerts: true, quality_alerts: true },
  custom_settings: {},
};

export const monitorInput = (
  metadata: Partial<MonitorMetadata> = {},
  settings: Partial<MonitorSettings> = {},
): ParticipantMonitorInput => ({
  job,
  metadata: { ...monitorMetadata, ...metadata },
  settings: { ...monitorSettings, ...settings },
  startedAt: T0,
});
