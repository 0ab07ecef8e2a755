import type { Clock } from '../../actors/ports.ts';
import type { Logger } from '../logger.ts';
import type { RefusalReason } from './relay-access.ts';

const LOG_EVERY_MS = 60_000;

type RefusalLogOptions = { readonly clock: Clock; readonly logger: Pick<Logger, 'warn'> };

/** Says at once that somebody was turned away, and then once a minute how often, by reason. */
export class RefusalLog {
  readonly #options: RefusalLogOptions;
  readonly #counts = new Map<RefusalReason, number>();
  #pausing: unknown;
  #isPausing = false;

  constructor(options: RefusalLogOptions) {
    this.#options = options;
  }

  readonly count = (reason: RefusalReason): void => {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    if (!this.#isPausing) this.#tell();
  };

  close(): void {
    this.#options.clock.clearTimeout(this.#pausing);
  }

  #tell(): void {
    this.#isPausing = this.#counts.size > 0;
    if (!this.#isPausing) return;
    const { clock, logger } = this.#options;
    const refused = Object.fromEntries(this.#counts);
    logger.warn({ refused }, 'looks at the inspection were refused');
    this.#counts.clear();
    this.#pausing = clock.setTimeout(() => this.#tell(), LOG_EVERY_MS);
  }
}
