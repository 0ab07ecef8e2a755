import { NEVER, Subject, type Observable } from 'rxjs';
import type { AudioFrame, RoomClient } from '../../src/actors/ports.ts';
import type { AgentCommand, RoomFact, StatsSample } from '../../src/machines/events.ts';

/** A room client whose every word is the test's. */
export class ScriptedRoomClient implements RoomClient {
  readonly facts$ = new Subject<RoomFact>();
  readonly calls: unknown[] = [];
  readonly tracks = new Map<string, Subject<AudioFrame>>();
  /** Thrown by `perform`. */
  fault: Error | undefined;
  nextStats: () => Promise<StatsSample> = () => Promise.reject(new Error('no stats scripted'));

  join(): void {
    this.calls.push('join');
  }

  leave(): void {
    this.calls.push('leave');
  }

  perform(command: AgentCommand): void {
    if (this.fault) throw this.fault;
    this.calls.push(command);
  }

  frames$(trackSid: string): Observable<AudioFrame> {
    return this.tracks.get(trackSid) ?? NEVER;
  }

  stats(): Promise<StatsSample> {
    return this.nextStats();
  }

  close(): Promise<void> {
    this.calls.push('close');
    return Promise.resolve();
  }
}
