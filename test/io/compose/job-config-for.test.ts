import { expect, it } from 'vitest';
import { jobConfigFor } from '../../../src/io/compose/job-config-for.ts';
import { jobConfigOf } from '../../../src/io/compose/worker-options.ts';
import { host } from '../../support/host.agent.ts';

const config = jobConfigOf({ DRAIN_TIMEOUT: 15_000, MAX_JOB_DURATION: undefined });

it('[CAN-1] gives the jobs of an agent the times that it asks for, and no other', () => {
  expect(jobConfigFor(host, config)).toEqual(config);
  expect(jobConfigFor({ ...host, summaryTimeoutMs: 9_000, drainTimeoutMs: 0 }, config)).toEqual({
    ...config,
    drainMs: 0,
    summaryMs: 9_000,
  });
});
