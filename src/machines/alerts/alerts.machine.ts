import { setup } from 'xstate';
import type { ConditionReport } from '../events.ts';

/** Makes alerts of the conditions that an agent reports. */
export const alertsMachine = setup({
  types: {} as { events: ConditionReport },
}).createMachine({
  id: 'alerts',
  initial: 'watching',
  states: { watching: {} },
});
