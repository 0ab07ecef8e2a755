import { WebSocket, type RawData } from 'ws';
import type { Clock } from '../../actors/ports.ts';
import { GreenroomError } from '../errors.ts';
import { maskSecrets } from '../mask-secrets.ts';
import {
  PROTOCOL_VERSION,
  SUBPROTOCOL,
  type Look,
  type RelayMessage,
  type ViewerMessage,
} from './protocol.ts';
import { decodeHelloVersion, decodeRelayMessage } from './relay-message.codec.ts';

export type RelayClientOptions = {
  /** Of the relay, as it prints it: http, https, ws or wss. */
  readonly url: string;
  /** Null where the relay asks for none. */
  readonly token: string | null;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Hears everything that the relay says, its `hello` first. */
  readonly onMessage: (message: RelayMessage) => void;
  /** Once, where the connection ends and nobody here closed it. */
  readonly onEnd: (error: GreenroomError) => void;
};

/** How long an address may take to answer, and then to say `hello`. */
const ANSWER_MS = 5_000;
/** A relay says all there is in many frames, none of them near this. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
/** How long the other side may take to close, before ours is cut. */
const CLOSE_MS = 1_000;

/** The stream of a relay, seen from a viewer. */
export class RelayClient {
  readonly #options: RelayClientOptions;
  readonly #socket: WebSocket;
  readonly #closed: Promise<void>;
  #isGreeted = false;
  #isClosing = false;
  #failure: GreenroomError | null = null;

  private constructor(options: RelayClientOptions) {
    const { token } = options;
    this.#options = options;
    this.#socket = new WebSocket(streamUrl(options.url), SUBPROTOCOL, {
      ...(token === null ? {} : { headers: { Authorization: `Bearer ${token}` } }),
      handshakeTimeout: ANSWER_MS,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
    });
    this.#closed = new Promise((resolve) => this.#socket.on('close', () => resolve()));
  }

  /**
   * Resolves once the relay has said `hello`.
   *
   * @throws GreenroomError `E_USAGE` for what is no address, `E_RELAY_UNREACHABLE`, `E_RELAY_REFUSED`.
   */
  static async connect(options: RelayClientOptions): Promise<RelayClient> {
    const client = new RelayClient(options);
    await client.#greeted();
    return client;
  }

  /** Says what is looked at from now on, the whole of it. */
  look(look: Look): void {
    this.send({ type: 'look', ...look });
  }

  send(message: ViewerMessage): void {
    // Between the loss and its event a frame would be an error.
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Resolves when the connection has ended. Harmless when repeated. */
  async close(): Promise<void> {
    const { clock } = this.#options;
    this.#isClosing = true;
    const timer = clock.setTimeout(() => this.#socket.terminate(), CLOSE_MS);
    this.#socket.close(1000);
    await this.#closed;
    clock.clearTimeout(timer);
  }

  #greeted(): Promise<void> {
    const { url, clock, onEnd } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => {
        this.#fail(refused(url, 'it does not say hello', notARelay));
      }, ANSWER_MS);
      this.#socket.on('message', (data: RawData, isBinary) => {
        if (this.#failure || this.#isClosing) return;
        if (!this.#hear(isBinary ? '' : textOf(data))) return;
        clock.clearTimeout(timer);
        resolve();
      });
      this.#socket.on('unexpected-response', (_request, { statusCode = 0 }) => {
        this.#fail(refusalOf(this.#options, statusCode));
      });
      this.#socket.on('error', (cause) => {
        this.#failure ??= errorOf(this.#options, cause);
      });
      this.#socket.on('close', (code) => {
        clock.clearTimeout(timer);
        if (this.#isClosing) return;
        const error = this.#failure ?? unreachable(url, `it closed the connection (${code})`);
        if (this.#isGreeted) onEnd(error);
        else reject(error);
      });
    });
  }

  /** Whether it was what a relay says. */
  #hear(text: string): boolean {
    const { url, onMessage } = this.#options;
    if (!this.#isGreeted) {
      const version = decodeHelloVersion(text);
      if (version !== PROTOCOL_VERSION) {
        this.#fail(version === null ? refused(url, 'it says no hello', notARelay) : stranger(url));
        return false;
      }
      this.#isGreeted = true;
    }
    const message = decodeRelayMessage(text);
    if (message) onMessage(message);
    else this.#fail(refused(url, 'it says what no relay of this version says', otherVersion));
    return message !== null;
  }

  #fail(error: GreenroomError): void {
    this.#failure ??= error;
    this.#socket.terminate();
  }
}

function streamUrl(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !/^(http|ws)s?:$/.test(url.protocol) || url.username || url.password) {
    // Not repeated: what should not stand in it may be a password.
    throw new GreenroomError('E_USAGE', 'this is no address of a relay', {
      remedy: 'Give what --inspect printed, such as http://127.0.0.1:7788.',
    });
  }
  url.protocol = url.protocol.replace('http', 'ws');
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/stream`;
  url.search = '';
  url.hash = '';
  return url;
}

const notARelay = 'Give the address that greenroom start --inspect prints.';
const otherVersion = 'Use the greenroom of the same version as the relay.';

/** What `RelayAccess` refuses whatever the token, and what a proxy in front of it may do to a request. */
const elsewhere =
  'Give the host that INSPECT names (an IP address where it listens on all) or localhost, which a proxy must ' +
  'pass on; from another machine or through a proxy the worker needs an INSPECT_TOKEN.';

const unreachable = (url: string, why: string): GreenroomError =>
  new GreenroomError('E_RELAY_UNREACHABLE', `${url}: ${why}`);

const refused = (url: string, why: string, remedy: string): GreenroomError =>
  new GreenroomError('E_RELAY_REFUSED', `${url}: ${why}`, { remedy });

const stranger = (url: string): GreenroomError =>
  refused(url, `it speaks another version of the stream than ${SUBPROTOCOL}`, otherVersion);

function refusalOf({ url, token }: RelayClientOptions, status: number): GreenroomError {
  if (status === 401) {
    const why = token === null ? 'it asks for a token' : 'it refuses the token';
    return refused(
      url,
      why,
      'Give the INSPECT_TOKEN of the worker, here as --token or INSPECT_TOKEN.',
    );
  }
  if (status === 403)
    return refused(url, 'it does not let clients in from here (HTTP 403)', elsewhere);
  // Full, or behind a proxy that waits for it.
  if (status >= 429) return unreachable(url, `it answers with HTTP ${status}`);
  return refused(url, `what answers there is no relay (HTTP ${status})`, notARelay);
}

function errorOf({ url, token }: RelayClientOptions, cause: Error): GreenroomError {
  if (/subprotocol/i.test(cause.message)) return stranger(url);
  const why = cause.message || ('code' in cause ? String(cause.code) : cause.name);
  return unreachable(url, token === null ? why : maskSecrets(why, [token]));
}

const textOf = (data: RawData): string =>
  Array.isArray(data)
    ? Buffer.concat(data).toString('utf8')
    : Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data).toString('utf8');
