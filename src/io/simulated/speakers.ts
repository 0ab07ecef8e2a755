import type { Clock } from '../../actors/ports.ts';
import type { SimulatedParticipant } from './participant.ts';
import { Timers } from './timers.ts';

/** How long a voice is heard before it counts (measured on livekit-server 1.13.5). */
const onsetMs = 400;

/** How long after its end a voice still counts, by what ended it (measured likewise). */
export const lingerMs = { silence: 850, mute: 700, lostPackets: 1_200 } as const;

/** LiveKit's active speakers: late by design, loudest first. */
export class Speakers {
  readonly #timers: Timers;
  readonly #tell: (speakers: readonly SimulatedParticipant[]) => void;
  readonly #levels = new Map<SimulatedParticipant, number>();
  readonly #pending = new Map<SimulatedParticipant, () => void>();

  constructor(clock: Clock, tell: (speakers: readonly SimulatedParticipant[]) => void) {
    this.#timers = new Timers(clock);
    this.#tell = tell;
  }

  /** Call when what can be heard of the participant may have changed. */
  review(participant: SimulatedParticipant, lingeringMs: number): void {
    const isListed = this.#levels.has(participant);
    const isAudible = participant.audibleLevel > 0;
    if (isListed === isAudible) {
      this.#pending.get(participant)?.();
      this.#pending.delete(participant);
    } else if (!this.#pending.has(participant)) {
      const update = (): void => this.#update(participant);
      this.#pending.set(participant, this.#timers.after(isAudible ? onsetMs : lingeringMs, update));
    }
  }

  /** The list is told once more after somebody left, also where it is the same. */
  remove(participant: SimulatedParticipant): void {
    this.#pending.get(participant)?.();
    this.#pending.delete(participant);
    this.#levels.delete(participant);
    this.#tellAll();
  }

  clear(): void {
    this.#timers.clear();
    this.#pending.clear();
    this.#levels.clear();
  }

  #update(participant: SimulatedParticipant): void {
    this.#pending.delete(participant);
    const level = participant.audibleLevel;
    if (level > 0) this.#levels.set(participant, level);
    else this.#levels.delete(participant);
    this.#tellAll();
  }

  #tellAll(): void {
    const byLevel = [...this.#levels].sort(([, one], [, other]) => other - one);
    this.#tell(byLevel.map(([participant]) => participant));
  }
}
