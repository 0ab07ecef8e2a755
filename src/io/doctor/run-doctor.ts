import type { AgentDefinition } from '../../agents/define-agent.ts';
import type { WorkerSocketClient } from '../../actors/worker-ports.ts';
import type { SettingSources } from '../config.ts';
import { loadRules } from '../rules/load-rules.ts';
import { secretsOf, type ConnectionSettings } from '../settings.ts';
import { analysisCheck, type AnalysisWorld } from './analysis.checks.ts';
import {
  checkIds,
  checkTitles,
  notTried,
  type Check,
  type CheckId,
  type CheckResult,
} from './check.ts';
import {
  configurationCheck,
  readableSettings,
  type ReadableSettings,
} from './configuration.checks.ts';
import { dispatchChecks } from './dispatch.checks.ts';
import { installationChecks, type InstallationWorld } from './installation.checks.ts';
import { keysCheck } from './keys.checks.ts';
import { inspectCheck, portCheck, type PortWorld } from './port.checks.ts';
import { recordingCheck } from './recording.checks.ts';
import { resourceChecks, type ResourcesWorld } from './resources.checks.ts';
import { roomsCheck } from './rooms.checks.ts';
import { runChecks } from './run-checks.ts';
import type { ServerApi } from './server-api.ts';
import { serverChecks, type NetworkWorld } from './server.checks.ts';
import { webhooksCheck } from './webhooks.checks.ts';

/** Everything that the checks touch. */
export interface DoctorWorld
  extends AnalysisWorld, InstallationWorld, NetworkWorld, PortWorld, ResourcesWorld {
  readonly newId: () => string;
  openApi(connection: ConnectionSettings): ServerApi;
  openWorkerSocket(connection: ConnectionSettings, agentName: string): WorkerSocketClient;
}

export type DoctorOptions = {
  readonly sources: SettingSources;
  readonly agents: readonly AgentDefinition[];
  /** Hears of each beginning and end: the titles of the checks that run. */
  readonly onProgress: (running: readonly string[]) => void;
};

/** What `greenroom doctor --json` prints. */
export type DoctorReport = {
  readonly version: 1;
  /** 0: nothing failed; 1: a check failed; 2: the configuration is wrong. */
  readonly exitCode: 0 | 1 | 2;
  readonly checks: readonly CheckResult[];
  /** What greenroom does not do, so that nobody looks for a fault there. */
  readonly notes: readonly string[];
};

const notes = [
  'Rooms and participants from before the registration of the worker are not caught up with: a ' +
    'dispatch made while no worker was there opens a session only when the next participant joins ' +
    'its room.',
] as const;

/** Looks at everything that a worker with this configuration needs. */
export async function runDoctor(
  { sources, agents, onProgress }: DoctorOptions,
  world: DoctorWorld,
): Promise<DoctorReport> {
  const settings = readableSettings(sources);
  const possible = [
    configurationCheck(sources, agents),
    ...installationChecks(world),
    ...possibleChecks(settings, agents, world),
  ];
  const byId = new Map(possible.map((check) => [check.id, check]));
  const checks = checkIds.map((id) => byId.get(id) ?? unreadable(id));
  const results = await runChecks(checks, {
    clock: world.clock,
    secrets: secretsOf({ ...settings.connection, ...settings.worker }),
    onProgress,
  });
  return { version: 1, exitCode: exitCodeOf(results), checks: results, notes };
}

const possibleChecks = (
  { url, connection, worker }: ReadableSettings,
  agents: DoctorOptions['agents'],
  world: DoctorWorld,
): readonly Check[] => [
  ...(url === null ? [] : serverChecks(url, world)),
  ...(connection === null ? [] : keyedChecks(connection, { worker, agents }, world)),
  ...(worker === null
    ? []
    : [
        webhooksCheck(worker.WEBHOOK_URLS, world),
        analysisCheck(worker, world),
        portCheck(worker, world),
        inspectCheck(worker, world),
        ...resourceChecks(worker, world),
      ]),
];

function keyedChecks(
  connection: ConnectionSettings,
  { worker, agents }: Pick<ReadableSettings, 'worker'> & Pick<DoctorOptions, 'agents'>,
  world: DoctorWorld,
): readonly Check[] {
  const api = world.openApi(connection);
  return [
    keysCheck(api),
    ...dispatchChecks({
      clock: world.clock,
      newId: world.newId,
      api,
      openWorkerSocket: (agentName) => world.openWorkerSocket(connection, agentName),
    }),
    roomsCheck({ clock: world.clock, api, namesRooms: worker?.LOG_PII ?? false }),
    ...(worker === null
      ? []
      : [
          recordingCheck({
            api,
            loadRules: async () => {
              const { rules } = await loadRules({
                file: worker.GREENROOM_CONFIG,
                folder: process.cwd(),
                agents: agents.map(({ name }) => name),
              });
              return rules;
            },
          }),
        ]),
  ];
}

/** A check whose settings have a mistake in them. */
const unreadable = (id: CheckId): Check => ({
  id,
  timeoutMs: 1_000,
  timeoutRemedy: '',
  run: () => Promise.resolve(notTried(checkTitles.configuration)),
});

function exitCodeOf(results: readonly CheckResult[]): 0 | 1 | 2 {
  const failures = results.filter(({ status }) => status === 'failed');
  if (failures.some(({ id }) => id === 'configuration')) return 2;
  return failures.length > 0 ? 1 : 0;
}
