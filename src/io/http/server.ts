import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { DrainReason } from '../../machines/worker/connection.events.ts';
import type { JobType } from '../../machines/worker/events.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { greenroomVersion } from '../version.ts';
import { hasToken, isFromThisMachine } from './access.ts';
import { listen } from './listen.ts';
import type { ConnectionView, SessionsView, WorkerView } from './sessions-view.ts';

/** What the worker lets be read of it: plain data, made when asked. */
type WorkerStatus = {
  /** Null while all is well, else why not, such as `not connected to livekit`. */
  readonly unhealthyReason: () => string | null;
  /** Null until it drains. */
  readonly drainReason: () => DrainReason | null;
  readonly workerView: () => WorkerView;
  /** The worker, and every session of it. */
  readonly view: () => SessionsView;
};

type HttpServerOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Opens `/sessions` to clients that are not on loopback; undefined opens it to nobody else. */
  readonly token: string | undefined;
  /** LIVEKIT_AGENT_NAME: what the one agent is registered as; undefined for its own name. */
  readonly registeredName: string | undefined;
  readonly status: WorkerStatus;
  readonly metrics: Pick<Metrics, 'render' | 'contentType'>;
  readonly logger: Logger;
};

type HttpServer = {
  readonly host: string;
  readonly port: number;
  readonly close: () => Promise<void>;
};

/**
 * Serves health, metrics and sessions.
 *
 * @throws GreenroomError `E_HTTP_LISTEN` where the address cannot be listened on.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port } = options;
  const server = fastify({
    // A scraper that keeps its connection open must not hold up the exit.
    forceCloseConnections: true,
    // Whoever asks is who connects: X-Forwarded-For is what anybody may write.
    trustProxy: false,
  });
  addRoutes(server, options);
  return {
    host,
    port: await listen(server, { host, port }),
    close: () => server.close(),
  };
}

function addRoutes(server: FastifyInstance, options: HttpServerOptions): void {
  const { status, metrics, logger } = options;

  server.get('/', (_request, reply) => {
    const reason = status.unhealthyReason();
    return reply
      .code(reason === null ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(reason ?? healthyText(status.drainReason()));
  });

  server.get('/worker', (_request, reply) => reply.send(toWorkerInfo(options)));

  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.render()),
  );

  server.get('/sessions', (request, reply) => {
    if (isFromThisMachine(request) || hasToken(request, options.token)) {
      return reply.header('cache-control', 'no-store').send(status.view());
    }
    return refuse(reply, options.token);
  });

  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({
      error: 'not found',
      message: 'There are / (health), /worker, /metrics and /sessions.',
    }),
  );

  server.setErrorHandler((error, request: FastifyRequest, reply) => {
    const code = statusOf(error);
    if (code < 500) {
      return reply.code(code).send({ error: 'bad request', message: 'The request is malformed.' });
    }
    logger.error({ err: error, route: request.routeOptions.url }, 'http request failed');
    return reply.code(500).send({ error: 'internal error', message: 'The log says more.' });
  });
}

/** A worker that drains is no sick one: who restarts it for that would cut off its jobs. */
const healthyText = (drainReason: DrainReason | null): string =>
  drainReason === null ? 'OK' : `OK, ending: ${drainReason}`;

const statusOf = (error: unknown): number =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500;

function refuse(reply: FastifyReply, token: string | undefined): FastifyReply {
  return token === undefined
    ? reply.code(403).send({
        error: 'forbidden',
        message: 'Only clients on this machine may read sessions, unless HTTP_TOKEN is set.',
      })
    : reply.code(401).header('www-authenticate', 'Bearer').send({
        error: 'unauthorized',
        message: 'Send the value of HTTP_TOKEN as a bearer token.',
      });
}

/** The fields of `@livekit/agents`, for the first agent, and all agents beside them. */
function toWorkerInfo({ status, registeredName }: HttpServerOptions) {
  const worker = status.workerView();
  const [first] = worker.connections;
  return {
    agent_name: registeredName ?? first?.agent ?? '',
    agent_name_is_env: registeredName !== undefined,
    deployment: '',
    worker_type: first ? workerTypes[first.jobType] : null,
    worker_load: worker.load,
    active_jobs: worker.jobs,
    sdk_version: greenroomVersion,
    project_type: 'nodejs',
    protocol_version: 1,
    agents: worker.connections.map(toAgentInfo),
  };
}

const toAgentInfo = ({ agent, jobType, state, workerId }: ConnectionView) => ({
  agent_name: agent,
  worker_type: workerTypes[jobType],
  state,
  worker_id: workerId,
});

/** As livekit_agent.proto names them. */
const workerTypes = {
  room: 'JT_ROOM',
  participant: 'JT_PARTICIPANT',
  publisher: 'JT_PUBLISHER',
} as const satisfies Record<JobType, string>;
