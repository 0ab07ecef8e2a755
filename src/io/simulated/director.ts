import type { Clock } from '../../actors/ports.ts';
import type { ConnectionQuality, DisconnectReason, TrackSource } from '../../machines/events.ts';
import type { SimulatedParticipant } from './participant.ts';
import type { SimulatedRoom } from './room.ts';
import { formatStep, type Happening, type Script } from './script.ts';
import { Timers } from './timers.ts';
import type { SimulatedTrack } from './track.ts';

type Deed = Extract<Happening, { identity: string }>;
type WorldHappening = Exclude<Happening, { identity: string }>;
type Arrival = {
  readonly identity: string;
  readonly kind: SimulatedParticipant['kind'];
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tracks: readonly Pick<SimulatedTrack, 'source' | 'isEncrypted' | 'isMuted'>[];
};

/** Measured on livekit-server 1.13.5 (with Chromium and the Python SDK as participants). */
const timing = {
  activeMs: 150,
  microphoneMs: 3,
  otherTrackMs: 200,
  leaveMs: 80,
  dropNoticedMs: 20_600,
  freezeGivenUpMs: 20_800,
  backAfterFreezeMs: 600,
  smallVideoMs: 8_000,
  recoveryStepMs: 10_000,
} as const;

const agentsEndings = {
  removed: 'participant_removed',
  replaced: 'duplicate_identity',
} as const satisfies Record<string, DisconnectReason>;
const roomEndings = {
  deleted: 'room_deleted',
  closed: 'room_closed',
} as const satisfies Record<string, DisconnectReason>;

/** Makes people and the world do in a room what a script says, at the pace of the real ones. */
export class Director {
  readonly #room: SimulatedRoom;
  readonly #timers: Timers;
  /** The last connection of each identity, for those who come back. */
  readonly #lastSeen = new Map<string, SimulatedParticipant>();

  constructor(room: SimulatedRoom, clock: Clock) {
    this.#room = room;
    this.#timers = new Timers(clock);
  }

  /**
   * Lets a script happen, counted from now. A step of somebody who is out by then does not happen:
   * the room may have closed, or an agent have taken the identity.
   */
  play(script: Script): void {
    for (const { atMs, happening } of script) {
      this.#timers.after(atMs, () => {
        if (this.#canHappen(happening)) this.perform(happening);
      });
    }
  }

  /** What is left of the scripts does not happen. */
  stop(): void {
    this.#timers.clear();
  }

  /** @throws where somebody who is not inside is to do something. */
  perform(happening: Happening): void {
    if ('identity' in happening) this.#do(happening);
    else this.#changeWorld(happening);
  }

  #canHappen(happening: Happening): boolean {
    if (!('identity' in happening)) return true;
    const needsNobody = happening.type === 'join' || happening.type === 'return';
    return needsNobody || this.#room.find(happening.identity) !== undefined;
  }

  #changeWorld(happening: WorldHappening): void {
    const room = this.#room;
    switch (happening.type) {
      case 'setRoomMetadata':
        room.setRoomMetadata(happening.metadata);
        break;
      case 'endRoom':
        room.end(roomEndings[happening.how]);
        break;
      case 'endAgents':
        for (const participant of room.participants) {
          if (participant.hear) room.exit(participant, agentsEndings[happening.how]);
        }
        break;
      case 'ownConnection':
        room.tellAgents(happening);
        break;
      case 'refuse':
        room.refuse(happening.what, happening.durationMs);
        break;
      case 'stopServer':
        room.stop();
    }
  }

  #do(deed: Deed): void {
    if (deed.type === 'join') {
      const tracks = deed.sources.map((source) => ({ source, isEncrypted: false, isMuted: false }));
      this.#arrive({ ...deed, metadata: '', attributes: {}, tracks });
    } else if (deed.type === 'return') {
      this.#comeBack(deed.identity);
    } else {
      const participant = this.#room.find(deed.identity);
      if (!participant) {
        const line = formatStep({ atMs: 0, happening: deed });
        throw new Error(`${deed.identity} is not inside, so this cannot happen: "${line}"`);
      }
      this.#doInside(deed, participant);
    }
  }

  #doInside(deed: Exclude<Deed, { type: 'join' | 'return' }>, who: SimulatedParticipant): void {
    const room = this.#room;
    switch (deed.type) {
      case 'leave':
        who.timers.after(timing.leaveMs, () => room.exit(who, 'client_initiated'));
        break;
      case 'drop':
        this.#cutOff(who);
        who.timers.after(timing.dropNoticedMs, () => room.exit(who, 'connection_timeout'));
        break;
      case 'freeze':
        this.#freeze(who, deed.durationMs);
        break;
      case 'speak':
        this.#speak(who, deed.level, deed.durationMs);
        break;
      case 'hush':
        this.#change(who, 'microphone', { level: 0 });
        break;
      case 'publish':
        this.#publish(who, deed.source, deed.encrypted, false);
        break;
      case 'unpublish': {
        const track = who.tracks.get(deed.source);
        if (track) room.unpublish(who, track);
        break;
      }
      case 'mute':
      case 'unmute':
        this.#change(who, deed.source, { isMuted: deed.type === 'mute' });
        break;
      case 'stall':
        this.#change(who, deed.source, { isFlowing: false });
        who.plan(`flow of ${deed.source}`, deed.durationMs, () =>
          this.#change(who, deed.source, { isFlowing: true }),
        );
        break;
      case 'turnCamera':
        if (who.tracks.has('camera')) this.#change(who, 'camera', { isMuted: !deed.on });
        else if (deed.on) this.#publish(who, 'camera', false, false);
        break;
      case 'changeQuality':
        this.#planQuality(who, [[0, deed.quality]]);
        who.cause = deed.cause;
        for (const source of who.tracks.keys()) this.#change(who, source, { cause: deed.cause });
        break;
      case 'sendData':
        room.sendData(who, deed.topic, new TextEncoder().encode(deed.text));
        break;
      case 'sendBytes':
        // 0xff is in no UTF-8 text.
        room.sendData(who, deed.topic, new Uint8Array(deed.sizeBytes).fill(0xff));
        break;
      case 'sendText':
        room.sendText(who, deed.topic, deed.text);
        break;
      case 'setMetadata':
        room.setMetadata(who, deed.metadata);
        break;
      case 'setAttribute':
        room.setAttributes(who, { [deed.key]: deed.value });
    }
  }

  #arrive({ identity, kind, metadata, attributes, tracks }: Arrival): void {
    const room = this.#room;
    const options = { identity, kind, isHidden: false, metadata, attributes, hear: null };
    const who = room.enter(options);
    this.#lastSeen.set(identity, who);
    who.timers.after(timing.activeMs, () => room.activate(who));
    for (const { source, isEncrypted, isMuted } of tracks) {
      this.#publish(who, source, isEncrypted, isMuted);
    }
  }

  #comeBack(identity: string): void {
    const before = this.#lastSeen.get(identity);
    if (!before) throw new Error(`${identity} was never inside and so cannot return`);
    const { kind, metadata, attributes } = before;
    const tracks = [...before.tracks.values()];
    this.#arrive({ identity, kind, metadata, attributes, tracks });
  }

  #publish(
    who: SimulatedParticipant,
    source: TrackSource,
    isEncrypted: boolean,
    isMuted: boolean,
  ): void {
    const track = this.#room.addTrack(who, source, isEncrypted);
    this.#room.change(who, track, { isMuted, cause: who.cause });
    const delayMs = source === 'microphone' ? timing.microphoneMs : timing.otherTrackMs;
    who.timers.after(delayMs, () => {
      // It may be gone again, or another be there.
      if (who.tracks.get(source) === track) this.#room.publish(who, track);
    });
  }

  #speak(who: SimulatedParticipant, level: number, durationMs: number | null): void {
    this.#change(who, 'microphone', { level });
    who.plan('speech', durationMs ?? 0, () => {
      if (durationMs !== null) this.#change(who, 'microphone', { level: 0 });
    });
  }

  /** Packets stop at once; the server only sees the quality fall, step by step. */
  #cutOff(who: SimulatedParticipant): void {
    for (const source of who.tracks.keys()) this.#change(who, source, { isFlowing: false });
    this.#planQuality(who, [
      [500, 'good'],
      [5_000, 'lost'],
    ]);
  }

  #freeze(who: SimulatedParticipant, durationMs: number): void {
    this.#cutOff(who);
    const { freezeGivenUpMs, backAfterFreezeMs } = timing;
    if (durationMs < freezeGivenUpMs) {
      who.timers.after(durationMs, () => this.#thaw(who));
      return;
    }
    who.timers.after(freezeGivenUpMs, () => {
      this.#room.exit(who, 'connection_timeout');
      const awayMs = durationMs - freezeGivenUpMs + backAfterFreezeMs;
      this.#timers.after(awayMs, () => this.#comeBack(who.identity));
    });
  }

  #thaw(who: SimulatedParticipant): void {
    this.#planQuality(who, [
      [0, 'poor'],
      [timing.recoveryStepMs, 'good'],
      [timing.recoveryStepMs, 'excellent'],
    ]);
    for (const source of who.tracks.keys()) {
      this.#change(who, source, { isFlowing: true, isSmall: true });
    }
    who.plan('size', timing.smallVideoMs, () => {
      for (const source of who.tracks.keys()) this.#change(who, source, { isSmall: false });
    });
  }

  /** Each step so long after the one before. */
  #planQuality(
    who: SimulatedParticipant,
    [step, ...later]: readonly (readonly [delayMs: number, quality: ConnectionQuality])[],
  ): void {
    if (!step) return;
    const [delayMs, quality] = step;
    who.plan('quality', delayMs, () => {
      who.quality = quality;
      this.#planQuality(who, later);
    });
  }

  #change(
    who: SimulatedParticipant,
    source: TrackSource,
    change: Parameters<SimulatedTrack['change']>[1],
  ): void {
    const track = who.tracks.get(source);
    if (track) this.#room.change(who, track, change);
  }
}
