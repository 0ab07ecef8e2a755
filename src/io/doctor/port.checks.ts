import { z } from 'zod';
import type { WorkerSettings } from '../settings.ts';
import { codeOf, reasonOf } from '../error-reason.ts';
import { failed, ok, warning, type Check, type Finding } from './check.ts';
import type { HttpAnswer } from './server.checks.ts';

export interface PortWorld {
  /** Listens and stops at once. Rejects with the system's error. */
  tryListen(host: string, port: number): Promise<void>;
  getHttp(url: string, signal: AbortSignal): Promise<HttpAnswer>;
}

type PortSettings = Pick<WorkerSettings, 'HTTP_HOST' | 'HTTP_PORT'>;

const PORT_TIMEOUT_MS = 3_000;

/** Whether health and metrics can be served. */
export const portCheck = (settings: PortSettings, world: PortWorld): Check => ({
  id: 'port',
  timeoutMs: PORT_TIMEOUT_MS,
  timeoutRemedy: 'Check that HTTP_HOST is an address of this machine.',
  run: (signal) => tryPort(settings, world, signal),
});

async function tryPort(
  { HTTP_HOST: host, HTTP_PORT: port }: PortSettings,
  world: PortWorld,
  signal: AbortSignal,
): Promise<Finding> {
  const where = `${host}:${port}`;
  try {
    await world.tryListen(host, port);
    return ok(port === 0 ? 'any free one is taken (HTTP_PORT=0)' : `${where} is free`);
  } catch (error) {
    switch (codeOf(error)) {
      case 'EADDRINUSE':
        return explainTaken(where, await isOwnWorker(host, port, world, signal));
      case 'EACCES':
        return failed(
          `${where} may not be listened on by this user`,
          'Choose an HTTP_PORT over 1023.',
        );
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        return failed(
          `${host} is no address of this machine`,
          'Set HTTP_HOST to 0.0.0.0, 127.0.0.1 or an address of this machine.',
        );
      default:
        return failed(
          `${where} cannot be listened on: ${reasonOf(error)}`,
          'Choose another HTTP_HOST or HTTP_PORT.',
        );
    }
  }
}

const explainTaken = (where: string, isOwn: boolean): Finding =>
  isOwn
    ? warning(
        `a worker of greenroom serves ${where} already`,
        'Nothing, if that is the one you mean; a second one on this machine needs another HTTP_PORT.',
      )
    : failed(
        `${where} is in use by another program`,
        'Choose another HTTP_PORT, or stop what uses it (ss -ltnp names it). Port 0 takes a free one.',
      );

const workerInfo = z.looseObject({ sdk_version: z.string(), agents: z.array(z.unknown()) });

async function isOwnWorker(
  host: string,
  port: number,
  { getHttp }: PortWorld,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { body } = await getHttp(`http://${reachable(host)}:${port}/worker`, signal);
    return workerInfo.safeParse(JSON.parse(body)).success;
  } catch {
    // Whatever else answers, or does not, is none of ours.
    return false;
  }
}

/** Where one listens on all addresses, loopback is one of them. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
