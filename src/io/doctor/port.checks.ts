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

/** Where a worker listens, which settings say so, and how it is known there. */
type Place = {
  readonly host: string;
  readonly port: number;
  readonly hostSetting: string;
  readonly portSetting: string;
  readonly path: string;
  readonly isOwn: (body: string) => boolean;
};

const PORT_TIMEOUT_MS = 3_000;

/** Whether health and metrics can be served. */
export const portCheck = (
  { HTTP_HOST: host, HTTP_PORT: port }: PortSettings,
  world: PortWorld,
): Check => {
  const settings = { hostSetting: 'HTTP_HOST', portSetting: 'HTTP_PORT' };
  return checkOf('port', { host, port, ...settings, path: '/worker', isOwn: isWorker }, world);
};

/** Whether the page for inspection can be served; that it needs a token is a matter of configuration. */
export function inspectCheck(
  { INSPECT: address, ...health }: PortSettings & Pick<WorkerSettings, 'INSPECT'>,
  world: PortWorld,
): Check {
  const settings = { hostSetting: 'INSPECT', portSetting: 'INSPECT' };
  const place = address === 'off' ? { host: '127.0.0.1', port: 0 } : address;
  const check = checkOf('inspect', { ...place, ...settings, path: '/', isOwn: isPage }, world);
  if (address === 'off') return { ...check, run: () => Promise.resolve(notInspected) };
  return isSamePlace(address, { host: health.HTTP_HOST, port: health.HTTP_PORT })
    ? { ...check, run: () => Promise.resolve(takenByHealth(address.port)) }
    : check;
}

const notInspected = ok('nothing can be inspected (INSPECT is off)');

const takenByHealth = (port: number): Finding =>
  failed(
    `INSPECT and HTTP_PORT name the same port, ${port}`,
    'Choose another port for one of them; 0 takes a free one.',
  );

function isSamePlace(
  one: Pick<Place, 'host' | 'port'>,
  other: Pick<Place, 'host' | 'port'>,
): boolean {
  const hosts = [one.host, other.host];
  const meet = one.host === other.host || hosts.includes('0.0.0.0') || hosts.includes('::');
  return one.port !== 0 && one.port === other.port && meet;
}

const checkOf = (id: 'port' | 'inspect', place: Place, world: PortWorld): Check => ({
  id,
  timeoutMs: PORT_TIMEOUT_MS,
  timeoutRemedy: `Check that ${place.hostSetting} is an address of this machine.`,
  run: (signal) => tryPlace(place, world, signal),
});

async function tryPlace(place: Place, world: PortWorld, signal: AbortSignal): Promise<Finding> {
  const { host, port, hostSetting, portSetting } = place;
  const where = `${host}:${port}`;
  try {
    await world.tryListen(host, port);
    return ok(port === 0 ? `any free one is taken (${portSetting}=0)` : `${where} is free`);
  } catch (error) {
    switch (codeOf(error)) {
      case 'EADDRINUSE':
        return explainTaken(place, await isOwnWorker(place, world, signal));
      case 'EACCES':
        return failed(
          `${where} may not be listened on by this user`,
          `Choose a port over 1023 in ${portSetting}.`,
        );
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        return failed(
          `${host} is no address of this machine`,
          `Let ${hostSetting} name 0.0.0.0, 127.0.0.1 or an address of this machine.`,
        );
      default:
        return failed(
          `${where} cannot be listened on: ${reasonOf(error)}`,
          `Choose another address in ${[...new Set([hostSetting, portSetting])].join(' or ')}.`,
        );
    }
  }
}

const explainTaken = ({ host, port, portSetting }: Place, isOwn: boolean): Finding =>
  isOwn
    ? warning(
        `a worker of greenroom serves ${host}:${port} already`,
        `Nothing, if that is the one you mean; a second one on this machine needs another ${portSetting}.`,
      )
    : failed(
        `${host}:${port} is in use by another program`,
        `Choose another ${portSetting}, or stop what uses it (ss -ltnp names it). Port 0 takes a free one.`,
      );

async function isOwnWorker(
  { host, port, path, isOwn }: Place,
  { getHttp }: PortWorld,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { body } = await getHttp(`http://${reachable(host)}:${port}${path}`, signal);
    return isOwn(body);
  } catch {
    // Whatever else answers, or does not, is none of ours.
    return false;
  }
}

const workerInfo = z.looseObject({ sdk_version: z.string(), agents: z.array(z.unknown()) });

const isWorker = (body: string): boolean => workerInfo.safeParse(JSON.parse(body)).success;

const isPage = (body: string): boolean => body.includes('<title>greenroom');

/** Where one listens on all addresses, loopback is one of them. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
