import type { ControlFact, RoomFact } from '../events.ts';
import { endReasonOf } from './end-reason.logic.ts';
import type { Ending, JobContext } from './job.setup.ts';

type Fact<TType extends string> = Extract<ControlFact | RoomFact, { type: TType }>;

export const overlong = ({ agent, config }: JobContext): Ending => ({
  reason: 'max_duration',
  at: agent.startedAt + (config.maxDurationMs ?? 0),
  error: '',
});

/** A JobTermination that the room gave no reason for. */
export const undispatched = ({ terminatedAt, config }: JobContext): Ending => ({
  reason: 'dispatch_deleted',
  at: terminatedAt + config.terminationMs,
  error: '',
});

export const broken = ({ at, error }: Fact<'control.broken'>): Ending => ({
  reason: 'agent_error',
  at,
  error: error.message,
});

/** Our own error, of which nothing says when it happened. */
export const failed = ({ ending: { at } }: JobContext, error: string): Ending => ({
  reason: 'agent_error',
  at,
  error,
});

export const drained = ({ at }: Fact<'control.draining'>): Ending => ({
  reason: 'drained',
  at,
  error: '',
});

export const disconnected = ({ at, reason }: Fact<'room.disconnected'>): Ending => ({
  reason: endReasonOf(reason),
  at,
  error: '',
});
