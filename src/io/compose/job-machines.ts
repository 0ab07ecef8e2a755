import type { AgentDefinition, AgentPorts } from '../../agents/define-agent.ts';
import type {
  RoomCommand,
  RoomServiceCommand,
  RosterCommand,
  WebhookCommand,
} from '../../machines/events.ts';
import { jobMachine } from '../../machines/job/job.machine.ts';
import { rulesMachine, type RuleCall } from '../../machines/rules/rules.machine.ts';
import { portOfSystem, type ActorSystemRef, type PortLogic } from '../../machines/slots.ts';

/** What the ports of one job are joined to. */
export type JobPorts = AgentPorts & {
  readonly room: PortLogic<Record<string, never>, RoomCommand>;
  readonly roster: PortLogic<{ roomName: string }, RosterCommand>;
  readonly roomService: PortLogic<{ roomName: string }, RoomServiceCommand>;
  readonly webhooks: PortLogic<Record<string, never>, WebhookCommand>;
  readonly functions: PortLogic<Record<string, never>, RuleCall>;
  readonly control: PortLogic<Record<string, never>>;
};

type JobMachine = typeof jobMachine;

type Shared = { readonly machine: JobMachine; jobsLeft: number };

/**
 * XState remembers for each state every type of event that came to it (`candidates-…`), for as long as
 * there is the statechart, and the end of a child is an event of its own type: `xstate.done.actor.` and
 * the participant's identity. One statechart for ever would grow by 2 kB with each job.
 */
const JOBS_OF_A_MACHINE = 200;

/**
 * The statecharts of a process: one for many jobs of an agent, whose ports find out which job they are in.
 *
 * A statechart for each job would take 160 kB, and its states would be cold whenever an event came. After
 * 200 jobs it makes room for a new one, and goes with the last of them.
 */
export class JobMachines {
  readonly #ports = new WeakMap<ActorSystemRef, JobPorts>();
  /** As many as the process has agents. */
  readonly #machines = new Map<AgentDefinition, Shared>();

  /** The statechart for one more job of an agent. */
  machineOf(agent: AgentDefinition): JobMachine {
    const known = this.#machines.get(agent);
    const shared =
      known && known.jobsLeft > 0
        ? known
        : { machine: this.#build(agent), jobsLeft: JOBS_OF_A_MACHINE };
    shared.jobsLeft -= 1;
    this.#machines.set(agent, shared);
    return shared.machine;
  }

  /** Joins the ports of one job to its system, before that is started. */
  plugIn(system: ActorSystemRef, ports: JobPorts): void {
    this.#ports.set(system, ports);
  }

  #build(agent: AgentDefinition): JobMachine {
    return jobMachine.provide({
      actors: {
        room: portOfSystem((system) => this.#portsOf(system).room),
        roster: portOfSystem((system) => this.#portsOf(system).roster),
        roomService: portOfSystem((system) => this.#portsOf(system).roomService),
        webhooks: portOfSystem((system) => this.#portsOf(system).webhooks),
        rules: rulesMachine.provide({
          actors: { functions: portOfSystem((system) => this.#portsOf(system).functions) },
        }),
        control: portOfSystem((system) => this.#portsOf(system).control),
        agent: agent.machine({
          levels: portOfSystem((system) => this.#portsOf(system).levels),
          stats: portOfSystem((system) => this.#portsOf(system).stats),
          analysis: portOfSystem((system) => this.#portsOf(system).analysis),
        }),
      },
    });
  }

  #portsOf(system: ActorSystemRef): JobPorts {
    const ports = this.#ports.get(system);
    if (!ports) throw new Error('The ports of this job were not plugged in before its start.');
    return ports;
  }
}
