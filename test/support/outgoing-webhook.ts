import type { OutgoingWebhook } from '../../src/actors/ports.ts';

/** A webhook of a job in `room`, the `seq`-th of them. */
export const outgoingWebhook = (
  room = 'support',
  seq = 1,
  overrides: Partial<OutgoingWebhook> = {},
): OutgoingWebhook => ({
  event: 'participant_joined',
  at: Date.UTC(2026, 0, 1, 0, 0, 0, 250),
  participant: { identity: 'alice', sid: 'PA_1' },
  data: { name: 'Alice' },
  url: null,
  seq,
  job: {
    jobId: `AJ_${room}`,
    dispatchId: 'AD_1',
    agent: 'room-analytics',
    jobType: 'room',
    room: { name: room, sid: `RM_${room}` },
    participant: null,
  },
  ...overrides,
});
