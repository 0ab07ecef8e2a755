/** The room of room-analytics, on the virtual clock, as its tests play it. */
import { createActor, type Actor, type EventObject } from 'xstate';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { ParticipantInfo, ParticipantRef, StatsFact } from '../../src/machines/events.ts';
import type {
  RoomAnalyticsInput,
  RoomAnalyticsSettings,
} from '../../src/machines/room/room-analytics.context.ts';
import { roomAnalyticsMachine } from '../../src/machines/room/room-analytics.machine.ts';
import type { RoomAnalyticsEvent } from '../../src/machines/room/room-analytics.setup.ts';
import { job } from './monitor-facts.ts';
import { PortSlot } from './port-slot.ts';
import { participant, T0 } from './session-facts.ts';
import { startUnderParent } from './start-under-parent.ts';
import { roomConnected } from './told-facts.ts';

const roomSettings: RoomAnalyticsSettings = {
  ENFORCE_PARTICIPANT_LIMIT: false,
  TRACK_QUALITY: false,
  ROOM_STATUS_INTERVAL: 30_000,
};

export const roomInput = (settings: Partial<RoomAnalyticsSettings> = {}): RoomAnalyticsInput => ({
  job: { ...job, agent: 'room-analytics', jobType: 'room' },
  metadata: {},
  settings: { ...roomSettings, ...settings },
  startedAt: T0,
});

export const refOf = (identity: string, connection = 1): ParticipantRef => ({
  identity,
  sid: `PA_${identity}_${connection}`,
});

export class RoomStage {
  readonly clock = new VirtualClock(T0);
  readonly stats = new PortSlot<Record<string, never>, EventObject, StatsFact>();
  readonly actor: Actor<typeof roomAnalyticsMachine>;
  readonly reports: EventObject[];

  constructor(settings: Partial<RoomAnalyticsSettings> = {}) {
    const machine = roomAnalyticsMachine.provide({ actors: { stats: this.stats.logic } });
    const input = roomInput(settings);
    const started = startUnderParent(this.clock, (under) =>
      createActor(machine, { input, ...under }),
    );
    this.actor = started.actor;
    this.reports = started.reports;
  }

  get now(): number {
    return this.clock.now();
  }

  get context() {
    return this.actor.getSnapshot().context;
  }

  get value() {
    return this.actor.getSnapshot().value;
  }

  say(...facts: RoomAnalyticsEvent[]): void {
    for (const fact of facts) this.actor.send(fact);
  }

  pass(durationMs: number): void {
    this.clock.advanceBy(durationMs);
  }

  /** We are in the room, with these people inside, in the order in which they came. */
  join(...participants: ParticipantInfo[]): void {
    const joinedAt = this.now;
    this.say(
      roomConnected(
        this.now,
        participants.map((info) => ({ joinedAt, ...info })),
      ),
    );
  }

  enter(ref: ParticipantRef, more: Partial<ParticipantInfo> = {}): void {
    const info = participant(ref, { joinedAt: this.now, ...more });
    this.say({ type: 'participant.connected', at: this.now, participant: info });
  }

  exit(ref: ParticipantRef): void {
    this.say({ type: 'participant.disconnected', at: this.now, ...ref });
  }

  end(): void {
    this.say({ type: 'job.ending', at: this.now, reason: 'room_closed' });
  }

  told(type: string): readonly EventObject[] {
    return this.reports.filter((report) => report.type === type);
  }
}
