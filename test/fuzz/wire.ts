import { Observable } from 'rxjs';
import type { RoomClient } from '../../src/actors/ports.ts';
import type { WorkerSocketClient } from '../../src/actors/worker-ports.ts';
import type { SocketCommand } from '../../src/machines/worker/events.ts';

type Report = Extract<SocketCommand, { type: 'job.report' }>;

/** What a job did to the world, in order. */
export type Passage =
  { readonly type: 'reported'; readonly status: Report['status'] } | { readonly type: 'left' };

/** Sees what passes between a worker and its world, and changes nothing of it. */
export class Wire {
  readonly #passages = new Map<string, Passage[]>();
  #listeners = 0;

  /** Who listens to a room, or reads a track. */
  get listenerCount(): number {
    return this.#listeners;
  }

  of(jobId: string): readonly Passage[] {
    return this.#passages.get(jobId) ?? [];
  }

  readonly watchSocket = (socket: WorkerSocketClient): WorkerSocketClient => ({
    facts$: socket.facts$,
    perform: (command) => {
      if (command.type === 'job.report') {
        this.#note(command.jobId, { type: 'reported', status: command.status });
      }
      socket.perform(command);
    },
    takeCredentials: (jobId) => socket.takeCredentials(jobId),
    close: () => socket.close(),
  });

  readonly watchRoom = (room: RoomClient, jobId: string): RoomClient => ({
    facts$: this.#counted(room.facts$),
    join: () => room.join(),
    leave: () => {
      this.#note(jobId, { type: 'left' });
      room.leave();
    },
    perform: (command) => room.perform(command),
    frames$: (trackSid) => this.#counted(room.frames$(trackSid)),
    stats: () => room.stats(),
    close: () => {
      this.#note(jobId, { type: 'left' });
      return room.close();
    },
  });

  #counted<T>(source$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      this.#listeners += 1;
      const subscription = source$.subscribe(subscriber);
      return () => {
        this.#listeners -= 1;
        subscription.unsubscribe();
      };
    });
  }

  #note(jobId: string, passage: Passage): void {
    const passages = this.#passages.get(jobId) ?? [];
    this.#passages.set(jobId, passages);
    passages.push(passage);
  }
}
