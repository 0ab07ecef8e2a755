import { Observable, type Subscriber } from 'rxjs';
import type { AudioFrame, Clock } from '../../actors/ports.ts';
import type { MediaMode, TrackStats } from '../../machines/events.ts';
import type { Nastiness } from './nastiness.ts';
import type { Timers } from './timers.ts';
import type { SimulatedTrack, TrackCounters } from './track.ts';
import { frameMs, renderFrame } from './voice.ts';

export type SubscriptionDeps = {
  readonly clock: Clock;
  /** Of the client, since the frames of a room that has ended are still to be completed. */
  readonly timers: Timers;
  readonly nastiness: Nastiness;
};

const nothing: TrackCounters = { packetsReceived: 0, packetsLost: 0, framesDecoded: 0 };

/** What one agent gets of one track. */
export class Subscription {
  readonly track: SimulatedTrack;
  readonly #deps: SubscriptionDeps;
  readonly #readers = new Set<Subscriber<AudioFrame>>();
  #mode: MediaMode = 'signal';
  #isCutOff = false;
  #counted = nothing;
  /** The track's counters when media began to flow; null while it does not. */
  #openedAt: TrackCounters | null = null;

  constructor(track: SimulatedTrack, mode: MediaMode, deps: SubscriptionDeps) {
    this.track = track;
    this.#deps = deps;
    this.setMode(mode);
  }

  get hasMedia(): boolean {
    return this.#mode === 'media';
  }

  setMode(mode: MediaMode): void {
    this.#mode = mode;
    this.#openOrShut();
    if (!this.hasMedia) this.#completeReaders();
  }

  /** While the agent's own connection is broken nothing arrives. */
  setCutOff(isCutOff: boolean): void {
    this.#isCutOff = isCutOff;
    this.#openOrShut();
  }

  stats(): TrackStats {
    const { track } = this;
    const flowing = this.#openedAt ? difference(this.#counters(), this.#openedAt) : nothing;
    const counters = sum(this.#counted, flowing);
    return { trackSid: track.sid, ...counters, jitterMs: track.jitterMs, ...track.size };
  }

  frames$(): Observable<AudioFrame> {
    return new Observable((reader) => {
      this.#readers.add(reader);
      const stopReading = this.#read(reader);
      return () => {
        stopReading();
        this.#readers.delete(reader);
      };
    });
  }

  /** Frames are due by the count of samples, so that a late timer delivers all that it owes. */
  #read(reader: Subscriber<AudioFrame>): () => void {
    const { clock, timers, nastiness } = this.#deps;
    let renderedUntil = clock.now();
    let cancel = (): void => undefined;
    const readOn = (): void => {
      while (!reader.closed && renderedUntil + frameMs <= clock.now()) {
        renderedUntil += frameMs;
        reader.next(renderFrame(renderedUntil, (time) => this.#levelAt(time)));
      }
      if (!reader.closed) waitForMore();
    };
    const waitForMore = (): void => {
      const stallMs = nastiness.delayMs(0.02, 500);
      cancel = timers.after(renderedUntil + frameMs + stallMs - clock.now(), readOn);
    };
    waitForMore();
    return () => cancel();
  }

  #levelAt(time: number): number {
    return this.#openedAt ? this.track.levelAt(time) : 0;
  }

  #openOrShut(): void {
    const isOpen = this.hasMedia && !this.#isCutOff;
    if (isOpen) {
      this.#openedAt ??= this.#counters();
    } else if (this.#openedAt) {
      this.#counted = sum(this.#counted, difference(this.#counters(), this.#openedAt));
      this.#openedAt = null;
    }
  }

  #counters(): TrackCounters {
    return this.track.counters(this.#deps.clock.now());
  }

  #completeReaders(): void {
    // The set changes while readers complete.
    for (const reader of [...this.#readers]) this.#deps.timers.after(0, () => reader.complete());
  }
}

const combine = (
  one: TrackCounters,
  other: TrackCounters,
  by: (one: number, other: number) => number,
): TrackCounters => ({
  packetsReceived: by(one.packetsReceived, other.packetsReceived),
  packetsLost: by(one.packetsLost, other.packetsLost),
  framesDecoded: by(one.framesDecoded, other.framesDecoded),
});

const sum = (one: TrackCounters, other: TrackCounters): TrackCounters =>
  combine(one, other, (a, b) => a + b);

const difference = (one: TrackCounters, other: TrackCounters): TrackCounters =>
  combine(one, other, (a, b) => a - b);
