import { signal } from '@preact/signals';
import type { StatelyRelayMessage } from '../../../../src/io/inspect/protocol.ts';

/** As much of an inspector's window as is used. */
export type InspectorWindow = { postMessage(message: unknown, targetOrigin: string): void };

/** What the window of this page hears. */
type HeardMessage = {
  readonly data: unknown;
  readonly origin: string;
  /** The window that said it. */
  readonly source: unknown;
};

/** What Stately's inspector says when it is loaded. */
const CONNECTED = '@statelyai.connected';

/**
 * Hands what the relay says to the inspector, and only to it: to a window of this origin, wherever the frame
 * may have been led meanwhile. What others say is not listened to.
 */
export class Bridge {
  /** Where the inspector is loaded from; null until the relay has said so. */
  readonly url = signal<string | null>(null);
  /** The inspector has said that it is there. */
  readonly isConnected = signal(false);
  readonly sent = signal(0);
  readonly leftOut = signal(0);
  readonly #findWindow: () => InspectorWindow | null;
  readonly #onConnected: () => void;

  /** @param onConnected each time that the inspector is there and knows nothing. */
  constructor(findWindow: () => InspectorWindow | null, onConnected: () => void) {
    this.#findWindow = findWindow;
    this.#onConnected = onConnected;
  }

  take(message: StatelyRelayMessage): void {
    switch (message.type) {
      case 'inspector':
        this.url.value = message.url;
        // The stream was opened anew, and the relay does not know that the inspector is still there.
        if (this.isConnected.peek()) this.#onConnected();
        break;
      case 'message':
        this.#post(message.message);
        break;
      case 'leftOut':
        this.leftOut.value = message.count;
        break;
    }
  }

  hear({ data, origin, source }: HeardMessage): void {
    const isInspector = source !== null && source === this.#findWindow() && origin === this.#origin;
    if (!isInspector || !isConnected(data)) return;
    this.isConnected.value = true;
    this.sent.value = 0;
    this.#onConnected();
  }

  get #origin(): string | null {
    const url = this.url.peek();
    return url === null ? null : new URL(url).origin;
  }

  #post(message: unknown): void {
    const origin = this.#origin;
    if (origin === null || !this.isConnected.peek()) return;
    this.#findWindow()?.postMessage(message, origin);
    this.sent.value += 1;
  }
}

const isConnected = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'type' in data && data.type === CONNECTED;
