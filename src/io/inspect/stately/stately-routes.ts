import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../actors/ports.ts';
import type { Logger } from '../../logger.ts';
import type { Disguise } from '../disguise.ts';
import type { RelayAccess } from '../relay-access.ts';
import { addStreamRoute } from '../stream-route.ts';
import { pagePolicy } from '../page-policy.ts';
import type { InspectFilter } from './inspect-filter.ts';
import type { Mask } from './shown.codec.ts';
import { StatelyConnection } from './stately-connection.ts';
import type { StatelySource } from './stately-door.ts';

type StatelyOptions = {
  readonly source: StatelySource;
  readonly filter: InspectFilter;
  readonly mask: Mask;
  readonly disguise: Disguise | undefined;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
  /** Of the inspector, which is loaded into the page. */
  readonly url?: string;
};

const HOSTED_INSPECTOR = 'https://stately.ai/inspect';

/** Each is told everything by itself, and one person looks at one. */
const MAX_PAGES = 4;

/**
 * Adds `/stately`, a page that holds Stately's inspector in a frame, and `/stately/stream`, which says what
 * that page hands over to it.
 */
export function registerStately(
  server: FastifyInstance,
  access: RelayAccess,
  { url = HOSTED_INSPECTOR, ...options }: StatelyOptions,
): void {
  server.get(
    '/stately',
    { helmet: { contentSecurityPolicy: pagePolicy([new URL(url).origin]) } },
    (_request, reply) => reply.sendFile('stately.html'),
  );

  addStreamRoute(server, {
    path: '/stately/stream',
    access,
    clock: options.clock,
    limit: MAX_PAGES,
    fullMessage: `There are ${MAX_PAGES} such pages already.`,
    open: (socket) => new StatelyConnection({ ...options, socket, url }),
  });
}
