import type { Command } from 'commander';
import {
  addConnectionOptions,
  toSettingFlags,
  type ConnectionFlags,
} from './connection-options.ts';
import { eachOf } from './repeated-option.ts';

/** The flags of the commands that are about a worker. */
export type WorkerFlags = ConnectionFlags & {
  readonly agent?: readonly string[];
  readonly httpHost?: string;
  readonly httpPort?: string;
  readonly config?: string;
};

const defaultAgents = ['participant-monitor'];

export const addWorkerOptions = (command: Command): Command =>
  addConnectionOptions(command)
    .option(
      '--agent <name|file>',
      `a built-in agent, or a JavaScript file with one; any number (default: ${defaultAgents.join()})`,
      eachOf,
    )
    .option('--config <file>', 'the file with rules (GREENROOM_CONFIG)')
    .option('--http-host <address>', 'where health and metrics are served (HTTP_HOST)')
    .option('--http-port <port>', 'and on which port; 0 takes a free one (HTTP_PORT)');

/** Those of `--agent`, else the one that is meant without. */
export const namedAgents = ({ agent }: WorkerFlags): readonly string[] => agent ?? defaultAgents;

/** Flags by the names of the settings that they stand for. */
export const toWorkerFlags = (flags: WorkerFlags) => ({
  ...toSettingFlags(flags),
  HTTP_HOST: flags.httpHost,
  HTTP_PORT: flags.httpPort,
  GREENROOM_CONFIG: flags.config,
});
