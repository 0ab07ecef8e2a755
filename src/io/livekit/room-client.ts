import { Subject, type Observable } from 'rxjs';
import { commandFailure } from '../../actors/command-failure.ts';
import type { AudioFrame, Clock, RoomClient } from '../../actors/ports.ts';
import type { ConnectionCommand, RoomFact, StatsSample } from '../../machines/events.ts';
import { nextTurn } from '../clock.ts';
import { ChangeLimit } from '../change-limit.ts';
import { DataLimit } from '../data-limit.ts';
import type { DataSeal } from '../data-seal.ts';
import type { JoinGate } from './join-gate.ts';
import { toCommandError, toJoinError } from './room-facts.codec.ts';
import { RoomVisit } from './room-visit.ts';
import { failNextTurn } from './track-media.ts';

export type LivekitRoomOptions = {
  /** The server's address, `ws:` or `wss:`. */
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  /** For one attempt to join. */
  readonly connectTimeoutMs: number;
  /** The one of the process. */
  readonly joinGate: JoinGate;
  /** Of the server's API secret. */
  readonly dataSeal: DataSeal;
  /** Hears of a defect in the handling of one event; the room goes on without that event. */
  readonly onDefect: (error: unknown) => void;
};

/** A LiveKit room over `@livekit/rtc-node`. The media stack is loaded at the first join. */
export function createLivekitRoom(options: LivekitRoomOptions): RoomClient {
  return new LivekitRoom(options);
}

class LivekitRoom implements RoomClient {
  readonly #options: LivekitRoomOptions;
  readonly #facts = new Subject<RoomFact>();
  readonly facts$: Observable<RoomFact> = this.#facts.asObservable();
  readonly #data: DataLimit;
  readonly #changes: ChangeLimit;
  readonly #closing = new AbortController();
  #visit: RoomVisit | undefined;
  #joining: Promise<void> | undefined;

  constructor(options: LivekitRoomOptions) {
    this.#options = options;
    const { clock } = options;
    this.#data = new DataLimit({ clock, say: (fact) => this.#facts.next(fact) });
    this.#changes = new ChangeLimit({ clock, say: (fact) => this.#data.pass(fact) });
  }

  join(): void {
    const isFree = !this.#joining && (this.#visit?.hasEnded ?? true);
    if (!isFree || this.#closing.signal.aborted) return;
    this.#visit = undefined;
    this.#joining = this.#enter().finally(() => (this.#joining = undefined));
  }

  leave(): void {
    if (this.#visit?.isInside) void this.#visit.leave();
  }

  perform(command: ConnectionCommand): void {
    const visit = this.#visit;
    if (!visit?.isInside) return;
    visit.perform(command).catch((cause: unknown) => {
      const error = toCommandError(cause, this.#options.token);
      nextTurn(() => {
        if (!visit.isInside) return;
        this.#say({ at: this.#options.clock.now(), ...commandFailure(command, error) });
      });
    });
  }

  frames$(trackSid: string): Observable<AudioFrame> {
    return this.#visit?.frames$(trackSid) ?? failNextTurn(new Error('not in the room'));
  }

  stats(): Promise<StatsSample> {
    return this.#visit?.isInside
      ? this.#visit.stats()
      : Promise.reject(new Error('not in the room'));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#changes.close();
    this.#data.close();
    // A join cannot be broken off on the native side: it is left as soon as it is over.
    await this.#joining;
    await this.#visit?.leave();
  }

  /** Never rejects. */
  async #enter(): Promise<void> {
    const { signal } = this.#closing;
    try {
      await this.#options.joinGate.run(() => this.#enterNow(), signal);
    } catch (cause) {
      const error = toJoinError(cause, this.#options.token);
      nextTurn(() => this.#say({ type: 'room.joinFailed', at: this.#options.clock.now(), error }));
    }
  }

  async #enterNow(): Promise<void> {
    const { url, token, clock, connectTimeoutMs, dataSeal, onDefect } = this.#options;
    const visit = new RoomVisit({
      url,
      token,
      clock,
      connectTimeoutMs,
      dataSeal,
      onDefect,
      say: (fact) => this.#say(fact),
      refusesData: (senderIdentity, sizeBytes) => this.#data.refuses(senderIdentity, sizeBytes),
    });
    this.#visit = visit;
    await visit.enter();
    if (this.#closing.signal.aborted) await visit.leave();
  }

  #say(fact: RoomFact): void {
    if (!this.#closing.signal.aborted) this.#changes.pass(fact);
  }
}
