import {
  toSessionView,
  type JobView,
  type SessionsView,
  type SessionView,
  type WorkerView,
} from '../../src/io/http/sessions-view.ts';

const job: JobView = {
  jobId: 'AJ_1',
  dispatchId: 'AD_1',
  agent: 'participant-monitor',
  room: 'support-42',
  roomSid: 'RM_1',
  startedAt: 0,
  tracked: true,
  endReason: null,
  alerts: [],
};

/** A session as `/sessions` shows it: connected, silent, with nothing to tell. */
export const buildSession = (changes: Partial<SessionView> = {}): SessionView => ({
  ...toSessionView(job, {
    identity: 'alice',
    sid: 'PA_1',
    state: 'connected',
    presence: 'present',
    speech: 'silent',
    video: 'off',
    quality: 'unknown',
  }),
  ...changes,
});

export const buildView = (
  sessions: readonly SessionView[] = [],
  worker: Partial<WorkerView> = {},
): SessionsView => ({
  version: 1,
  worker: {
    id: 'worker-1',
    state: 'running',
    connections: [
      {
        agent: 'participant-monitor',
        jobType: 'participant',
        state: 'available',
        workerId: 'AW_1',
      },
    ],
    jobs: sessions.length,
    maxJobs: 50,
    load: 0,
    fullReason: null,
    ...worker,
  },
  sessions,
});
