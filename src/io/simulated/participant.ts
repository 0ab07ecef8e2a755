import type { Clock } from '../../actors/ports.ts';
import type {
  ConnectionQuality,
  DisconnectReason,
  ParticipantKind,
  ParticipantRef,
  RosterEntry,
  TrackSource,
} from '../../machines/events.ts';
import type { Happening, QualityCause } from './script.ts';
import { Timers } from './timers.ts';
import type { SimulatedTrack } from './track.ts';

type Course = Extract<Happening, { type: 'ownConnection' }>['course'];

/** What a room tells the agents that are inside. */
export type RoomNews =
  | {
      readonly type: 'joined' | 'active' | 'left' | 'metadataChanged';
      readonly participant: SimulatedParticipant;
    }
  | {
      readonly type: 'attributesChanged';
      readonly participant: SimulatedParticipant;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'published' | 'unpublished' | 'muteChanged';
      readonly participant: SimulatedParticipant;
      readonly track: SimulatedTrack;
    }
  | { readonly type: 'speakers'; readonly participants: readonly SimulatedParticipant[] }
  /** Of all participants, whenever that of one has changed. */
  | { readonly type: 'qualities'; readonly participants: readonly SimulatedParticipant[] }
  | { readonly type: 'roomMetadataChanged'; readonly metadata: string }
  | {
      readonly type: 'data';
      readonly sender: SimulatedParticipant;
      readonly topic: string;
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: 'text';
      readonly sender: SimulatedParticipant;
      readonly topic: string;
      readonly text: string;
    }
  | { readonly type: 'ownConnection'; readonly course: Course }
  | { readonly type: 'ended'; readonly reason: DisconnectReason };

export type ParticipantOptions = {
  readonly identity: string;
  readonly kind: ParticipantKind;
  readonly isHidden: boolean;
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** An agent's ear; null for those whom the script moves. */
  readonly hear: ((news: RoomNews) => void) | null;
};

/** One connection of somebody to a room: the truth, whatever an agent has heard of it. */
export class SimulatedParticipant {
  readonly sid: string;
  readonly identity: string;
  readonly kind: ParticipantKind;
  readonly isHidden: boolean;
  readonly hear: ((news: RoomNews) => void) | null;
  readonly joinedAt: number;
  /** What is to happen with this connection; nothing does once it has ended. */
  readonly timers: Timers;
  readonly tracks = new Map<TrackSource, SimulatedTrack>();
  metadata: string;
  attributes: Readonly<Record<string, string>>;
  quality: ConnectionQuality = 'excellent';
  /** What makes the quality what it is, for all its tracks. */
  cause: QualityCause | null = null;
  isActive = false;
  readonly #plans = new Map<string, () => void>();

  constructor(sid: string, options: ParticipantOptions, clock: Clock) {
    this.sid = sid;
    this.identity = options.identity;
    this.kind = options.kind;
    this.isHidden = options.isHidden;
    this.hear = options.hear;
    this.metadata = options.metadata;
    this.attributes = options.attributes;
    this.joinedAt = clock.now();
    this.timers = new Timers(clock);
  }

  /** What is to happen to one side of it; whatever was planned for that side is not. */
  plan(side: string, delayMs: number, callback: () => void): void {
    this.#plans.get(side)?.();
    this.#plans.set(side, this.timers.after(delayMs, callback));
  }

  get ref(): ParticipantRef {
    return { identity: this.identity, sid: this.sid };
  }

  /** A room of nothing but agents and recordings closes. */
  get keepsRoomOpen(): boolean {
    return this.kind !== 'agent' && this.kind !== 'egress';
  }

  get publishedTracks(): readonly SimulatedTrack[] {
    return [...this.tracks.values()].filter((track) => track.isPublished);
  }

  get audibleLevel(): number {
    return Math.max(0, ...this.publishedTracks.map((track) => track.audibleLevel));
  }

  get rosterEntry(): RosterEntry {
    const { identity, sid, kind, joinedAt, isActive: active, attributes } = this;
    return { identity, sid, kind, joinedAt, active, attributes };
  }
}
