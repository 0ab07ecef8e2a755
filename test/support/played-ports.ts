/** The ports of one job, all of them played. */
import type { EventObject } from 'xstate';
import type { JobMachines } from '../../src/io/compose/job-machines.ts';
import type { RoomCommand, RoomFact, RosterCommand, StatsFact } from '../../src/machines/events.ts';
import type { ActorSystemRef } from '../../src/machines/slots.ts';
import { LevelPorts } from './level-ports.ts';
import { PortSlot } from './port-slot.ts';

export class PlayedPorts {
  readonly room = new PortSlot<Record<string, never>, RoomCommand, RoomFact>();
  readonly roster = new PortSlot<{ roomName: string }, RosterCommand>();
  readonly control = new PortSlot<Record<string, never>>();
  readonly levels = new LevelPorts();
  readonly stats = new PortSlot<Record<string, never>, EventObject, StatsFact>();

  plugInto(machines: JobMachines, system: ActorSystemRef): void {
    const { levels, stats, room, roster, control } = this;
    machines.plugIn(system, {
      room: room.logic,
      roster: roster.logic,
      control: control.logic,
      levels: levels.logic,
      stats: stats.logic,
    });
  }
}
