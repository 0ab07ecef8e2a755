import { fromCallback, type EventObject } from 'xstate';
import { markAsPort, type PortLogic } from '../../machines/slots.ts';
import { actorPath } from '../event-log/recorded-actors.ts';

type Voice = (event: EventObject) => void;

/**
 * Ports that say what a log says they said, and hear nothing.
 *
 * Where a session goes on from its log, they give way to the real ports at some time, in the same actors.
 */
export class LogPorts {
  readonly #made = new Set<unknown>();
  readonly #voiceByPath = new Map<string, Voice>();
  /** What starts the real port in each actor, in the order in which they were started. */
  readonly #starts = new Map<object, () => void>();
  #isLive = false;

  /** A port to stand in for a real one. */
  readonly standInFor = (real: PortLogic<unknown>): PortLogic<unknown> => {
    const mute = fromCallback<EventObject, unknown>(({ self, sendBack }) => {
      const path = actorPath(self);
      this.#voiceByPath.set(path, sendBack);
      return () => {
        // A successor may already stand at the same path.
        if (this.#voiceByPath.get(path) === sendBack) this.#voiceByPath.delete(path);
      };
    });
    const liveActors = new WeakSet<object>();
    const logic = markAsPort<unknown, EventObject>({
      ...mute,
      start: (snapshot, scope) => {
        const startReal = (): void => {
          liveActors.add(scope.self);
          real.start?.(snapshot, scope);
        };
        if (this.#isLive) {
          startReal();
          return;
        }
        mute.start?.(snapshot, scope);
        this.#starts.set(scope.self, startReal);
      },
      transition: (snapshot, event, scope) => {
        if (liveActors.has(scope.self)) return real.transition(snapshot, event, scope);
        if (event.type === 'xstate.stop') this.#starts.delete(scope.self);
        return mute.transition(snapshot, event, scope);
      },
    });
    this.#made.add(logic);
    return logic;
  };

  has(logic: unknown): boolean {
    return this.#made.has(logic);
  }

  /** Returns whether a port stands at this path to say it. */
  say(path: string, event: EventObject): boolean {
    const voice = this.#voiceByPath.get(path);
    voice?.(event);
    return voice !== undefined;
  }

  /** Starts the real ports in the actors that stand, and from here on in each that comes. */
  goLive(): void {
    this.#isLive = true;
    for (const start of this.#starts.values()) start();
    this.#starts.clear();
    this.#voiceByPath.clear();
  }
}
