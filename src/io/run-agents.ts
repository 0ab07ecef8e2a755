import type { AgentDefinition } from '../agents/define-agent.ts';
import type { CommandWorld } from './cli/commands.ts';
import { loadConfig, readSources, type Config, type SettingSources } from './config.ts';
import { createLogger } from './logger.ts';
import { Shutdown } from './shutdown.ts';

type RunAgentsWorld = Pick<CommandWorld, 'stdout' | 'signals' | 'runWorker'>;

/**
 * Reads the configuration of some agents and runs them until the worker ends.
 *
 * @throws GreenroomError `E_CONFIG`, `E_RTC_VERSION`, `E_HTTP_LISTEN`.
 */
export async function runAgents(
  agents: readonly AgentDefinition[],
  sources: SettingSources,
  { stdout, signals, runWorker }: RunAgentsWorld,
): Promise<{ exitCode: number }> {
  const config = loadConfig(sources, agents);
  const logger = createLogger({
    ...config.worker,
    secrets: secretsOf(config),
    isPretty: stdout.isTTY === true,
    destination: stdout,
  });
  for (const warning of config.warnings) logger.warn({ warning }, 'a setting looks misspelt');
  const shutdown = new Shutdown(signals);
  shutdown.onFatal((err) => logger.fatal({ err }, 'an error belongs to no job: draining'));
  const output = stdout.isTTY === true ? stdout : null;
  try {
    return await runWorker({ agents, config, logger, shutdown, output });
  } finally {
    shutdown.close();
  }
}

const secretsOf = ({ worker }: Config): string[] =>
  [worker.LIVEKIT_API_SECRET, worker.HTTP_TOKEN, worker.INSPECT_TOKEN].filter(
    (secret) => secret !== undefined,
  );

export type RunWorkerSettings = {
  readonly agents: readonly AgentDefinition[];
  /** Settings by their environment names; they come before the environment and `.env`. */
  readonly settings?: Readonly<Record<string, string>>;
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
}: RunWorkerSettings): Promise<{ exitCode: number }> {
  const composed = await import('./compose/run-worker.ts');
  return runAgents(agents, readSources(settings), {
    stdout: process.stdout,
    signals: process,
    runWorker: composed.runWorker,
  });
}
