import { signal } from '@preact/signals';
import {
  SUBPROTOCOL,
  type StatelyPageMessage,
  type ViewerMessage,
} from '../../../../src/io/inspect/protocol.ts';
import { reconnectDelayMs } from './reconnect.ts';
import type { LinkState } from './store.ts';

/** Kept for this tab alone, and never in the URL: URLs are shared, and stand in histories. */
const TOKEN_KEY = 'greenroom.token';

const WRONG_TOKEN = 'That is not the token of this relay.';

type LinkOptions = {
  /** Which of the relay's streams, relative to the page. */
  readonly path: 'stream' | 'stately/stream';
  readonly onState: (state: LinkState) => void;
  readonly onFrame: (frame: unknown) => void;
};

/** A stream from the relay that served the page; broken, it is opened anew for as long as the page is. */
export class Link {
  /** `performance.now()` of the next try; null while none is due. */
  readonly retryAt = signal<number | null>(null);
  /** Why the relay refuses the stream; null where it does not, is not there, or wants a first token. */
  readonly problem = signal<string | null>(null);
  readonly #options: LinkOptions;
  #socket: WebSocket | null = null;
  #failures = 0;
  #retry: number | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    // A laptop that wakes up shall not wait for the end of a long pause.
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#hurry();
    });
  }

  /** Takes the place of the stream before, also of one that is still being opened. */
  open(): void {
    this.#socket?.close();
    this.#options.onState('connecting');
    this.retryAt.value = null;
    const url = new URL(this.#options.path, document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.hash = '';
    url.search = '';
    const socket = new WebSocket(url, subprotocols());
    this.#socket = socket;
    let wasOpen = false;
    socket.addEventListener('open', () => {
      wasOpen = true;
      this.#failures = 0;
      this.problem.value = null;
      this.#options.onState('open');
    });
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      this.#options.onFrame(data);
    });
    socket.addEventListener('close', () => void this.#closed(socket, wasOpen, url));
  }

  /** Lost where the stream is not open: what is looked at is said again when it is. */
  send(message: ViewerMessage | StatelyPageMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Tries again with this token. */
  useToken(token: string): void {
    sessionStorage.setItem(TOKEN_KEY, token);
    this.open();
  }

  async #closed(socket: WebSocket, wasOpen: boolean, url: URL): Promise<void> {
    // Where another was opened meanwhile, what became of this one is no news.
    const isReplaced = (): boolean => socket !== this.#socket;
    const refusal = wasOpen || isReplaced() ? null : await askWhy(url);
    if (isReplaced()) return;
    this.problem.value = refusal?.message ?? null;
    if (refusal?.status === 401) {
      this.#options.onState('refused');
      return;
    }
    this.#failures += 1;
    const delayMs = reconnectDelayMs(this.#failures, Math.random());
    this.#options.onState('lost');
    this.retryAt.value = performance.now() + delayMs;
    this.#retry = window.setTimeout(() => this.open(), delayMs);
  }

  #hurry(): void {
    if (this.retryAt.peek() === null) return;
    clearTimeout(this.#retry);
    this.open();
  }
}

type Refusal = { readonly status: number; readonly message: string | null };

/**
 * Asks the relay without a WebSocket: a browser does not say why it could not open one.
 *
 * @returns null where nobody is there
 */
async function askWhy(stream: URL): Promise<Refusal | null> {
  const url = new URL(stream);
  url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:';
  try {
    const headers = authorization();
    const response = await fetch(url, { headers });
    const { status } = response;
    // What the relay says then is for those who write programs.
    if (status === 401) return { status, message: headers.authorization ? WRONG_TOKEN : null };
    const body: unknown = await response.json();
    const isSaid = typeof body === 'object' && body !== null && 'message' in body;
    const isRefusal = status === 403 || status === 503;
    return { status, message: isRefusal && isSaid ? String(body.message) : null };
  } catch {
    return null;
  }
}

/** The headers of a request beside the stream: with the token, where there is one. */
export function authorization(): { readonly authorization?: string } {
  const token = sessionStorage.getItem(TOKEN_KEY);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

function subprotocols(): string[] {
  const token = sessionStorage.getItem(TOKEN_KEY);
  return token === null ? [SUBPROTOCOL] : [SUBPROTOCOL, `token.${base64Url(token)}`];
}

/** A subprotocol may have no other characters (RFC 6455, 4.1). */
function base64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
