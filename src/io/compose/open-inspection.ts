import type { Clock } from '../../actors/ports.ts';
import { systemClock } from '../clock.ts';
import { Disguise } from '../inspect/disguise.ts';
import { Inspection } from '../inspect/inspection.ts';
import type { SystemInspector } from '../inspect/inspected-system.ts';
import { startRelay } from '../inspect/relay-server.ts';
import { readInspectFilter, splitInspectFilters } from '../inspect/stately/inspect-filter.ts';
import { wholeOrNothing } from '../inspect/stately/shown.codec.ts';
import { registerStately } from '../inspect/stately/stately-routes.ts';
import type { Logger } from '../logger.ts';
import { jsonMask, maskSecrets } from '../mask-secrets.ts';
import type { RelaySettings } from '../settings.ts';
import { greenroomVersion } from '../version.ts';

type OpenInspectionOptions = {
  readonly settings: RelaySettings;
  /** The command that is inspected, such as `start`. */
  readonly command: string;
  /** Of what is inspected: a simulated one has its own. */
  readonly clock: Clock;
  /** What must not be sent, beside the token of the inspection. */
  readonly secrets: readonly (string | undefined)[];
  readonly logger: Logger;
};

export type OpenInspection = {
  readonly inspector: SystemInspector;
  /** Where the page is. */
  readonly url: string;
  /** Where Stately's inspector is; null where it was not asked for. */
  readonly statelyUrl: string | null;
  readonly close: () => Promise<void>;
};

/**
 * Lets a process be inspected, where its settings say so.
 *
 * @returns null where they do not: then nothing of it is there, and nothing is watched.
 * @throws GreenroomError `E_CONFIG`, `E_USAGE` for the filter, `E_INSPECT_PAGE`, `E_HTTP_LISTEN`.
 */
export async function openInspection({
  settings,
  command,
  clock,
  secrets,
  logger,
}: OpenInspectionOptions): Promise<OpenInspection | null> {
  const { INSPECT: address, INSPECT_TOKEN: token, INSPECT_FILTER: filter } = settings;
  if (address === 'off') return null;
  const shows = readInspectFilter(splitInspectFilters(filter));
  const masked = [...secrets, token].filter((secret) => secret !== undefined);
  const inspection = new Inspection({
    source: { kind: 'live', command, greenroom: greenroomVersion, startedAt: clock.now() },
    clock,
    frames: systemClock,
    onFault: (err) => logger.error({ err }, 'an actor system can no longer be inspected'),
  });
  const disguise = settings.INSPECT_PSEUDONYMS ? new Disguise(inspection) : undefined;
  const relay = await startRelay({
    ...address,
    token,
    viewable: inspection,
    mask: jsonMask(masked),
    ...(disguise && { disguise }),
    clock: systemClock,
    logger,
    ...(address.isStately && {
      addRoutes: (server, access) =>
        registerStately(server, access, {
          source: inspection,
          filter: shows,
          mask: (text) => maskSecrets(disguise ? wholeOrNothing(text) : text, masked),
          disguise,
          clock: systemClock,
          logger,
        }),
    }),
  });
  return {
    inspector: {
      attach: (system) => {
        disguise?.meet(system.about);
        inspection.attach(system);
      },
    },
    url: relay.url,
    statelyUrl: address.isStately ? `${relay.url}stately` : null,
    close: () => relay.close(),
  };
}

/** A line for each page, for people. */
export const describeInspection = ({ url, statelyUrl }: OpenInspection): string =>
  statelyUrl === null
    ? `Inspect at ${url}\n`
    : `Inspect at ${url}\nStately's inspector: ${statelyUrl} (loads stately.ai; states, events and ` +
      'contexts of your actors are shown to it)\n';
