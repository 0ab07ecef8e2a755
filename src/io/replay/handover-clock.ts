import type { Clock } from '../../actors/ports.ts';
import { VirtualClock } from '../virtual-clock.ts';

/** Milliseconds since a recording began: virtual, until the clock of the process takes over. */
export class HandoverClock extends VirtualClock {
  readonly #handles = new Map<number, unknown>();
  #live: { readonly clock: Clock; readonly startedAt: number } | undefined;

  /**
   * From here on time passes by itself. Timers that are pending get the rest of their time, those of the
   * same moment in the order in which they were set.
   *
   * @param startedAt epoch milliseconds at which the recording began. A clock that is behind the log, since
   * somebody set it back between two processes, goes on from where the log ends.
   */
  goLive(clock: Clock, startedAt: number): void {
    this.#live = { clock, startedAt: Math.min(startedAt, clock.now() - super.now()) };
    for (const { id, dueAt } of this.pending) this.#arm(id, dueAt - this.now());
  }

  override now(): number {
    return this.#live ? this.#live.clock.now() - this.#live.startedAt : super.now();
  }

  override setTimeout(callback: () => void, delayMs: number): number {
    this.setTime(this.now());
    const id = super.setTimeout(callback, delayMs);
    this.#arm(id, delayMs);
    return id;
  }

  override clearTimeout(id: unknown): void {
    super.clearTimeout(id);
    if (typeof id !== 'number' || !this.#handles.has(id)) return;
    this.#live?.clock.clearTimeout(this.#handles.get(id));
    this.#handles.delete(id);
  }

  #arm(id: number, delayMs: number): void {
    if (!this.#live) return;
    const fire = (): void => {
      this.#handles.delete(id);
      this.setTime(this.now());
      this.fire(id);
    };
    this.#handles.set(id, this.#live.clock.setTimeout(fire, Math.max(0, delayMs)));
  }
}
