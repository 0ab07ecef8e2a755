import type { RawData } from 'ws';
import type { Clock } from '../../../actors/ports.ts';
import type { Logger } from '../../logger.ts';
import type { Disguise } from '../disguise.ts';
import type { StatelyPageMessage, StatelyRelayMessage } from '../protocol.ts';
import type { StreamSocket } from '../stream-route.ts';
import type { InspectFilter } from './inspect-filter.ts';
import type { Mask } from './shown.codec.ts';
import { StatelyDoor, type StatelyLine, type StatelySource } from './stately-door.ts';

type StatelyConnectionOptions = {
  readonly socket: StreamSocket;
  readonly url: string;
  readonly source: StatelySource;
  readonly filter: InspectFilter;
  readonly mask: Mask;
  /** Undefined where the page may know who is who. */
  readonly disguise: Disguise | undefined;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
};

/** The one thing that the page says, to the letter. */
const CONNECTED = JSON.stringify({ type: 'connected' } satisfies StatelyPageMessage);

/** As RFC 6455, 7.4.1 numbers them. */
const closeCodes = { policyViolation: 1008, internalError: 1011 } as const;

/** One page that holds Stately's inspector: told what to load, and everything when that is there. */
export class StatelyConnection implements StatelyLine {
  readonly #options: StatelyConnectionOptions;
  readonly #door: StatelyDoor;

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
    socket.once('close', () => this.#door.close());
    this.send({ type: 'inspector', url });
  }

  get bufferedBytes(): number {
    return this.#options.socket.bufferedAmount;
  }

  send(message: StatelyRelayMessage): void {
    const { socket, disguise } = this.#options;
    socket.send(JSON.stringify(disguise ? disguise.hide(message) : message));
  }

  #hear(data: RawData): void {
    if (Buffer.isBuffer(data) && data.equals(Buffer.from(CONNECTED))) this.#door.connect();
    else this.#options.socket.close(closeCodes.policyViolation, 'not a word of this page');
  }
}
