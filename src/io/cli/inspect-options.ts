import type { Command } from 'commander';
import { loadSettings } from '../config.ts';
import { GreenroomError } from '../errors.ts';
import type { PageAddress } from '../inspect/relay-server.ts';
import { joinInspectFilters } from '../inspect/stately/inspect-filter.ts';
import { defaultInspect, relaySettings } from '../settings.ts';
import type { CommandWorld } from './commands.ts';
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

/** The address, also where the flag stands without one. */
export const atDefault = (inspect: string | true): string =>
  inspect === true ? defaultInspect : inspect;

/** Flags by the names of the settings that they stand for. */
export const toInspectFlags = ({ inspect, inspectFilter, pseudonyms }: InspectFlags) => ({
  INSPECT: inspect === undefined ? inspect : atDefault(inspect),
  INSPECT_FILTER: inspectFilter && joinInspectFilters(inspectFilter),
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

/**
 * Reads the value of `--inspect` where it is about a recording, which Stately's inspector cannot show.
 *
 * @throws GreenroomError `E_CONFIG`, `E_USAGE`.
 */
export function readPageAddress(
  given: string,
  { readSources }: Pick<CommandWorld, 'readSources'>,
): PageAddress {
  const { INSPECT, INSPECT_TOKEN } = loadSettings(readSources({ INSPECT: given }), relaySettings);
  if (INSPECT === 'off' || INSPECT.isStately) {
    throw new GreenroomError('E_USAGE', `--inspect ${given} is no address for the page`, {
      remedy: `Write host:port or a port, such as ${defaultInspect}.`,
    });
  }
  return { address: { host: INSPECT.host, port: INSPECT.port }, token: INSPECT_TOKEN };
}
