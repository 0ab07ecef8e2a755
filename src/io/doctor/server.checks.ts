import { isIP } from 'node:net';
import type { Clock } from '../../actors/ports.ts';
import { formatDuration } from '../cli/format.ts';
import { codeOf, reasonOf } from '../error-reason.ts';
import { failed, ok, skipped, warning } from './check.ts';
import type { Check, Finding } from './check.ts';

export type HttpAnswer = {
  readonly status: number;
  /** The header of that name, epoch milliseconds; null where there is none. */
  readonly date: number | null;
  /** Its beginning, of some 64 KiB. */
  readonly body: string;
};

export interface NetworkWorld {
  readonly clock: Clock;
  /** Rejects with the system's error. */
  resolveHost(hostname: string): Promise<readonly string[]>;
  /** Opens a connection and closes it. Rejects with the system's error, or when aborted. */
  connect(hostname: string, port: number, signal: AbortSignal): Promise<void>;
  /** Follows no redirects. */
  getHttp(url: string, signal: AbortSignal): Promise<HttpAnswer>;
}

const SERVER_TIMEOUT_MS = 5_000;

/** The header has whole seconds, so that less than this cannot be told from nothing. */
const SKEW_WARNING_MS = 5_000;
/** LiveKit allows a token one minute. */
const SKEW_LIMIT_MS = 60_000;

const unreachableRemedy =
  'Check that the server runs, that LIVEKIT_URL names it, and that no firewall lies between.';

/** What can be said of the server without a key. */
export const serverChecks = (url: string, world: NetworkWorld): readonly Check[] => [
  {
    id: 'server',
    timeoutMs: SERVER_TIMEOUT_MS,
    timeoutRemedy: unreachableRemedy,
    run: (signal) => reach(url, world, signal),
  },
  {
    id: 'clock',
    needs: ['server'],
    timeoutMs: SERVER_TIMEOUT_MS,
    timeoutRemedy: unreachableRemedy,
    run: (signal) => compareClocks(url, world, signal),
  },
];

export const httpUrlOf = (serverUrl: string): string => serverUrl.replace(/^ws/, 'http');

async function reach(url: string, world: NetworkWorld, signal: AbortSignal): Promise<Finding> {
  const { hostname: bracketed, port: stated, protocol } = new URL(url);
  const hostname = bracketed.replace(/^\[|\]$/g, '');
  const isTls = protocol === 'wss:';
  const port = stated === '' ? (isTls ? 443 : 80) : Number(stated);
  const startedAt = world.clock.now();
  const took = () => formatDuration(world.clock.now() - startedAt);

  try {
    if (isIP(hostname) === 0) await world.resolveHost(hostname);
  } catch (error) {
    return failed(
      `the name ${hostname} is not known here (DNS: ${codeOf(error) || reasonOf(error)})`,
      'Correct the host in LIVEKIT_URL, or the DNS of this machine.',
    );
  }
  try {
    await world.connect(hostname, port, signal);
  } catch (error) {
    return failed(describeConnect(error, `${bracketed}:${port}`, signal), unreachableRemedy);
  }
  try {
    const { status } = await world.getHttp(httpUrlOf(url), signal);
    return judgeAnswer(url, status, took());
  } catch (error) {
    if (signal.aborted) {
      return failed(
        `${bracketed}:${port} accepts connections and does not answer HTTP within ${SERVER_TIMEOUT_MS / 1_000} s`,
        'Check what listens there: another program, or a server that hangs.',
      );
    }
    return failed(
      `${url} does not answer HTTP: ${reasonOf(error)}`,
      isTls
        ? 'Check the certificate of the server, and whether it speaks TLS at all: without TLS the address begins with ws://.'
        : 'Check what listens there; with TLS the address begins with wss://.',
    );
  }
}

function describeConnect(error: unknown, where: string, signal: AbortSignal): string {
  if (signal.aborted) return `${where} does not answer within ${SERVER_TIMEOUT_MS / 1_000} s (TCP)`;
  return codeOf(error) === 'ECONNREFUSED'
    ? `nothing listens on ${where}`
    : `${where} cannot be reached (TCP): ${reasonOf(error)}`;
}

function judgeAnswer(url: string, status: number, took: string): Finding {
  if (status === 406) {
    return warning(
      `${url} answers in ${took}, and says that it is not ready`,
      'Look at the load of the server: its own statistics are late.',
    );
  }
  if (status >= 500) {
    return failed(
      `${url} answers ${status}: a proxy, probably, whose LiveKit server is not there`,
      'Check that the server behind the proxy runs.',
    );
  }
  return ok(`${url} answers in ${took}${status === 200 ? '' : ` (${status})`}`);
}

async function compareClocks(
  url: string,
  { clock, getHttp }: NetworkWorld,
  signal: AbortSignal,
): Promise<Finding> {
  const askedAt = clock.now();
  const { date } = await getHttp(httpUrlOf(url), signal);
  if (date === null) {
    return skipped(
      'the answer of the server has no date',
      'Compare the clocks yourself: tokens are refused when they differ by more than a minute.',
    );
  }
  // The header leaves out the fraction of its second: half of one is the best guess.
  const skewMs = (askedAt + clock.now()) / 2 - (date + 500);
  const sizeMs = Math.abs(skewMs);
  const found = `this machine is ${formatDuration(sizeMs)} ${skewMs > 0 ? 'ahead of' : 'behind'} the server`;
  const remedy = 'Set the clock by NTP, on both sides.';
  if (sizeMs > SKEW_LIMIT_MS) {
    return failed(`${found}, and tokens are refused beyond a minute`, remedy);
  }
  return sizeMs > SKEW_WARNING_MS
    ? warning(found, remedy)
    : ok('less than 5 s from that of the server');
}
