/** A viewer of a relay that only counts. */
import { systemClock } from '../../src/io/clock.ts';
import type { RelayMessage } from '../../src/io/inspect/protocol.ts';
import { RelayClient } from '../../src/io/inspect/relay-client.ts';
import { lookAtFirst } from './inspect-look.ts';
import { until } from './until.ts';

const ATTACH_LIMIT_MS = 30_000;

export type Attach = {
  /** From the opening of the connection until it knows all there is. */
  readonly ms: number;
  readonly actors: number;
  readonly bytes: number;
};

export class CountingViewer {
  readonly attach: Attach;
  readonly #client: RelayClient;
  readonly #counts: Counts;

  /** Resolves when it knows all there is. */
  static async attach(url: string): Promise<CountingViewer> {
    const counts: Counts = { bytes: 0, actors: 0, readyAt: null };
    const startedAt = performance.now();
    const client = await RelayClient.connect({
      url,
      token: null,
      clock: systemClock,
      onMessage: (message) => count(counts, message),
      onEnd: (error) => {
        throw error;
      },
    });
    client.look(lookAtFirst('guest-0'));
    await until(ATTACH_LIMIT_MS, () => counts.readyAt !== null);
    const ms = (counts.readyAt ?? NaN) - startedAt;
    return new CountingViewer(client, counts, {
      ms,
      actors: counts.actors,
      bytes: counts.bytes,
    });
  }

  private constructor(client: RelayClient, counts: Counts, attach: Attach) {
    this.#client = client;
    this.#counts = counts;
    this.attach = attach;
  }

  /** Of JSON, so far. */
  get bytes(): number {
    return this.#counts.bytes;
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

type Counts = { bytes: number; actors: number; readyAt: number | null };

function count(counts: Counts, message: RelayMessage): void {
  if (message.type === 'ready') counts.readyAt ??= performance.now();
  if (message.type === 'actors') counts.actors += message.actors.length;
  counts.bytes += Buffer.byteLength(JSON.stringify(message));
}
