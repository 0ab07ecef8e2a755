import fc from 'fast-check';
import type {
  ConnectionQuality,
  ParticipantKind,
  ParticipantRef,
  StatsFact,
  TrackInfo,
} from '../../src/machines/events.ts';
import type { JobStage } from './job-stage.ts';
import type { LevelPorts } from './level-ports.ts';
import type { PortSlot } from './port-slot.ts';
import { bob, camera, microphone, participant, screen, statsOf } from './session-facts.ts';

/** Something that may happen in a room; what makes no sense at the moment does not happen. */
export type Happening =
  | { readonly type: 'pass'; readonly durationMs: number }
  | { readonly type: 'enter'; readonly kind: ParticipantKind }
  | {
      readonly type:
        'activate' | 'leave' | 'blip' | 'ownReconnect' | 'ownLoss' | 'ownReturn' | 'carol';
    }
  | { readonly type: 'publish'; readonly track: TrackInfo; readonly muted: boolean }
  | { readonly type: 'unpublish' | 'toggleMute' | 'toggleSubscription'; readonly nth: number }
  | { readonly type: 'windows'; readonly levels: readonly number[] }
  | {
      readonly type: 'polls';
      readonly count: number;
      readonly packets: number;
      readonly frames: number;
    }
  | { readonly type: 'quality'; readonly quality: ConnectionQuality }
  | { readonly type: 'speakers'; readonly names: boolean };

const nth = fc.nat({ max: 5 });
const of = <TType extends string>(...types: TType[]) =>
  fc.record({ type: fc.constantFrom(...types) });
const tracks = [microphone, camera, screen];

export const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('pass' as const),
      durationMs: fc.nat({ max: 4_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('pass' as const),
      durationMs: fc.nat({ max: 200_000 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('enter' as const),
      kind: fc.constantFrom('standard' as const, 'standard' as const, 'agent' as const),
    }),
  },
  { weight: 3, arbitrary: of('activate') },
  { weight: 3, arbitrary: of('leave', 'blip', 'ownReconnect', 'ownLoss', 'ownReturn', 'carol') },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('publish' as const),
      track: fc.constantFrom(...tracks),
      muted: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom(
        'unpublish' as const,
        'toggleMute' as const,
        'toggleMute' as const,
        'toggleSubscription' as const,
      ),
      nth,
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      type: fc.constant('windows' as const),
      levels: fc.array(fc.constantFrom(0, 0.01, 0.0101, 0.3), { minLength: 1, maxLength: 15 }),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant('polls' as const),
      count: fc.nat({ max: 5 }),
      packets: fc.nat({ max: 2 }),
      frames: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('quality' as const),
      quality: fc.constantFrom(
        'excellent' as const,
        'good' as const,
        'poor' as const,
        'lost' as const,
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('speakers' as const), names: fc.boolean() }),
  },
);

type Published = {
  readonly info: TrackInfo;
  muted: boolean;
  subscribed: boolean;
  packets: number;
  frames: number;
};
type Present = {
  readonly ref: ParticipantRef;
  readonly kind: ParticipantKind;
  active: boolean;
  readonly tracks: Map<string, Published>;
};

/**
 * A room in which anything happens to alice, told in the order that every room keeps to: bob is
 * there and stays, carol comes and goes.
 */
export class RandomRoom {
  readonly #stage: JobStage;
  readonly #levels: LevelPorts;
  readonly #stats: PortSlot<Record<string, never>>;
  #alice: Present | undefined;
  #lastSid = 0;
  #isReconnecting = false;
  #isCarolHere = false;

  constructor(stage: JobStage, levels: LevelPorts, stats: PortSlot<Record<string, never>>) {
    this.#stage = stage;
    this.#levels = levels;
    this.#stats = stats;
    stage.join([participant(bob, { active: true })]);
  }

  /** SIDs of the tracks that alice has published now. */
  get trackSids(): string[] {
    return [...(this.#alice?.tracks.keys() ?? [])].sort();
  }

  get isOver(): boolean {
    return typeof this.#stage.value === 'string' || !('live' in this.#stage.value);
  }

  happen(what: Happening): void {
    if (this.isOver) return;
    switch (what.type) {
      case 'pass':
        this.#stage.pass(what.durationMs);
        break;
      case 'enter':
        this.#enter(what.kind);
        break;
      case 'activate':
        this.#activate();
        break;
      case 'leave':
        this.#leave();
        break;
      case 'blip':
        this.#blip();
        break;
      case 'ownReconnect':
        this.#ownReconnect();
        break;
      case 'ownLoss':
        this.#ownConnection(true);
        break;
      case 'ownReturn':
        this.#ownConnection(false);
        break;
      case 'carol':
        this.#moveCarol();
        break;
      case 'publish':
        this.#publish({ ...what.track, sid: this.#nextSid('TR'), muted: what.muted });
        break;
      case 'unpublish':
        this.#unpublish(this.#nth(what.nth));
        break;
      case 'toggleMute':
        this.#toggleMute(this.#nth(what.nth));
        break;
      case 'toggleSubscription':
        this.#toggleSubscription(this.#nth(what.nth));
        break;
      case 'windows':
        this.#windows(what.levels);
        break;
      case 'polls':
        this.#polls(what);
        break;
      case 'quality':
        this.#quality(what.quality);
        break;
      case 'speakers':
        this.#stage.say({
          type: 'room.speakersChanged',
          at: this.#stage.now,
          identities: what.names ? ['alice', 'bob'] : ['bob'],
        });
    }
  }

  #nextSid(prefix: string): string {
    this.#lastSid += 1;
    return `${prefix}_${this.#lastSid}`;
  }

  #nth(index: number): Published | undefined {
    const all = [...(this.#alice?.tracks.values() ?? [])];
    return all[index % Math.max(1, all.length)];
  }

  #enter(kind: ParticipantKind): void {
    if (this.#alice) return;
    const ref = { identity: 'alice', sid: this.#nextSid('PA') };
    this.#alice = { ref, kind, active: false, tracks: new Map() };
    this.#tellEntered(this.#alice);
  }

  #tellEntered({ ref, kind, active, tracks: published }: Present): void {
    const infos = [...published.values()].map(({ info, muted }) => ({ ...info, muted }));
    this.#stage.say({
      type: 'participant.connected',
      at: this.#stage.now,
      participant: participant(ref, { kind, active, tracks: infos }),
    });
    for (const track of published.values()) this.#subscribe(track);
  }

  #activate(): void {
    if (!this.#alice || this.#alice.active) return;
    this.#alice.active = true;
    this.#stage.say({ type: 'participant.active', at: this.#stage.now, ...this.#alice.ref });
  }

  #leave(): void {
    if (!this.#alice) return;
    this.#tellLeft(this.#alice);
    this.#alice = undefined;
  }

  #tellLeft({ ref, tracks: published }: Present): void {
    for (const track of published.values()) this.#endTrack(track);
    this.#stage.say({ type: 'participant.disconnected', at: this.#stage.now, ...ref });
  }

  #blip(): void {
    const present = this.#alice;
    if (!present) return;
    this.#tellLeft(present);
    this.#stage.pass(200);
    this.#tellEntered(present);
  }

  #ownReconnect(): void {
    this.#ownConnection(true);
    this.#blip();
    this.#ownConnection(false);
  }

  #ownConnection(isLost: boolean): void {
    if (this.#isReconnecting === isLost) return;
    this.#isReconnecting = isLost;
    this.#stage.own(isLost ? 'room.reconnecting' : 'room.reconnected');
  }

  #moveCarol(): void {
    const carol = { identity: 'carol', sid: 'PA_carol' };
    const { now } = this.#stage;
    if (this.#isCarolHere) this.#stage.say({ type: 'participant.disconnected', at: now, ...carol });
    else
      this.#stage.say({ type: 'participant.connected', at: now, participant: participant(carol) });
    this.#isCarolHere = !this.#isCarolHere;
  }

  #publish(info: TrackInfo): void {
    if (!this.#alice || this.#alice.tracks.size >= 4) return;
    const track = { info, muted: info.muted, subscribed: false, packets: 0, frames: 0 };
    this.#alice.tracks.set(info.sid, track);
    this.#stage.say({
      type: 'track.published',
      at: this.#stage.now,
      ...this.#alice.ref,
      track: info,
    });
    this.#subscribe(track);
  }

  #unpublish(track: Published | undefined): void {
    if (!track) return;
    this.#endTrack(track);
    this.#alice?.tracks.delete(track.info.sid);
  }

  #endTrack(track: Published): void {
    this.#unsubscribe(track);
    this.#tellTrack('track.unpublished', track);
  }

  #toggleMute(track: Published | undefined): void {
    if (!track) return;
    track.muted = !track.muted;
    this.#tellTrack(track.muted ? 'track.muted' : 'track.unmuted', track);
  }

  #toggleSubscription(track: Published | undefined): void {
    if (!track) return;
    if (track.subscribed) this.#unsubscribe(track);
    else this.#subscribe(track);
  }

  #subscribe(track: Published): void {
    track.subscribed = true;
    track.packets = 0;
    track.frames = 0;
    this.#tellTrack('track.subscribed', track);
  }

  #unsubscribe(track: Published): void {
    if (!track.subscribed) return;
    track.subscribed = false;
    this.#tellTrack('track.unsubscribed', track);
  }

  #tellTrack(
    type:
      | 'track.muted'
      | 'track.unmuted'
      | 'track.subscribed'
      | 'track.unsubscribed'
      | 'track.unpublished',
    { info }: Published,
  ): void {
    if (!this.#alice) return;
    this.#stage.say({ type, at: this.#stage.now, ...this.#alice.ref, trackSid: info.sid });
  }

  #windows(levels: readonly number[]): void {
    for (const rms of levels) {
      this.#stage.pass(100);
      for (const { info } of this.#alice?.tracks.values() ?? []) {
        if (!this.#levels.isOpen(info.sid)) continue;
        this.#levels.say(info.sid, { type: 'audio.levelMeasured', rms, at: this.#stage.now });
      }
    }
  }

  #polls({ count, packets, frames }: { count: number; packets: number; frames: number }): void {
    for (let polls = 0; polls < count; polls += 1) {
      this.#stage.pass(500);
      if (!this.#stats.isOpen) return;
      const subscribed = [...(this.#alice?.tracks.values() ?? [])].filter(
        (track) => track.subscribed,
      );
      for (const track of subscribed) {
        track.packets += packets;
        track.frames += track.info.kind === 'video' ? frames : 0;
      }
      const sample: StatsFact = {
        type: 'stats.sampled',
        at: this.#stage.now,
        roundTripTimeMs: null,
        availableIncomingBitrate: null,
        tracks: subscribed.map((track) =>
          statsOf(track.info.sid, track.packets, { framesDecoded: track.frames }),
        ),
      };
      this.#stats.say(sample);
    }
  }

  #quality(quality: ConnectionQuality): void {
    if (!this.#alice) return;
    this.#stage.say({
      type: 'participant.qualityChanged',
      at: this.#stage.now,
      ...this.#alice.ref,
      quality,
    });
  }
}
