/** The ports of one job, all of them played. */
import type { EventObject } from 'xstate';
import type { JobMachines } from '../../src/io/compose/job-machines.ts';
import type { AnalysisCommand } from '../../src/machines/analysis/analysis.events.ts';
import type {
  RoomCommand,
  RoomFact,
  RoomServiceCommand,
  RosterCommand,
  StatsFact,
  WebhookCommand,
} from '../../src/machines/events.ts';
import type { RuleCall } from '../../src/machines/rules/rules.machine.ts';
import type { ActorSystemRef } from '../../src/machines/slots.ts';
import { LevelPorts } from './level-ports.ts';
import { PortSlot } from './port-slot.ts';

export class PlayedPorts {
  readonly room = new PortSlot<Record<string, never>, RoomCommand, RoomFact>();
  readonly roster = new PortSlot<{ roomName: string }, RosterCommand>();
  readonly roomService = new PortSlot<{ roomName: string }, RoomServiceCommand>();
  readonly webhooks = new PortSlot<Record<string, never>, WebhookCommand>();
  readonly functions = new PortSlot<Record<string, never>, RuleCall>();
  readonly analysis = new PortSlot<Record<string, never>, AnalysisCommand>();
  readonly control = new PortSlot<Record<string, never>>();
  readonly levels = new LevelPorts();
  readonly stats = new PortSlot<Record<string, never>, EventObject, StatsFact>();

  plugInto(machines: JobMachines, system: ActorSystemRef): void {
    const { levels, stats, room, roster, roomService, webhooks, functions, control } = this;
    const { analysis } = this;
    machines.plugIn(system, {
      room: room.logic,
      roster: roster.logic,
      roomService: roomService.logic,
      webhooks: webhooks.logic,
      functions: functions.logic,
      analysis: analysis.logic,
      control: control.logic,
      levels: levels.logic,
      stats: stats.logic,
    });
  }
}
