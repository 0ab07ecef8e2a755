import type { AgentDefinition } from '../../agents/define-agent.ts';
import type { JobConfig } from '../../machines/job/job.machine.ts';

/** What an agent says of its own jobs comes before what is so for all. */
export const jobConfigFor = (
  { drainTimeoutMs, summaryTimeoutMs }: AgentDefinition,
  config: JobConfig,
): JobConfig => ({
  ...config,
  drainMs: drainTimeoutMs ?? config.drainMs,
  summaryMs: summaryTimeoutMs ?? config.summaryMs,
});
