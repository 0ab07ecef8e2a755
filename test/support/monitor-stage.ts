import { createActor, type Actor, type EventObject } from 'xstate';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type {
  AgentCommand,
  ConnectionQuality,
  ParticipantInfo,
  ParticipantRef,
  TrackInfo,
} from '../../src/machines/events.ts';
import type {
  MonitorMetadata,
  MonitorSettings,
} from '../../src/machines/monitor/monitor-settings.logic.ts';
import { participantMonitorMachine } from '../../src/machines/monitor/participant-monitor.machine.ts';
import type { ParticipantMonitorEvent } from '../../src/machines/monitor/participant-monitor.setup.ts';
import { audioTrackMachine } from '../../src/machines/session/audio-track.machine.ts';
import { participantSessionMachine } from '../../src/machines/session/participant-session.machine.ts';
import { LevelPorts } from './level-ports.ts';
import { monitorInput } from './monitor-facts.ts';
import { PortSlot } from './port-slot.ts';
import { alice, participant, T0 } from './session-facts.ts';
import { startUnderParent } from './start-under-parent.ts';
import { roomConnected } from './told-facts.ts';

export type Message = Extract<AgentCommand, { type: 'data.publish' }>;

export const isMessage = (report: EventObject): report is Message => report.type === 'data.publish';

/** A participant monitor with its session and tracks, on the virtual clock. */
export class MonitorStage {
  readonly clock = new VirtualClock(T0);
  readonly levels = new LevelPorts();
  readonly stats = new PortSlot<Record<string, never>>();
  readonly actor: Actor<typeof participantMonitorMachine>;
  readonly reports: EventObject[];

  constructor(metadata: Partial<MonitorMetadata> = {}, settings: Partial<MonitorSettings> = {}) {
    const { clock } = this;
    const machine = provideMonitor(this.levels, this.stats);
    const input = monitorInput(metadata, settings);
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

  say(...facts: ParticipantMonitorEvent[]): void {
    for (const fact of facts) this.actor.send(fact);
  }

  pass(durationMs: number): void {
    this.clock.advanceBy(durationMs);
  }

  /** We are in the room, with these people inside. */
  join(...participants: ParticipantInfo[]): void {
    this.say(roomConnected(this.now, participants));
    this.#activate(participants);
  }

  /** As the job does it: it says of everybody once that they are active. */
  #activate(participants: readonly ParticipantInfo[]): void {
    for (const { identity, sid, active } of participants) {
      if (active) this.say({ type: 'participant.active', at: this.now, identity, sid });
    }
  }

  enter(ref: ParticipantRef, more: Partial<ParticipantInfo> = {}): void {
    const arrived = participant(ref, more);
    this.say({ type: 'participant.connected', at: this.now, participant: arrived });
    this.#activate([arrived]);
  }

  activate(ref: ParticipantRef = alice): void {
    this.say({ type: 'participant.active', at: this.now, ...ref });
  }

  exit(ref: ParticipantRef): void {
    this.say({ type: 'participant.disconnected', at: this.now, ...ref });
  }

  subscribe({ sid }: TrackInfo, ref: ParticipantRef = alice): void {
    this.say({ type: 'track.subscribed', at: this.now, ...ref, trackSid: sid });
  }

  quality(quality: ConnectionQuality, ref: ParticipantRef = alice): void {
    this.say({ type: 'participant.qualityChanged', at: this.now, ...ref, quality });
  }

  /** Windows of 100 ms at one level. */
  speak(durationMs: number, rms = 0.2, trackSid = 'TR_mic'): void {
    for (let spoken = 0; spoken < durationMs; spoken += 100) {
      this.pass(100);
      this.levels.say(trackSid, { type: 'audio.levelMeasured', rms, at: this.now });
    }
  }

  /** A turn of this length and the silence that ends it. */
  turn(durationMs: number): void {
    this.speak(durationMs);
    this.speak(1_000, 0);
  }

  messages(topic: string): Message[] {
    return this.reports.filter(isMessage).filter((message) => message.topic === topic);
  }

  told(type: string): EventObject[] {
    return this.reports.filter((report) => report.type === type);
  }
}

/** The whole machine with its ports played by the test. */
export const provideMonitor = (levels: LevelPorts, stats: PortSlot<Record<string, never>>) =>
  participantMonitorMachine.provide({
    actors: {
      stats: stats.logic,
      participantSession: participantSessionMachine.provide({
        actors: { audioTrack: audioTrackMachine.provide({ actors: { levels: levels.logic } }) },
      }),
    },
  });
