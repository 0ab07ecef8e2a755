import type { Command } from 'commander';
import { defaultInspect } from '../settings.ts';
import { eachOf } from './repeated-option.ts';

/** The flags of everything that can be inspected. */
export type InspectFlags = {
  readonly inspect?: string | true;
  readonly inspectFilter?: readonly string[];
  readonly pseudonyms?: true;
};

export const addInspectOptions = (command: Command): Command =>
  command
    .option(
      '--inspect [address]',
      `serve a page that shows every actor, at ${defaultInspect} or at =HOST:PORT; =stately for Stately's inspector too`,
    )
    .option(
      '--inspect-filter <field=value>',
      "what Stately's inspector is shown: room=, identity=, agent= or job=; any number, all must hold",
      eachOf,
    )
    .option('--pseudonyms', 'name people and rooms by words of their own on that page');

/** Flags by the names of the settings that they stand for. */
export const toInspectFlags = ({ inspect, inspectFilter, pseudonyms }: InspectFlags) => ({
  INSPECT: inspect === true ? defaultInspect : inspect,
  INSPECT_FILTER: inspectFilter?.join(','),
  INSPECT_PSEUDONYMS: pseudonyms && 'true',
});

/**
 * Flags of a command beside the worker: what the environment says of the worker would send both to the
 * same port.
 */
export const toOwnInspectFlags = (flags: InspectFlags) => {
  const own = toInspectFlags(flags);
  return { ...own, INSPECT: own.INSPECT ?? 'off' };
};
