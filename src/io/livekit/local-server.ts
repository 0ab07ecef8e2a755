import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { GreenroomError } from '../errors.ts';
import { sleep, systemClock } from '../clock.ts';
import type { ServerKeys } from './find-server.ts';
import { killWithParent } from './parent-guard.ts';

const LOOPBACK = '127.0.0.1';
const START_TRIES = 3;
const READY_DEADLINE_MS = 15_000;
const READY_POLL_MS = 50;
const FORCE_AFTER_MS = 200;
const KILL_AFTER_MS = 5_000;
const LOG_LINES_KEPT = 200;

/** What a server is reached by: with the same one a later server takes the place of an earlier. */
type ServerAddress = ServerKeys & { readonly httpPort: number; readonly udpPort: number };

export type LocalServerOptions = {
  /** See `findServerBinary`. */
  readonly binary: string;
  /** Whole seconds; LiveKit's own defaults are 300 and 20. */
  readonly room?: { readonly emptyTimeoutS?: number; readonly departureTimeoutS?: number };
  /** Of a server that has gone; free ports and a new key pair otherwise. */
  readonly address?: ServerAddress;
  /** Where it posts LiveKit's webhooks, signed with its key; nowhere otherwise. */
  readonly webhookUrl?: string;
};

export type LocalServer = ServerKeys & {
  /** ws://127.0.0.1:port */
  readonly url: string;
  readonly address: ServerAddress;
  readonly pid: number;
  /** The last 200 lines that it wrote. */
  logs(): readonly string[];
  /** Asks it to end, which disconnects everybody; resolved when it has gone. */
  stop(): Promise<void>;
  /** As a crash would: nobody is told. Resolved when it has gone. */
  kill(): Promise<void>;
};

/**
 * Starts a LiveKit server for this process alone: loopback only, offline, its own ports and keys.
 *
 * It dies with this process.
 *
 * @throws GreenroomError `E_SERVER_START` where it does not answer within 15 s, with the last lines it wrote.
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  for (let triesLeft = START_TRIES; ; triesLeft -= 1) {
    const address = options.address ?? (await freeAddress());
    const server = launch(options, address);
    const problem = await untilReady(server, address);
    if (problem === undefined) {
      return server;
    }
    await server.kill();
    const lines = server.logs().join('\n');
    // Somebody else took a port between our look and the server's bind.
    const isRace = options.address === undefined && lines.includes('address already in use');
    if (!isRace || triesLeft <= 1) {
      throw new GreenroomError(
        'E_SERVER_START',
        `${options.binary} did not start: ${problem}\n${lines}`,
      );
    }
  }
}

type Launched = LocalServer & { readonly exited: Promise<void> };

function launch(options: LocalServerOptions, address: ServerAddress): Launched {
  const child = spawn(options.binary, [], {
    // Not in the terminal's group: Ctrl-C is for the process that owns the server.
    detached: true,
    // By environment, since everybody on the machine can read a command line; and nothing else
    // of it, since LIVEKIT_KEYS, NODE_IP and the like would override the configuration.
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      LIVEKIT_CONFIG: config(address, options),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const logs = keepLastLines(child);
  const endGuard = child.pid === undefined ? undefined : killWithParent(child.pid);
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      logs.push(error.message);
      resolve();
    });
    child.once('exit', () => {
      endGuard?.();
      resolve();
    });
  });
  const goneWithin = (limitMs: number) => settlesWithin(exited, limitMs);
  return {
    url: `ws://${LOOPBACK}:${address.httpPort}`,
    apiKey: address.apiKey,
    apiSecret: address.apiSecret,
    address,
    pid: child.pid ?? 0,
    logs: () => [...logs],
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      if (await goneWithin(FORCE_AFTER_MS)) {
        return;
      }
      // The first signal waits for all participants to leave; the second does not.
      child.kill('SIGTERM');
      if (await goneWithin(KILL_AFTER_MS)) {
        return;
      }
      child.kill('SIGKILL');
      await exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** JSON, which is YAML too. */
function config(
  { httpPort, udpPort, apiKey, apiSecret }: ServerAddress,
  { room, webhookUrl }: LocalServerOptions,
): string {
  return JSON.stringify({
    port: httpPort,
    bind_addresses: [LOOPBACK],
    keys: { [apiKey]: apiSecret },
    rtc: {
      udp_port: udpPort,
      // Media over TCP has no option to bind one address and would listen on all of them.
      tcp_port: 0,
      node_ip: LOOPBACK,
      use_external_ip: false,
      enable_loopback_candidate: true,
      ips: { includes: [`${LOOPBACK}/32`] },
      // Never asked: without one, clients are sent to public ones.
      stun_servers: [`${LOOPBACK}:3478`],
    },
    room: {
      auto_create: true,
      ...(room?.emptyTimeoutS !== undefined && { empty_timeout: room.emptyTimeoutS }),
      ...(room?.departureTimeoutS !== undefined && { departure_timeout: room.departureTimeoutS }),
    },
    ...(webhookUrl !== undefined && { webhook: { api_key: apiKey, urls: [webhookUrl] } }),
  });
}

function keepLastLines(child: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        lines.splice(0, lines.length - LOG_LINES_KEPT);
      });
    }
  }
  return lines;
}

/** @returns what is wrong, or undefined when the server answers. */
async function untilReady(server: Launched, address: ServerAddress): Promise<string | undefined> {
  const giveUpAt = systemClock.now() + READY_DEADLINE_MS;
  while (!(await settlesWithin(server.exited, READY_POLL_MS))) {
    if (systemClock.now() > giveUpAt) {
      return `no answer after ${READY_DEADLINE_MS} ms`;
    }
    if (isListening(server) && (await isAnswering(address.httpPort))) {
      return undefined;
    }
  }
  return 'it ended at once';
}

/** Tells it from another server that has the port: this one says so once all its ports are its own. */
const isListening = (server: LocalServer): boolean =>
  server.logs().some((line) => line.includes('starting LiveKit server'));

async function isAnswering(httpPort: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${LOOPBACK}:${httpPort}/`);
    return response.ok;
  } catch {
    return false;
  }
}

async function freeAddress(): Promise<ServerAddress> {
  const tcp = createServer().listen(0, LOOPBACK);
  const udp = createSocket('udp4').bind(0, LOOPBACK);
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
  const tcpAddress = tcp.address();
  if (tcpAddress === null || typeof tcpAddress === 'string') {
    throw new Error('a TCP listener without a port');
  }
  const { port: udpPort } = udp.address();
  tcp.close();
  udp.close();
  await Promise.all([once(tcp, 'close'), once(udp, 'close')]);
  return {
    httpPort: tcpAddress.port,
    udpPort,
    apiKey: `GR${randomBytes(6).toString('hex')}`,
    apiSecret: randomBytes(32).toString('hex'),
  };
}

/** @returns false when the time is over first. */
async function settlesWithin(promise: Promise<void>, limitMs: number): Promise<boolean> {
  const settled = new AbortController();
  try {
    return await Promise.race([
      promise.then(() => true),
      sleep(limitMs, settled.signal).then(() => false),
    ]);
  } finally {
    settled.abort();
  }
}
