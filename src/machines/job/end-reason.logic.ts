import type { DisconnectReason, EndReason } from '../events.ts';

/** The final status of a job by its end reason (product: the worker). */
export const statusOf = {
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

/** Why a room that ended ended the job. Whatever is not told apart is a lost connection. */
export function endReasonOf(reason: DisconnectReason): EndReason {
  switch (reason) {
    case 'room_deleted':
      return 'room_deleted';
    case 'room_closed':
      return 'room_closed';
    case 'participant_removed':
      return 'agent_removed';
    case 'duplicate_identity':
      return 'duplicate_identity';
    default:
      return 'connection_lost';
  }
}
