import { writeFile } from 'node:fs/promises';
import type { Snapshot } from 'xstate';
import type { AgentDefinition } from '../../agents/define-agent.ts';
import type { OutgoingWebhook } from '../../actors/ports.ts';
import { parseDuration } from '../../agents/setting-types.ts';
import type { Alert, ParticipantRef } from '../../machines/events.ts';
import { claimAttributes } from '../../machines/job/claim.logic.ts';
import type { JobConfig } from '../../machines/job/job.machine.ts';
import type { JobEmitted, JobOffer } from '../../machines/worker/events.ts';
import { AlertList } from '../compose/alert-list.ts';
import { DirectJob, type JobEnd } from '../compose/direct-job.ts';
import { jobConfigFor } from '../compose/job-config-for.ts';
import { heldEngine } from '../analysis/held-engine.ts';
import { bareServices } from '../compose/bare-services.ts';
import { jobConfigOf } from '../compose/worker-options.ts';
import type { FileLine, LogProblem } from '../event-log/log-line.ts';
import type { RuleDefinition } from '../rules/define-config.ts';
import type { ReadRules } from '../rules/read-rules.ts';
import { createRuleFunctions } from '../rules/rule-functions.ts';
import type { SessionView } from '../http/sessions-view.ts';
import { Director } from '../simulated/director.ts';
import { formatTime } from '../simulated/script.ts';
import { identitiesOf } from '../simulated/script-course.ts';
import type { Script } from '../simulated/script.ts';
import { SimulatedServer } from '../simulated/server.ts';
import { SIMULATED_START, VirtualClock } from '../virtual-clock.ts';
import { passBy } from '../virtual-time.ts';
import { readHappening, resolveMetadata, resolveRules, resolveSettings } from './agent-options.ts';
import { ClientView, type ClientMessage } from './client-view.ts';
import { readStory, waysAt, type JobStory, type ReachedState } from './job-story.ts';
import { MemoryLog } from './memory-log.ts';
import { encodeLog, type Replayable } from './recorded-run.ts';

export type AgentOptions = {
  /** That of the dispatch. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** As text, by their environment names; what is not given has its default, whatever the environment says. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Who triggers the job of an agent of type `participant` or `publisher`, which begins once they come
   * in, or publish. Unless told: the first who does. Null: nobody, it begins at once.
   */
  readonly participant?: string | null;
  /** Rules that the job follows, as `greenroom.config.js` holds them. */
  readonly rules?: readonly RuleDefinition[];
  /** The same seed gives the same room. 1 unless told otherwise. */
  readonly seed?: number;
  /** How late and disorderly the server is: 0 (unless told otherwise) to 1. */
  readonly nastiness?: number;
};

/** A webhook of the job, as WEBHOOK_URLS would get it in `greenroom`; `url` is null where it goes to all of these. */
export type SentWebhook = Pick<OutgoingWebhook, 'event' | 'participant' | 'data' | 'url'> & {
  readonly atMs: number;
};

/** A data message of the agent as somebody got it. */
export type SentMessage = ClientMessage & { readonly to: string };

const ROOM = 'test-room';
const JOB_ID = 'AJ_test';
const DISPATCH_ID = 'AD_test';
const AGENT_IDENTITY = `agent-${JOB_ID}`;
/** As a worker without settings has it. */
const defaultSettings = { DRAIN_TIMEOUT: 15_000, MAX_JOB_DURATION: undefined };
/** More of them is no test but a mistake. */
const MAX_FACTS = 100_000;

/**
 * One job of an agent in a simulated room, on virtual time: what happens to it, and what came of it.
 *
 * Time passes only within {@link AgentRun.pass}, so one that is forgotten does nothing any more. All times are
 * milliseconds since its beginning, which is always 2026-01-01T00:00:00Z.
 */
export class AgentRun implements Replayable {
  readonly agent: AgentDefinition;
  /** What the job told its worker, in order. */
  readonly facts: JobEmitted[] = [];
  /** What would be posted to WEBHOOK_URLS, in order. */
  readonly webhooks: SentWebhook[] = [];
  /** What went wrong without ending the job, such as a `view` that threw. */
  readonly problems: LogProblem[] = [];
  /** Epoch milliseconds of its beginning. */
  readonly startedAt = SIMULATED_START;
  /** What its event log is called where it does not replay. */
  readonly source = 'the log of this run';
  readonly #options: AgentOptions;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #rules: ReadRules;
  readonly #clock = new VirtualClock(SIMULATED_START);
  readonly #server: SimulatedServer;
  readonly #director: Director;
  readonly #alerts = new AlertList(MAX_FACTS);
  readonly #identities = new Set<string>();
  /** What happened so far, as lines of a script. */
  readonly #script: string[] = [];
  #job: DirectJob | null = null;
  #log: MemoryLog | null = null;
  #jobStartedAtMs = 0;
  #end: JobEnd | null = null;

  /** @throws GreenroomError `E_CONFIG`, `E_METADATA`. */
  constructor(agent: AgentDefinition, script: Script, options: AgentOptions) {
    const { seed = 1, nastiness = 0 } = options;
    this.agent = agent;
    this.#options = options;
    this.#settings = resolveSettings(agent, options.settings ?? {});
    this.#rules = resolveRules(agent, options.rules ?? []);
    // Metadata that would be refused is a mistake of the test, before anybody comes.
    this.#offerOf({ identity: options.participant ?? 'somebody', sid: 'PA_somebody' });
    const clock = this.#clock;
    this.#server = new SimulatedServer({ clock, seed, nastiness });
    this.#director = new Director(this.#room, clock);
    for (const identity of identitiesOf(script)) this.#identities.add(identity);
    this.#director.play(script);
    this.#beginWhenTriggered();
  }

  get nowMs(): number {
    return this.#clock.now() - SIMULATED_START;
  }

  /** Null while the job runs, or has not begun. */
  get end(): JobEnd | null {
    return this.#end;
  }

  get hasBegun(): boolean {
    return this.#job !== null;
  }

  /** How long the job may go on once it is drained, until it brings its summary. */
  get drainTimeoutMs(): number {
    return this.#config.drainMs;
  }

  /** How long the job may then take to bring it. */
  get summaryTimeoutMs(): number {
    return this.#config.summaryMs;
  }

  /** Whether nobody but agents is in the room. */
  get isDeserted(): boolean {
    return this.#room.isDeserted;
  }

  /** Open and resolved, the latest last. */
  get alerts(): readonly Alert[] {
    return this.#alerts.latest.map(({ alert }) => alert);
  }

  /** The closing figures; null until the agent brings them. */
  get summary(): Readonly<Record<string, unknown>> | null {
    const made = this.facts.find((fact) => fact.type === 'job.summaryMade');
    return made?.summary ?? null;
  }

  /** What participants got of the agent, in the order in which they got it. */
  get messages(): readonly SentMessage[] {
    return [...this.#identities]
      .flatMap((to) => this.clientOf(to).messages.map((message) => ({ to, ...message })))
      .filter(({ sender }) => sender === null || sender === AGENT_IDENTITY)
      .toSorted((one, other) => one.atMs - other.atMs);
  }

  /** What `GET /sessions` would show of the job; null before it begins. */
  get view(): SessionView | null {
    return this.#job?.view() ?? null;
  }

  /** The event log, as a worker would have written it; empty before the job begins. */
  get log(): readonly FileLine[] {
    return this.#log?.lines ?? [];
  }

  /**
   * Writes the event log into a new file, to be replayed by later versions of the agent.
   *
   * @throws the system's error, also where there is such a file already.
   */
  saveLog(file: string): Promise<void> {
    return writeFile(file, encodeLog(this.log), { flag: 'wx' });
  }

  /** The ways of all actors, and what was given to the room. */
  get story(): JobStory {
    return readStory(this.log, this.#jobStartedAtMs);
  }

  /**
   * The states that an actor came to, oldest first.
   *
   * @param path ids below the job: `agent`, `agent/participant:alice`. `track:*` are all tracks.
   */
  statesOf(path = 'agent'): readonly ReachedState[] {
    return waysAt(this.story, path)
      .flatMap(([, way]) => way)
      .toSorted((one, other) => one.atMs - other.atMs);
  }

  /** Of an actor that lives now: context and all. */
  snapshotOf(path = 'agent'): Snapshot<unknown> | undefined {
    return this.#job?.snapshotOf(path.split('/'));
  }

  clientOf(identity: string): ClientView {
    return new ClientView(identity, this.#room, SIMULATED_START);
  }

  /**
   * Lets time pass: milliseconds, or a duration such as `3s` or `1m30s`.
   *
   * @throws what a timer of the agent's ports threw; an error where time stands still.
   */
  async pass(duration: number | string): Promise<void> {
    await passBy(this.#clock, millisecondsOf(duration), () => {
      this.#beginWhenTriggered();
      if (this.facts.length > MAX_FACTS) {
        throw new Error(`the agent reported more than ${MAX_FACTS} facts`);
      }
    });
  }

  /**
   * Lets something happen now: a line of a script without its time, such as `alice mutes microphone`.
   *
   * @throws GreenroomError `E_USAGE` that says what would be right.
   */
  happens(line: string): void {
    const time = formatTime(this.nowMs);
    const script = readHappening(line, this.#script, time);
    this.#script.push(`${time} ${line}`);
    for (const identity of identitiesOf(script)) this.#identities.add(identity);
    for (const { happening } of script) this.#director.perform(happening);
    this.#beginWhenTriggered();
  }

  /** What a worker does that is to stop: the job may end by itself, for as long as its agent may. */
  drain(): void {
    this.#job?.drain();
  }

  /** Cuts the job off, ports and all. Harmless when repeated. */
  async close(): Promise<void> {
    this.#director.stop();
    await this.#job?.close();
    this.#server.stop();
  }

  get #config(): JobConfig {
    return jobConfigFor(this.agent, jobConfigOf(defaultSettings, this.#rules.rules));
  }

  get #room() {
    return this.#server.room(ROOM);
  }

  #beginWhenTriggered(): void {
    if (this.#job) return;
    if (this.agent.jobType === 'room' || this.#options.participant === null) {
      this.#begin(null);
      return;
    }
    const trigger = this.#room.participants.find(
      ({ identity, kind, publishedTracks }) =>
        kind !== 'agent' &&
        identity === (this.#options.participant ?? identity) &&
        (this.agent.jobType === 'participant' || publishedTracks.length > 0),
    );
    if (trigger) this.#begin(trigger.ref);
  }

  #begin(participant: ParticipantRef | null): void {
    const { agent } = this;
    const offer = this.#offerOf(participant);
    const serves = agent.serves && offer.metadata.ok ? offer.metadata.key : null;
    const attributes = serves === null ? {} : claimAttributes({ agent: agent.name, serves });
    const isHidden = agent.permissions(this.#settings).hidden;
    this.#jobStartedAtMs = this.nowMs;
    const onLogProblem = (problem: LogProblem): void => void this.problems.push(problem);
    const job = new DirectJob({
      offer,
      agent,
      settings: this.#settings,
      serves,
      config: this.#config,
      room: this.#server.client(ROOM, { identity: AGENT_IDENTITY, isHidden, attributes }),
      services: {
        ...bareServices,
        analysis: heldEngine(bareServices.analysis, this.#clock),
        ...this.#server.services,
        webhooks: { send: (webhook) => this.#keepWebhook(webhook) },
        ruleFunctions: createRuleFunctions({
          functions: this.#rules.functions,
          clock: this.#clock,
          onStray: (rule, cause) =>
            onLogProblem({ code: 'E_RULE', message: String(cause), retryable: false, where: rule }),
        }),
      },
      clock: this.#clock,
      logs: { open: (_, head) => (this.#log = new MemoryLog(head, onLogProblem)) },
      onLogProblem,
      onFact: (fact) => {
        this.facts.push(fact);
        this.#alerts.observe(offer, fact);
      },
    });
    this.#job = job;
    void job.ended.then((end) => (this.#end = end));
  }

  #keepWebhook({ event, at, participant, data, url }: OutgoingWebhook): void {
    if (this.webhooks.length >= MAX_FACTS) return;
    this.webhooks.push({ event, participant, data, url, atMs: at - SIMULATED_START });
  }

  #offerOf(participant: ParticipantRef | null): JobOffer {
    const { agent } = this;
    const about = {
      jobId: JOB_ID,
      dispatchId: DISPATCH_ID,
      participant: agent.jobType === 'room' ? null : participant,
    };
    const metadata = resolveMetadata(agent, { ...about, metadata: this.#options.metadata ?? {} });
    const { name, jobType } = agent;
    return { ...about, agent: name, jobType, room: { name: ROOM, sid: '' }, metadata };
  }
}

function millisecondsOf(duration: number | string): number {
  const durationMs = typeof duration === 'number' ? duration : parseDuration(duration);
  if (durationMs !== null && durationMs >= 0 && Number.isFinite(durationMs)) return durationMs;
  throw new TypeError(
    `"${duration}" is no time that can pass: expected milliseconds, or a duration such as 500ms, 3s or 1m30s`,
  );
}
