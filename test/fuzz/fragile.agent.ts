import { setup } from 'xstate';
import { z } from 'zod';
import { defineAgent } from '../../src/agents/define-agent.ts';
import type { AgentFact } from '../../src/machines/events.ts';
import type { AgentInput } from '../../src/machines/job/job.events.ts';

/** Sits in a room until somebody mutes a track, at which it throws. */
export const fragile = defineAgent({
  name: 'fragile',
  jobType: 'room',
  metadata: z.object({}),
  settings: z.object({}),
  permissions: () => ({
    canSubscribe: true,
    canPublish: false,
    canPublishData: false,
    canUpdateMetadata: false,
    hidden: true,
  }),
  machine: () =>
    setup({
      types: {} as { input: AgentInput; events: AgentFact },
      actions: {
        breakDown: () => {
          throw new Error('not today');
        },
      },
    }).createMachine({ id: 'fragile', on: { 'track.muted': { actions: 'breakDown' } } }),
  view: () => ({ state: 'fine' }),
});
