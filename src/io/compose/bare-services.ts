import type { JobServices } from '../../actors/ports.ts';

/** What stands where nothing is configured. */
export const bareServices: Omit<JobServices, 'roster' | 'roomService'> = {
  webhooks: { send: () => {} },
  analysis: { analyse: () => Promise.reject(new Error('no engine for analysis')) },
  ruleFunctions: { call: () => Promise.reject(new Error('no such function')) },
};
