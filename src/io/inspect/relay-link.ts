import type { Clock, Random } from '../../actors/ports.ts';
import { backoffDelayMs } from '../../machines/worker/backoff.logic.ts';
import { toGreenroomError, type GreenroomError } from '../errors.ts';
import type { Look, RelayMessage } from './protocol.ts';
import { RelayClient } from './relay-client.ts';

/** How a relay is connected. */
export type LinkState =
  | { readonly kind: 'open' }
  /** It is tried again by itself, after the time that is told. */
  | { readonly kind: 'lost'; readonly error: GreenroomError; readonly retryMs: number }
  /** No further attempt would help. */
  | { readonly kind: 'refused'; readonly error: GreenroomError };

export type RelayLinkOptions = {
  readonly url: string;
  readonly token: string | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly onMessage: (message: RelayMessage) => void;
  readonly onState: (state: LinkState) => void;
};

const RETRY = { minMs: 500, maxMs: 15_000 };

/** The stream of a relay that comes back when the relay does, and then looks at the same as before. */
export class RelayLink {
  readonly #options: RelayLinkOptions;
  #client: RelayClient | null = null;
  #look: Look | null = null;
  #failures = 0;
  #timer: unknown;
  #isClosed = false;

  constructor(options: RelayLinkOptions) {
    this.#options = options;
  }

  /** The first attempt; throws as `RelayClient.connect` does, and is not repeated. */
  async open(): Promise<void> {
    const { url, token, clock, onMessage, onState } = this.#options;
    const client = await RelayClient.connect({
      url,
      token,
      clock,
      onMessage,
      onEnd: (error) => this.#lose(error),
    });
    if (this.#isClosed) {
      await client.close();
      return;
    }
    this.#client = client;
    this.#failures = 0;
    onState({ kind: 'open' });
    if (this.#look) client.look(this.#look);
  }

  look(look: Look): void {
    this.#look = look;
    this.#client?.look(look);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#options.clock.clearTimeout(this.#timer);
    await this.#client?.close();
  }

  #lose(error: GreenroomError): void {
    this.#client = null;
    if (this.#isClosed) return;
    if (!error.retryable) {
      this.#options.onState({ kind: 'refused', error });
      return;
    }
    this.#failures += 1;
    const { clock, random, onState } = this.#options;
    const retryMs = backoffDelayMs(this.#failures, random(), RETRY);
    this.#timer = clock.setTimeout(() => void this.#retry(), retryMs);
    onState({ kind: 'lost', error, retryMs });
  }

  async #retry(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      this.#lose(toGreenroomError(error));
    }
  }
}
