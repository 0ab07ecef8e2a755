import { describe, expect, it } from 'vitest';
import type { DisconnectReason, EndReason } from '../../../src/machines/events.ts';
import { endReasonOf, statusOf } from '../../../src/machines/job/end-reason.logic.ts';
import { JobStage } from '../../support/job-stage.ts';

/** What each disconnect of the room means. */
const meanings = {
  room_deleted: 'room_deleted',
  room_closed: 'room_closed',
  participant_removed: 'agent_removed',
  duplicate_identity: 'duplicate_identity',
  server_shutdown: 'connection_lost',
  connection_timeout: 'connection_lost',
  unknown_reason: 'connection_lost',
  client_initiated: 'connection_lost',
  state_mismatch: 'connection_lost',
  join_failure: 'connection_lost',
  migration: 'connection_lost',
  signal_close: 'connection_lost',
  user_unavailable: 'connection_lost',
  user_rejected: 'connection_lost',
  sip_trunk_failure: 'connection_lost',
  media_failure: 'connection_lost',
  agent_error: 'connection_lost',
} as const satisfies Record<DisconnectReason, EndReason>;

const statuses = {
  participant_left: 'success',
  participant_never_connected: 'failed',
  room_deleted: 'success',
  room_closed: 'success',
  agent_removed: 'success',
  duplicate_identity: 'failed',
  dispatch_deleted: 'success',
  connection_lost: 'failed',
  join_failed: 'failed',
  drained: 'success',
  max_duration: 'success',
  duplicate: 'success',
  agent_error: 'failed',
} as const satisfies Record<EndReason, 'success' | 'failed'>;

const isReason = (text: string): text is DisconnectReason => text in meanings;
const reasons = Object.keys(meanings).filter(isReason);

describe('the end reasons', () => {
  it.each(reasons)('[JOB-3] the disconnect %s ends the job for its own reason', (reason) => {
    const expected = meanings[reason];
    expect(endReasonOf(reason)).toBe(expected);
    const stage = new JobStage();
    stage.join();
    stage.disconnect(reason);
    stage.pass(1_000);
    expect(stage.ending).toEqual({
      type: 'job.ending',
      reason: expected,
      status: statuses[expected],
      error: '',
    });
  });

  it('[JOB-3] each stands for one final status', () => {
    expect(statusOf).toEqual(statuses);
  });
});
