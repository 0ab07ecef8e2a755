import type { JobServices } from '../../actors/ports.ts';
import { lexiconEngine } from '../analysis/lexicon-engine.ts';

/** What stands where nothing is configured. */
export const bareServices: Omit<JobServices, 'roster' | 'roomService'> = {
  webhooks: { send: () => {} },
  analysis: lexiconEngine,
  ruleFunctions: { call: () => Promise.reject(new Error('no such function')) },
};
