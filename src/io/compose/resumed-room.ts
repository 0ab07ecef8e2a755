import { Subject, type Observable } from 'rxjs';
import type { AudioFrame, Clock, RoomClient } from '../../actors/ports.ts';
import type { ConnectionCommand, RoomFact, StatsSample } from '../../machines/events.ts';
import { endingsOf, type Inside } from '../../machines/job/inside.logic.ts';

export type ResumedRoomOptions = {
  /** Outside of the room as yet. */
  readonly room: RoomClient;
  readonly clock: Clock;
  /** The room as the job knows it. */
  readonly inside: Inside;
  /** Epoch milliseconds at which the job saw it last. */
  readonly lostAt: number;
  readonly joinAttempts: number;
  readonly joinRetryMs: number;
};

/**
 * The room of a resumed job, which believes that it is inside: the way back is told as a full reconnect of
 * its own.
 *
 * What was there ends when it was seen last, since nobody knows what became of it; whoever is there now
 * arrives. A room that was closed meanwhile, or cannot be joined, ends for the job.
 */
export class ResumedRoom implements RoomClient {
  readonly #options: ResumedRoomOptions;
  readonly #facts = new Subject<RoomFact>();
  readonly facts$: Observable<RoomFact> = this.#facts.asObservable();
  #state: 'returning' | 'inside' | 'over' = 'returning';
  #joinsFailed = 0;
  #retry: unknown;

  constructor(options: ResumedRoomOptions) {
    this.#options = options;
    options.room.facts$.subscribe((fact) => this.#hear(fact));
  }

  /** To be called once, when the job listens. */
  rejoin(): void {
    this.#facts.next({ type: 'room.reconnecting', at: this.#options.lostAt });
    this.#options.room.join();
  }

  join(): void {
    this.#options.room.join();
  }

  leave(): void {
    this.#options.room.leave();
  }

  perform(command: ConnectionCommand): void {
    this.#options.room.perform(command);
  }

  frames$(trackSid: string): Observable<AudioFrame> {
    return this.#options.room.frames$(trackSid);
  }

  stats(): Promise<StatsSample> {
    return this.#options.room.stats();
  }

  close(): Promise<void> {
    this.#state = 'over';
    this.#options.clock.clearTimeout(this.#retry);
    return this.#options.room.close();
  }

  #hear(fact: RoomFact): void {
    if (this.#state === 'inside') this.#facts.next(fact);
    if (this.#state !== 'returning') return;
    if (fact.type === 'room.connected') this.#return(fact);
    if (fact.type === 'room.joinFailed') this.#tryAgain(fact.at);
  }

  #return({ at, sid, metadata, participants }: RoomFact & { type: 'room.connected' }): void {
    const { inside, room } = this.#options;
    if (sid !== inside.roomSid) {
      this.#end(at, 'room_deleted');
      room.leave();
      return;
    }
    this.#state = 'inside';
    this.#tellEndings();
    if (metadata !== inside.metadata) {
      this.#facts.next({ type: 'room.metadataChanged', at, metadata });
    }
    for (const participant of participants) {
      this.#facts.next({ type: 'participant.connected', at, participant });
    }
    this.#facts.next({ type: 'room.reconnected', at });
  }

  #tryAgain(at: number): void {
    const { clock, room, joinAttempts, joinRetryMs } = this.#options;
    this.#joinsFailed += 1;
    if (this.#joinsFailed < joinAttempts) {
      this.#retry = clock.setTimeout(() => room.join(), joinRetryMs);
    } else {
      this.#end(at, 'connection_timeout');
    }
  }

  #end(at: number, reason: 'room_deleted' | 'connection_timeout'): void {
    this.#state = 'over';
    this.#tellEndings();
    this.#facts.next({ type: 'room.disconnected', at, reason });
  }

  #tellEndings(): void {
    const { inside, lostAt } = this.#options;
    for (const ending of endingsOf(inside, lostAt)) this.#facts.next(ending);
  }
}
