import { createActor, type Actor, type EventObject } from 'xstate';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type {
  ConnectionQuality,
  ParticipantInfo,
  ParticipantRef,
  StatsSample,
  TrackInfo,
  TrackStats,
} from '../../src/machines/events.ts';
import { audioTrackMachine } from '../../src/machines/session/audio-track.machine.ts';
import {
  participantSessionMachine,
  type ParticipantSessionEvent,
} from '../../src/machines/session/participant-session.machine.ts';
import type {
  ParticipantSessionInput,
  SessionConfig,
} from '../../src/machines/session/session.context.ts';
import type { SessionReport } from '../../src/machines/session/session.events.ts';
import { LevelPorts } from './level-ports.ts';
import { alice, participant, sessionConfig, statsOf, T0 } from './session-facts.ts';
import { startUnderParent } from './start-under-parent.ts';

type SessionActor = Actor<typeof participantSessionMachine>;

type Changes = Partial<Omit<ParticipantSessionInput, 'config'>> & {
  readonly config?: Partial<SessionConfig>;
};

export const sessionInput = ({ config, ...more }: Changes = {}): ParticipantSessionInput => ({
  identity: 'alice',
  startedAt: T0,
  watch: { audio: true, video: true },
  endOnDisconnect: false,
  ...more,
  config: { ...sessionConfig, ...config },
});

/** A participant session on the virtual clock, with everything around it played by the test. */
export class SessionStage {
  readonly clock = new VirtualClock(T0);
  readonly levels = new LevelPorts();
  readonly actor: SessionActor;
  readonly reports: EventObject[];
  #present: { readonly ref: ParticipantRef; readonly tracks: Set<string> } | undefined;

  constructor(changes: Changes = {}) {
    const { levels, clock } = this;
    const machine = participantSessionMachine.provide({
      actors: { audioTrack: audioTrackMachine.provide({ actors: { levels: levels.logic } }) },
    });
    const input = sessionInput(changes);
    const started = startUnderParent(clock, (under) => createActor(machine, { input, ...under }));
    this.actor = started.actor;
    this.reports = started.reports;
  }

  get now(): number {
    return this.clock.now();
  }

  get value() {
    return this.actor.getSnapshot().value;
  }

  get context() {
    return this.actor.getSnapshot().context;
  }

  get children(): string[] {
    return Object.keys(this.actor.getSnapshot().children).sort();
  }

  say(...facts: ParticipantSessionEvent[]): void {
    for (const fact of facts) this.actor.send(fact);
  }

  told(type: SessionReport['type']): EventObject[] {
    return this.reports.filter((report) => report.type === type);
  }

  pass(durationMs: number): void {
    this.clock.advanceBy(durationMs);
  }

  /** The participant comes in, and the server sends us its tracks. */
  arrive(
    tracks: readonly TrackInfo[] = [],
    ref: ParticipantRef = alice,
    more: Partial<ParticipantInfo> = {},
  ): void {
    this.#present = { ref, tracks: new Set(tracks.map(({ sid }) => sid)) };
    this.say({
      type: 'participant.connected',
      at: this.now,
      participant: participant(ref, { tracks, ...more }),
    });
    for (const { sid } of tracks) this.track('track.subscribed', sid);
  }

  publish(track: TrackInfo): void {
    const { ref, tracks } = this.#whoIsHere();
    tracks.add(track.sid);
    this.say({ type: 'track.published', at: this.now, ...ref, track });
    this.track('track.subscribed', track.sid);
  }

  unpublish(trackSid: string): void {
    this.track('track.unsubscribed', trackSid);
    this.track('track.unpublished', trackSid);
    this.#whoIsHere().tracks.delete(trackSid);
  }

  track(
    type:
      | 'track.subscribed'
      | 'track.unsubscribed'
      | 'track.unpublished'
      | 'track.muted'
      | 'track.unmuted',
    trackSid: string,
  ): void {
    this.say({ type, at: this.now, ...this.#whoIsHere().ref, trackSid });
  }

  /** The participant goes, with the endings of its tracks before it, as every room tells them. */
  leave(): void {
    const { ref, tracks } = this.#whoIsHere();
    for (const sid of tracks) this.unpublish(sid);
    this.say({ type: 'participant.disconnected', at: this.now, ...ref });
    this.#present = undefined;
  }

  quality(quality: ConnectionQuality): void {
    this.say({
      type: 'participant.qualityChanged',
      at: this.now,
      ...this.#whoIsHere().ref,
      quality,
    });
  }

  /** Windows of 100 ms at one level. */
  speak(durationMs: number, rms = 0.2, trackSid = 'TR_mic'): void {
    for (let spoken = 0; spoken < durationMs; spoken += 100) {
      this.pass(100);
      this.levels.say(trackSid, { type: 'audio.levelMeasured', rms, at: this.now });
    }
  }

  /** One poll, half a second after the last, of tracks by their packets and frames. */
  poll(
    tracks: Readonly<Record<string, number | Partial<TrackStats>>>,
    path: Partial<StatsSample> = {},
  ): void {
    this.pass(500);
    this.say({
      type: 'stats.sampled',
      at: this.now,
      roundTripTimeMs: null,
      availableIncomingBitrate: null,
      tracks: Object.entries(tracks).map(([sid, counts]) =>
        typeof counts === 'number' ? statsOf(sid, counts) : statsOf(sid, 0, counts),
      ),
      ...path,
    });
  }

  ownConnection(type: 'room.reconnecting' | 'room.reconnected'): void {
    this.say({ type, at: this.now });
  }

  #whoIsHere() {
    if (!this.#present) throw new Error('Nobody is here.');
    return this.#present;
  }
}
