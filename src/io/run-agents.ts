import type { AgentDefinition } from '../agents/define-agent.ts';
import type { CommandWorld } from './cli/commands.ts';
import { loadConfig, readSources, type SettingSources } from './config.ts';
import { createLogger } from './logger.ts';
import type { RuleDefinition } from './rules/define-config.ts';
import { loadRules } from './rules/load-rules.ts';
import { readRules } from './rules/read-rules.ts';
import { secretsOf } from './settings.ts';
import { Shutdown } from './shutdown.ts';

type RunAgentsWorld = Pick<CommandWorld, 'stdout' | 'signals' | 'runWorker'> & {
  /** In the place of those of a file. */
  readonly rules?: readonly RuleDefinition[] | undefined;
};

/**
 * Reads the configuration of some agents and runs them until the worker ends.
 *
 * @throws GreenroomError `E_CONFIG`, `E_RTC_VERSION`, `E_HTTP_LISTEN`.
 */
export async function runAgents(
  agents: readonly AgentDefinition[],
  sources: SettingSources,
  { stdout, signals, runWorker, rules: given }: RunAgentsWorld,
): Promise<{ exitCode: number }> {
  const config = loadConfig(sources, agents);
  const names = agents.map(({ name }) => name);
  const rules = given
    ? readRules({ rules: given }, { source: 'the rules given', agents: names })
    : await loadRules({
        file: config.worker.GREENROOM_CONFIG,
        folder: process.cwd(),
        agents: names,
      });
  const logger = createLogger({
    ...config.worker,
    secrets: secretsOf(config.worker),
    isPretty: stdout.isTTY === true,
    destination: stdout,
  });
  for (const warning of config.warnings) logger.warn({ warning }, 'a setting looks misspelt');
  const shutdown = new Shutdown(signals);
  shutdown.onFatal((err) => logger.fatal({ err }, 'an error belongs to no job: draining'));
  const output = stdout.isTTY === true ? stdout : null;
  try {
    return await runWorker({ agents, config, rules, logger, shutdown, output });
  } finally {
    shutdown.close();
  }
}

export type RunWorkerSettings = {
  readonly agents: readonly AgentDefinition[];
  /** Settings by their environment names; they come before the environment and `.env`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** In the place of those of `greenroom.config.*`, which is not looked for then. */
  readonly rules?: readonly RuleDefinition[];
};

/**
 * Runs a worker in this process, as `greenroom start` does: it logs to stdout, serves health,
 * drains on SIGINT and SIGTERM.
 *
 * @returns what the process should exit with, once the worker has ended.
 * @throws GreenroomError `E_CONFIG` with everything that is wrong with the settings, `E_RTC_VERSION`,
 * `E_HTTP_LISTEN`.
 */
export async function runWorker({
  agents,
  settings = {},
  rules,
}: RunWorkerSettings): Promise<{ exitCode: number }> {
  const composed = await import('./compose/run-worker.ts');
  return runAgents(agents, readSources(settings), {
    stdout: process.stdout,
    signals: process,
    runWorker: composed.runWorker,
    rules,
  });
}
