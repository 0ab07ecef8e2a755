import type { RawData } from 'ws';
import type { Clock } from '../../actors/ports.ts';
import type { Logger } from '../logger.ts';
import type { Disguise } from './disguise.ts';
import type { RelayMessage } from './protocol.ts';
import type { StreamSocket } from './stream-route.ts';
import type { Viewable, ViewerLine, Viewing } from './viewable.ts';
import { readViewerMessage, type ReadViewerMessage } from './viewer-message.codec.ts';

type ViewerConnectionOptions = {
  readonly socket: StreamSocket;
  readonly viewable: Viewable;
  readonly mask: (json: string) => string;
  /** Undefined where viewers may know who is who. */
  readonly disguise: Disguise | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Pick<Logger, 'error' | 'debug'>;
};

/** As RFC 6455, 7.4.1 numbers them. */
const closeCodes = { unsupportedData: 1003, policyViolation: 1008, internalError: 1011 } as const;

/** Who says so much that makes no sense is no viewer. */
const MAX_MISTAKES = 10;
/** A person at a page, also one who drags, stays far below it. */
const MAX_MESSAGES_PER_SECOND = 100;
/**
 * What is shown stops by itself at a fraction of this where a viewer is slow (`bufferedBytes`); one
 * that has so much before it all the same is dropped.
 */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/**
 * One viewer: hears what it says, within limits, and says what it is to see, without secrets.
 *
 * Nothing is thrown out of it: what is shown lives beside actors that must not hear of it.
 */
export class ViewerConnection implements ViewerLine {
  readonly #options: ViewerConnectionOptions;
  readonly #socket: StreamSocket;
  #viewing: Viewing | null = null;
  #isClosed = false;
  #secondStartedAt: number;
  #messagesInSecond = 0;
  #mistakes = 0;

  constructor(options: ViewerConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#secondStartedAt = options.clock.now();
    this.#socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    // After a broken frame the other side has some time to close, too: nobody waits for it to look.
    this.#socket.once('error', () => this.#leave());
    this.#socket.once('close', () => this.#leave());
    this.#guarded(() => {
      this.#viewing = options.viewable.open(this);
    });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: RelayMessage): void {
    if (this.#isClosed) return;
    this.#guarded(() => {
      const { mask, disguise } = this.#options;
      this.#socket.send(mask(JSON.stringify(disguise ? disguise.hide(message) : message)));
      if (this.bufferedBytes <= MAX_BUFFERED_BYTES) return;
      this.#options.logger.debug('a viewer takes nothing, and is dropped');
      this.#drop();
    });
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#isClosed) return;
    if (isBinary) this.#close(closeCodes.unsupportedData, 'text frames only');
    else if (this.#isTooMuch()) this.#close(closeCodes.policyViolation, 'too many messages');
    else this.#take(readViewerMessage(textOf(data)));
  }

  #take(read: ReadViewerMessage): void {
    if (read.ok) {
      const { disguise } = this.#options;
      this.#guarded(() => this.#viewing?.take(disguise?.reveal(read.message) ?? read.message));
      return;
    }
    this.#mistakes += 1;
    this.send({ type: 'refused', code: 'E_VIEWER_MESSAGE', message: read.problem });
    if (this.#mistakes >= MAX_MISTAKES) {
      this.#close(closeCodes.policyViolation, 'too many mistakes');
    }
  }

  #isTooMuch(): boolean {
    const now = this.#options.clock.now();
    if (now - this.#secondStartedAt >= 1_000) {
      this.#secondStartedAt = now;
      this.#messagesInSecond = 0;
    }
    this.#messagesInSecond += 1;
    return this.#messagesInSecond > MAX_MESSAGES_PER_SECOND;
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (err) {
      this.#options.logger.error({ err }, 'a viewer could not be served');
      this.#close(closeCodes.internalError, 'the relay broke');
    }
  }

  #close(code: number, reason: string): void {
    this.#leave();
    this.#socket.close(code, reason);
  }

  #drop(): void {
    this.#leave();
    this.#socket.terminate();
  }

  #leave(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const viewing = this.#viewing;
    this.#viewing = null;
    this.#guarded(() => viewing?.close());
  }
}

/** Text comes as one buffer, unless the server were told to fragment it. */
const textOf = (data: RawData): string =>
  Array.isArray(data)
    ? Buffer.concat(data).toString('utf8')
    : (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
