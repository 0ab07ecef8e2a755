import type { z } from 'zod';
import type { SettingsSchema } from '../../agents/setting-types.ts';
import {
  findMisspelt,
  loadConfig,
  loadSettings,
  type ConfiguredAgent,
  type SettingSources,
} from '../config.ts';
import { GreenroomError } from '../errors.ts';
import { readInspectFilter, splitInspectFilters } from '../inspect/stately/inspect-filter.ts';
import {
  connectionSettings,
  workerSettings,
  type ConnectionSettings,
  type WorkerSettings,
} from '../settings.ts';
import { loadRules } from '../rules/load-rules.ts';
import { ok, type Check, type Finding } from './check.ts';

/** As much of the configuration as can be read; null is what has a mistake in it. */
export type ReadableSettings = {
  readonly url: string | null;
  readonly connection: ConnectionSettings | null;
  readonly worker: WorkerSettings | null;
};

/** One mistake should not hide what else is wrong: most checks need a few settings only. */
export const readableSettings = (sources: SettingSources): ReadableSettings => ({
  url: readable(sources, connectionSettings.pick({ LIVEKIT_URL: true }))?.LIVEKIT_URL ?? null,
  connection: readable(sources, connectionSettings),
  worker: readable(sources, workerSettings),
});

function readable<T extends SettingsSchema>(
  sources: SettingSources,
  schema: T,
): z.output<T> | null {
  try {
    return loadSettings(sources, schema);
  } catch (error) {
    if (error instanceof GreenroomError) return null;
    throw error;
  }
}

/** Whether the worker would start with these settings, and the rules of its file. */
export const configurationCheck = (
  sources: SettingSources,
  agents: readonly ConfiguredAgent[],
): Check => ({
  id: 'configuration',
  timeoutMs: 5_000,
  timeoutRemedy: 'Look at the load of this machine.',
  run: () => findProblems(sources, agents),
});

async function findProblems(
  sources: SettingSources,
  agents: readonly ConfiguredAgent[],
): Promise<Finding> {
  const misspelt = findMisspelt(sources, agents);
  const names = agents.map(({ name }) => name);
  try {
    const { worker } = loadConfig(sources, agents);
    readInspectFilter(splitInspectFilters(worker.INSPECT_FILTER));
    const file = worker.GREENROOM_CONFIG;
    await loadRules({ file, folder: process.cwd(), agents: names });
  } catch (error) {
    if (!(error instanceof GreenroomError)) throw error;
    const { message, details, remedy } = error;
    return { status: 'failed', found: message, details: [...details, ...misspelt], remedy };
  }
  return misspelt.length > 0
    ? {
        status: 'warning',
        found: 'complete, but something looks misspelt',
        details: misspelt,
        remedy: 'Correct the names; what is misspelt has no effect.',
      }
    : ok(`complete, for ${names.join(', ')}`);
}
