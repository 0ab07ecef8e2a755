import type { TrackInfo, TrackKind, TrackSource } from '../../machines/events.ts';
import type { QualityCause } from './script.ts';

/** What a track's publisher has sent since it was published, as far as it came through. */
export type TrackCounters = {
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly framesDecoded: number;
};

/** What a track is doing now. */
type Course = {
  readonly isMuted: boolean;
  /** Packets arrive: its connection is alive and it is not stalled. */
  readonly isFlowing: boolean;
  /** RMS of the voice; for audio. */
  readonly level: number;
  readonly cause: QualityCause | null;
  /** A video comes back small after an interruption, until the bandwidth is known again. */
  readonly isSmall: boolean;
};

/** Opus with DTX, as measured: packets a second. */
const speechPacketRateHz = 50;
const silencePacketRateHz = 4;
const videoFrameRateHz = 30;
const packetsPerFrame = 4;
const lossShare = 0.1;
/** What cannot be decrypted sounds like noise. */
const encryptedLevel = 0.3;
/** Frames are rendered 100 ms late at most, or some 500 ms in a burst. */
const rememberedMs = 2_000;

/** One published track: the truth, whoever is subscribed. */
export class SimulatedTrack {
  readonly sid: string;
  readonly source: TrackSource;
  readonly isEncrypted: boolean;
  /** Its owner has it from the start; the room hears of it a moment later. */
  isPublished = false;
  #course: Course = { isMuted: false, isFlowing: true, level: 0, cause: null, isSmall: false };
  #changedAt: number;
  #packetsReceived = 0;
  #packetsLost = 0;
  #framesDecoded = 0;
  /** The level as it could be heard, oldest first. */
  #levels: { readonly from: number; readonly level: number }[] = [];

  constructor(sid: string, source: TrackSource, isEncrypted: boolean, now: number) {
    this.sid = sid;
    this.source = source;
    this.isEncrypted = isEncrypted;
    this.#changedAt = now;
    this.#rememberLevel(now);
  }

  get kind(): TrackKind {
    return this.source === 'camera' || this.source === 'screen_share' ? 'video' : 'audio';
  }

  get isMuted(): boolean {
    return this.#course.isMuted;
  }

  get info(): TrackInfo {
    const { sid, kind, source, isMuted: muted, isEncrypted: encrypted } = this;
    const mimeType = kind === 'audio' ? 'audio/opus' : 'video/vp8';
    return { sid, kind, source, name: source, muted, encrypted, mimeType };
  }

  get size(): { readonly width: number; readonly height: number } {
    if (this.kind === 'audio') return { width: 0, height: 0 };
    return this.#course.isSmall ? { width: 320, height: 180 } : { width: 1280, height: 720 };
  }

  get jitterMs(): number {
    return this.#course.cause === 'jitter' ? 80 : 3;
  }

  get cause(): QualityCause | null {
    return this.#course.cause;
  }

  /** What can be heard of it now. */
  get audibleLevel(): number {
    const { isMuted, isFlowing, level } = this.#course;
    if (isMuted || !isFlowing || this.kind === 'video') return 0;
    return this.isEncrypted ? encryptedLevel : level;
  }

  change(now: number, change: Partial<Course>): void {
    const { packetsReceived, packetsLost, framesDecoded } = this.#exactCounters(now);
    this.#packetsReceived = packetsReceived;
    this.#packetsLost = packetsLost;
    this.#framesDecoded = framesDecoded;
    this.#changedAt = now;
    this.#course = { ...this.#course, ...change };
    this.#rememberLevel(now);
  }

  levelAt(time: number): number {
    return this.#levels.findLast(({ from }) => from <= time)?.level ?? 0;
  }

  counters(now: number): TrackCounters {
    const { packetsReceived, packetsLost, framesDecoded } = this.#exactCounters(now);
    return {
      packetsReceived: Math.floor(packetsReceived),
      packetsLost: Math.floor(packetsLost),
      framesDecoded: Math.floor(framesDecoded),
    };
  }

  #exactCounters(now: number): TrackCounters {
    const seconds = (now - this.#changedAt) / 1000;
    const packets = this.#packetRateHz * seconds;
    const share = this.#course.cause === 'loss' ? lossShare : 0;
    return {
      packetsReceived: this.#packetsReceived + packets * (1 - share),
      packetsLost: this.#packetsLost + packets * share,
      framesDecoded: this.#framesDecoded + this.#frameRateHz * seconds,
    };
  }

  get #packetRateHz(): number {
    if (this.kind === 'video') return this.#frameRateHz * packetsPerFrame;
    const { isMuted, isFlowing } = this.#course;
    if (isMuted || !isFlowing) return 0;
    return this.audibleLevel > 0 ? speechPacketRateHz : silencePacketRateHz;
  }

  get #frameRateHz(): number {
    const { isMuted, isFlowing, cause } = this.#course;
    if (this.kind === 'audio' || isMuted || !isFlowing) return 0;
    return cause === 'bandwidth' ? videoFrameRateHz / 3 : videoFrameRateHz;
  }

  #rememberLevel(now: number): void {
    const kept = this.#levels.findLastIndex(({ from }) => from <= now - rememberedMs);
    this.#levels = [
      ...this.#levels.slice(Math.max(0, kept)),
      { from: now, level: this.audibleLevel },
    ];
  }
}
