import type { EventObject } from 'xstate';
import type { HealthReport } from '../../machines/supervisor/supervisor.machine.ts';
import type { WorkerFigures } from './protocol.ts';

type Figures = Pick<WorkerFigures, 'eventLoopP99Ms' | 'rssBytes' | 'health' | 'healthAt'>;

const none: Figures = { eventLoopP99Ms: null, rssBytes: null, health: null, healthAt: null };

/** What a worker and its supervisor said last of themselves. */
export class FigureBook {
  #latest = none;

  get latest(): Figures {
    return this.#latest;
  }

  /** Anything that a worker's actors hear or emit. */
  hear(event: EventObject, at: number): void {
    if (isVitals(event)) {
      const { eventLoopP99Ms, rssBytes } = event;
      this.#latest = { ...this.#latest, eventLoopP99Ms, rssBytes };
    } else if (isHealth(event)) {
      this.#latest = { ...this.#latest, health: event, healthAt: at };
    }
  }

  clear(): void {
    this.#latest = none;
  }
}

type Vitals = EventObject & { readonly eventLoopP99Ms: number; readonly rssBytes: number };

const isVitals = (event: EventObject): event is Vitals =>
  event.type === 'vitals.sampled' &&
  typeof Reflect.get(event, 'eventLoopP99Ms') === 'number' &&
  typeof Reflect.get(event, 'rssBytes') === 'number';

const isHealth = (event: EventObject): event is HealthReport =>
  event.type === 'health.reported' && typeof Reflect.get(event, 'sessions') === 'number';
