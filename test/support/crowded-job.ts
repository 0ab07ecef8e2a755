/** One recorded job in a room that people come into and leave, with every port played. */
import { createActor, type AnyActor } from 'xstate';
import type { AgentDefinition } from '../../src/agents/define-agent.ts';
import { JobMachines } from '../../src/io/compose/job-machines.ts';
import type { LogLine } from '../../src/io/event-log/log-line.ts';
import { Recorder } from '../../src/io/event-log/recorder.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { ParticipantInfo, RoomFact } from '../../src/machines/events.ts';
import { jobConfig } from './job-stage.ts';
import { job } from './monitor-facts.ts';
import { throwProblem } from './played-job.ts';
import { PlayedPorts } from './played-ports.ts';
import { microphone, T0 } from './session-facts.ts';

export type CrowdedJobOptions = {
  readonly agent: AgentDefinition;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Inside already, each with a microphone. */
  readonly inside: number;
  /** Hears each line of its event log. */
  readonly onLine?: (line: LogLine) => void;
};

export class CrowdedJob {
  readonly #ports = new PlayedPorts();
  readonly #clock = new VirtualClock(T0);
  readonly #recorder = new Recorder({
    clock: this.#clock,
    write: (line) => this.#note(line),
    onProblem: throwProblem,
  });
  readonly #root: AnyActor;
  readonly #onLine: CrowdedJobOptions['onLine'];
  #arrivals = 0;
  #lines = 0;
  #snapshotLength = 0;

  constructor({ agent, metadata, settings, inside, onLine }: CrowdedJobOptions) {
    this.#onLine = onLine;
    const machines = new JobMachines();
    const input = {
      agent: { job, metadata, settings, startedAt: T0 },
      identity: null,
      serves: null,
      config: jobConfig,
    };
    const { clock } = this.#recorder;
    this.#root = createActor(machines.machineOf(agent), { id: 'job', input, clock });
    this.#recorder.watch(this.#root);
    this.#ports.plugInto(machines, this.#root.system);
    this.#root.start();
    const participants = Array.from({ length: inside }, () => this.#nextGuest());
    const local = { identity: 'agent', sid: 'PA_agent' };
    this.#say({ type: 'room.connected', at: T0, ...job.room, metadata: '', local, participants });
  }

  get lines(): number {
    return this.#lines;
  }

  /** Of all that the actors hold, in characters of JSON. */
  get snapshotLength(): number {
    this.#recorder.checkpoint();
    return this.#snapshotLength;
  }

  /** So many people come one after the other, each with a microphone, and are gone before the next one. */
  passThrough(people: number): void {
    for (let passed = 0; passed < people; passed += 1) {
      const { identity, sid, ...guest } = this.#nextGuest();
      const about = { at: this.#tick(), identity, sid };
      const participant = { ...guest, identity, sid, tracks: [] };
      this.#say({ type: 'participant.connected', at: about.at, participant });
      for (const track of guest.tracks) {
        this.#say({ type: 'track.published', ...about, track });
        this.#say({ type: 'track.unpublished', ...about, trackSid: track.sid });
      }
      this.#say({ type: 'participant.disconnected', ...about });
    }
    // What the ports remember is the test's.
    const { room, roster, webhooks } = this.#ports;
    for (const { commands } of [room, roster, webhooks]) commands.length = 0;
  }

  close(): void {
    this.#recorder.stop(this.#root);
  }

  #nextGuest(): ParticipantInfo {
    this.#arrivals += 1;
    const number = this.#arrivals;
    return {
      identity: `guest-${number}`,
      sid: `PA_${number}`,
      name: '',
      kind: 'standard',
      metadata: '',
      attributes: {},
      active: true,
      tracks: [{ ...microphone, sid: `TR_${number}` }],
    };
  }

  #tick(): number {
    this.#clock.advanceBy(10);
    return this.#clock.now();
  }

  #say(fact: RoomFact): void {
    this.#ports.room.say(fact);
  }

  #note(line: LogLine): void {
    this.#lines += 1;
    this.#onLine?.(line);
    if (line.kind === 'checkpoint') this.#snapshotLength = JSON.stringify(line.snapshot).length;
  }
}
