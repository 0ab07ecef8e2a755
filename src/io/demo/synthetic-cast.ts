import { systemClock } from '../clock.ts';
import type { ServerKeys } from '../livekit/find-server.ts';
import type { Happening, Script } from '../simulated/script.ts';
import { SyntheticParticipant } from './synthetic-participant.ts';
import type { SyntheticSource } from './synthetic-participant.protocol.ts';

type SyntheticCastOptions = ServerKeys & {
  readonly url: string;
  readonly room: string;
  /** Somebody did not do as the script says; the others go on. */
  readonly onMishap: (error: unknown) => void;
};

type Role = {
  readonly sources: readonly SyntheticSource[];
  /** One deed after the other; a deed that fails is told and the next one tried. */
  course: Promise<SyntheticParticipant | undefined>;
};

/** Plays a script with real participants in a real room, each in a process of its own. */
export class SyntheticCast {
  readonly #options: SyntheticCastOptions;
  readonly #roles = new Map<string, Role>();
  readonly #timers = new Set<unknown>();

  constructor(options: SyntheticCastOptions) {
    this.#options = options;
  }

  play(script: Script): void {
    for (const { atMs, happening } of script) {
      this.#after(atMs, () => this.#perform(happening));
    }
  }

  /** Ends the play and everybody's process. */
  async dismiss(): Promise<void> {
    for (const timer of this.#timers) systemClock.clearTimeout(timer);
    await Promise.all([...this.#roles.values()].map(async ({ course }) => (await course)?.kill()));
  }

  #perform(happening: Happening): void {
    if (!('identity' in happening)) return;
    const { identity } = happening;
    if (happening.type === 'join') {
      const sources = happening.sources.filter(isSynthetic);
      this.#roles.set(identity, { sources, course: this.#start(identity, sources) });
      return;
    }
    const role = this.#roles.get(identity);
    if (!role) return;
    role.course = role.course.then(async (participant) => {
      if (happening.type === 'return') return this.#start(identity, role.sources);
      if (!participant) return undefined;
      try {
        await this.#act(participant, happening);
      } catch (error) {
        this.#options.onMishap(error);
      }
      return happening.type === 'leave' || happening.type === 'drop' ? undefined : participant;
    });
  }

  async #start(
    identity: string,
    sources: readonly SyntheticSource[],
  ): Promise<SyntheticParticipant | undefined> {
    try {
      return await SyntheticParticipant.start({ ...this.#options, identity, sources });
    } catch (error) {
      this.#options.onMishap(error);
      return undefined;
    }
  }

  async #act(participant: SyntheticParticipant, happening: Happening): Promise<void> {
    switch (happening.type) {
      case 'speak':
        return participant.speak(happening.durationMs);
      case 'hush':
        return participant.hush();
      case 'mute':
        return isSynthetic(happening.source) ? participant.mute(happening.source) : undefined;
      case 'unmute':
        return isSynthetic(happening.source) ? participant.unmute(happening.source) : undefined;
      case 'freeze':
        participant.freeze();
        this.#after(happening.durationMs, () => participant.thaw());
        return;
      case 'stall':
        await participant.stopFilming();
        this.#after(happening.durationMs, () => {
          participant.startFilming().catch(this.#options.onMishap);
        });
        return;
      case 'leave':
        return participant.leave();
      case 'drop':
        return participant.kill();
      default:
        throw new Error(`A synthetic participant does not know how to ${happening.type}.`);
    }
  }

  #after(delayMs: number, act: () => void): void {
    const timer = systemClock.setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }
}

const isSynthetic = (source: string): source is SyntheticSource =>
  source === 'microphone' || source === 'camera';
