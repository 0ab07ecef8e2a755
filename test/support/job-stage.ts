import { createActor, setup, type Actor, type AnyStateMachine, type EventObject } from 'xstate';
import { onTestFinished } from 'vitest';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type {
  AgentCommand,
  AgentFact,
  ControlFact,
  DisconnectReason,
  ErrorInfo,
  ParticipantInfo,
  RoomCommand,
  RoomServiceCommand,
  RosterCommand,
  WebhookCommand,
} from '../../src/machines/events.ts';
import type { AgentInput } from '../../src/machines/job/job.events.ts';
import {
  jobMachine,
  type JobConfig,
  type JobEmission,
  type JobEvent,
  type JobInput,
} from '../../src/machines/job/job.machine.ts';
import type { MonitorMetadata } from '../../src/machines/monitor/monitor-settings.logic.ts';
import { monitorInput } from './monitor-facts.ts';
import { PortSlot } from './port-slot.ts';
import { T0 } from './session-facts.ts';
import { roomConnected } from './told-facts.ts';

type Message = Extract<AgentCommand, { type: 'data.publish' }>;
export type Published = Message & { readonly sentAt: number };

const isMessage = (event: EventObject): event is Message => event.type === 'data.publish';

export const jobConfig: JobConfig = {
  joinAttempts: 3,
  joinRetryMs: 1_000,
  summaryMs: 1_000,
  statusMs: 2_000,
  leaveMs: 3_000,
  terminationMs: 500,
  reconnectHoldMs: 5_000,
  drainMs: 15_000,
  maxDurationMs: null,
  claim: { retryMs: 200, doubtMs: 3_000, lookMs: 1_000, standbyMs: 25_000 },
  rules: [],
};

export const jobInput = (
  config: Partial<JobConfig> = {},
  metadata: Partial<MonitorMetadata> = {},
  serves: string | null = null,
): JobInput => ({
  agent: monitorInput(metadata),
  identity: metadata.participant_identity ?? 'alice',
  serves,
  config: { ...jobConfig, ...config },
});

/** An agent that keeps what it hears; it breaks or finishes where the test says so. */
export function listener(heard: EventObject[] = [], inputs: AgentInput[] = []): AnyStateMachine {
  return setup({
    types: {} as { input: AgentInput; context: AgentInput; events: AgentFact },
  }).createMachine({
    context: ({ input }) => {
      inputs.push(input);
      return input;
    },
    initial: 'listening',
    states: {
      listening: {
        on: {
          'data.received': {
            actions: () => {
              throw new Error('the agent broke');
            },
          },
          'text.received': 'done',
          '*': { actions: ({ event }) => void heard.push(event) },
        },
      },
      done: { type: 'final' },
    },
  });
}

/** A job on the virtual clock, with its ports played by the test. */
export class JobStage {
  readonly clock = new VirtualClock(T0);
  readonly room = new PortSlot<Record<string, never>, RoomCommand>();
  readonly roster = new PortSlot<{ roomName: string }, RosterCommand>();
  readonly roomService = new PortSlot<{ roomName: string }, RoomServiceCommand>();
  readonly webhooks = new PortSlot<Record<string, never>, WebhookCommand>();
  readonly control = new PortSlot<Record<string, never>>();
  readonly emitted: JobEmission[] = [];
  /** What the job said to the world, outwards and to the room, in order. */
  readonly story: string[] = [];
  /** The data messages, with the time at which they went to the room. */
  readonly published: Published[] = [];
  readonly actor: Actor<typeof jobMachine>;

  constructor(
    config: Partial<JobConfig> = {},
    agent: AnyStateMachine = listener(),
    metadata: Partial<MonitorMetadata> = {},
    serves: string | null = null,
  ) {
    const { clock, room, roster, roomService, webhooks, control } = this;
    const machine = jobMachine.provide({
      actors: {
        room: room.logic,
        roster: roster.logic,
        roomService: roomService.logic,
        webhooks: webhooks.logic,
        control: control.logic,
        agent,
      },
    });
    this.actor = createActor(machine, {
      input: jobInput(config, metadata, serves),
      clock,
      inspect: (inspection) => {
        if (inspection.type !== '@xstate.event') return;
        const { type } = inspection.event;
        if (isMessage(inspection.event) && inspection.sourceRef === this.actor) {
          this.published.push({ ...inspection.event, sentAt: clock.now() });
        }
        if (type === 'room.join' || type === 'room.leave') this.story.push(type);
      },
    });
    this.actor.on('*', (emission) => {
      this.emitted.push(emission);
      this.story.push(emission.type);
    });
    this.actor.start();
    onTestFinished(() => void this.actor.stop());
  }

  get now(): number {
    return this.clock.now();
  }

  get value() {
    return this.actor.getSnapshot().value;
  }

  get ending() {
    return this.emitted.find((emission) => emission.type === 'job.ending');
  }

  say(...events: JobEvent[]): void {
    for (const event of events) this.actor.send(event);
  }

  pass(durationMs: number): void {
    this.clock.advanceBy(durationMs);
  }

  join(participants: readonly ParticipantInfo[] = [], sid = 'RM_1'): void {
    this.say(roomConnected(this.now, participants, { sid }));
  }

  failToJoin(): void {
    const error: ErrorInfo = { code: 'E_TEST', message: 'no way in', retryable: true };
    this.say({ type: 'room.joinFailed', at: this.now, error });
  }

  disconnect(reason: DisconnectReason): void {
    this.say({ type: 'room.disconnected', at: this.now, reason });
  }

  own(type: 'room.reconnecting' | 'room.reconnected'): void {
    this.say({ type, at: this.now });
  }

  worker(type: Exclude<ControlFact['type'], 'control.broken'>): void {
    this.say({ type, at: this.now });
  }
}
