import { Subject } from 'rxjs';
import type { ControlFact } from '../machines/events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import type { Clock } from './ports.ts';

/** The worker's hand in one job: what it tells the job comes out of the port `control`. */
export class JobControl {
  readonly #facts = new Subject<ControlFact>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Tells the job in the next turn of the event loop, in order. */
  tell(fact: ControlFact): void {
    this.#clock.setTimeout(() => this.#facts.next(fact), 0);
  }

  createActor(): PortLogic<Record<string, never>> {
    return port<Record<string, never>, ControlFact>(({ send }) => {
      const subscription = this.#facts.subscribe(send);
      return () => subscription.unsubscribe();
    });
  }
}
