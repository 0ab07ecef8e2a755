import { signal } from '@preact/signals';
import { SUBPROTOCOL, type ViewerMessage } from '../../../../src/io/inspect/protocol.ts';
import { reconnectDelayMs } from './reconnect.ts';
import { decodeRelayMessage } from './relay-message.codec.ts';
import type { Store } from './store.ts';

/** The relay wants a token, or another one. */
const UNAUTHORIZED = 4401;
/** Kept for this tab alone, and never in the URL: URLs are shared, and stand in histories. */
const TOKEN_KEY = 'greenroom.token';

/** The stream from the relay that served the page; broken, it is opened anew for as long as the page is. */
export class Link {
  /** `performance.now()` of the next try; null while none is due. */
  readonly retryAt = signal<number | null>(null);
  readonly #store: Store;
  #socket: WebSocket | null = null;
  #failures = 0;
  #retry: number | undefined;

  constructor(store: Store) {
    this.#store = store;
    // A laptop that wakes up shall not wait for the end of a long pause.
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#hurry();
    });
  }

  open(): void {
    this.#store.link.value = 'connecting';
    this.retryAt.value = null;
    const url = new URL('stream', document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.hash = '';
    url.search = '';
    const socket = new WebSocket(url, subprotocols());
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#failures = 0;
      this.#store.link.value = 'open';
    });
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = decodeRelayMessage(data);
      if (message) this.#store.apply(message);
    });
    socket.addEventListener('close', ({ code }) => this.#closed(code));
  }

  /** Lost where the stream is not open: what is looked at is said again when it is. */
  send(message: ViewerMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Tries again with this token. */
  useToken(token: string): void {
    sessionStorage.setItem(TOKEN_KEY, token);
    this.open();
  }

  #closed(code: number): void {
    this.#socket = null;
    if (code === UNAUTHORIZED) {
      this.#store.link.value = 'refused';
      return;
    }
    this.#failures += 1;
    const delayMs = reconnectDelayMs(this.#failures, Math.random());
    this.#store.link.value = 'lost';
    this.retryAt.value = performance.now() + delayMs;
    this.#retry = window.setTimeout(() => this.open(), delayMs);
  }

  #hurry(): void {
    if (this.retryAt.peek() === null) return;
    clearTimeout(this.#retry);
    this.open();
  }
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
