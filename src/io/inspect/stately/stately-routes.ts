import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../actors/ports.ts';
import type { Logger } from '../../logger.ts';
import type { RelayAccess } from '../relay-access.ts';
import type { InspectFilter } from './inspect-filter.ts';
import type { Mask } from './shown.codec.ts';
import { StatelyConnection } from './stately-connection.ts';
import type { StatelySource } from './stately-door.ts';

type StatelyOptions = {
  readonly source: StatelySource;
  readonly filter: InspectFilter;
  readonly mask: Mask;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error' | 'debug'>;
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
  server.get('/stately', { helmet: pageHeaders(url) }, (_request, reply) =>
    reply.sendFile('stately.html'),
  );

  const pages = new Set<StatelyConnection>();
  server.get(
    '/stately/stream',
    {
      websocket: true,
      onRequest: [access.guardStream],
      preHandler: (_request, reply, done) => {
        if (pages.size < MAX_PAGES) {
          done();
          return;
        }
        void reply
          .code(503)
          .send({ error: 'busy', message: `There are ${MAX_PAGES} such pages already.` });
      },
    },
    (socket) => {
      const page = new StatelyConnection({ ...options, socket, url });
      pages.add(page);
      socket.once('close', () => pages.delete(page));
    },
  );
}

/** As all pages of a relay, but that this one may show one other page within itself. */
const pageHeaders = (url: string) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      frameSrc: [new URL(url).origin],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
});
