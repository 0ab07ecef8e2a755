import { setup } from 'xstate';
import { defineAgent } from '../../src/agents/define-agent.ts';
import type { AgentFact } from '../../src/machines/events.ts';
import type { AgentInput } from '../../src/machines/job/job.events.ts';
import { plainAgent } from '../support/plain-agent.ts';

/** Sits in a room until somebody mutes a track, at which it throws. */
export const fragile = defineAgent({
  name: 'fragile',
  ...plainAgent,
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
