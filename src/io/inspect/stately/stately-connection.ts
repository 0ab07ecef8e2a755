import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../../actors/ports.ts';
import type { Logger } from '../../logger.ts';
import type { StatelyPageMessage, StatelyRelayMessage } from '../protocol.ts';
import type { InspectFilter } from './inspect-filter.ts';
import type { Mask } from './shown.codec.ts';
import { StatelyDoor, type StatelyLine, type StatelySource } from './stately-door.ts';

type PageSocket = Pick<
  WebSocket,
  'on' | 'once' | 'send' | 'ping' | 'close' | 'terminate' | 'bufferedAmount'
>;

type StatelyConnectionOptions = {
  readonly socket: PageSocket;
  readonly url: string;
  readonly source: StatelySource;
  readonly filter: InspectFilter;
  readonly mask: Mask;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error' | 'debug'>;
};

const PING_EVERY_MS = 15_000;

/** The one thing that the page says, to the letter. */
const CONNECTED = JSON.stringify({ type: 'connected' } satisfies StatelyPageMessage);

/** As RFC 6455, 7.4.1 numbers them. */
const closeCodes = { policyViolation: 1008, internalError: 1011 } as const;

/** One page that holds Stately's inspector: told what to load, and everything when that is there. */
export class StatelyConnection implements StatelyLine {
  readonly #options: StatelyConnectionOptions;
  readonly #door: StatelyDoor;
  #isAlive = true;
  #pinging: unknown;

  constructor(options: StatelyConnectionOptions) {
    this.#options = options;
    const { socket, url, logger, source, filter, mask, clock } = options;
    this.#door = new StatelyDoor({
      line: this,
      onProblem: (err) => {
        logger.error({ err }, "a page with stately's inspector could not be served");
        socket.close(closeCodes.internalError, 'the relay broke');
      },
      ...{ source, filter, mask, clock },
    });
    socket.on('message', (data) => this.#hear(data));
    socket.on('pong', () => (this.#isAlive = true));
    socket.once('close', () => this.#leave());
    this.send({ type: 'inspector', url });
    this.#pinging = clock.setTimeout(() => this.#checkLife(), PING_EVERY_MS);
  }

  get bufferedBytes(): number {
    return this.#options.socket.bufferedAmount;
  }

  send(message: StatelyRelayMessage): void {
    this.#options.socket.send(JSON.stringify(message));
  }

  #hear(data: RawData): void {
    if (Buffer.isBuffer(data) && data.equals(Buffer.from(CONNECTED))) this.#door.connect();
    else this.#options.socket.close(closeCodes.policyViolation, 'not a word of this page');
  }

  #checkLife(): void {
    if (!this.#isAlive) {
      this.#options.logger.debug("a page with stately's inspector is gone");
      this.#options.socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#options.socket.ping();
    this.#pinging = this.#options.clock.setTimeout(() => this.#checkLife(), PING_EVERY_MS);
  }

  #leave(): void {
    this.#options.clock.clearTimeout(this.#pinging);
    this.#door.close();
  }
}
