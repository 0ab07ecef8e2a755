import { Subject } from 'rxjs';
import type { Clock, Random } from '../../actors/ports.ts';
import type { JobCredentials, WorkerSocketClient } from '../../actors/worker-ports.ts';
import type { ParticipantRef } from '../../machines/events.ts';
import type {
  JobStatus,
  JobType,
  OfferAnswer,
  SocketCommand,
  SocketFact,
  WorkerStatus,
} from '../../machines/worker/events.ts';
import { CredentialStore } from '../job-credentials.ts';
import type { ReadMetadata } from '../livekit/worker-message.codec.ts';
import { noFaults, type DispatchFaults } from './dispatch-faults.ts';
import { Timers } from './timers.ts';

/** What the simulated server is told of an agent, and how its metadata is read. */
export type SimulatedAgent = {
  readonly agent: string;
  readonly jobType: JobType;
  readonly readMetadata: ReadMetadata;
};

export type SimulatedServerOptions = {
  readonly clock: Clock;
  readonly random: Random;
  /** None unless given. */
  readonly faults?: DispatchFaults;
};

/** A job as the simulated server launches it. */
export type SimulatedJob = {
  readonly jobId: string;
  readonly dispatchId: string;
  readonly room: { readonly name: string; readonly sid: string };
  readonly participant: ParticipantRef | null;
  readonly metadata: string;
};

/** What became of a job, as the server sees it. */
export type SimulatedJobState = SimulatedJob & {
  readonly answer: OfferAnswer | null;
  /** Of the agent's participant. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly status: JobStatus | null;
  readonly error: string;
};

const latencyMs = 5;
/** Longer than any worker keeps a place: the real server gives up after 3 s. */
const lateMs = 8_000;
const longestReorderMs = 500;
const address = 'ws://simulated.invalid';
const tokenPrefix = 'token-of-';

type OfferCommand = Extract<SocketCommand, { type: 'offer.answer' }>;
type Refusal = { readonly httpStatus: number | null; readonly message: string };

/**
 * The dispatcher of a LiveKit server as one agent sees it, without any network.
 *
 * It keeps the habits of the open-source server: an offer is answered once, a job is forgotten with
 * the connection, what breaks the protocol loses the connection without a word.
 */
export class SimulatedWorkerServer {
  readonly #options: SimulatedServerOptions;
  readonly #faults: DispatchFaults;
  readonly #agent: SimulatedAgent;
  readonly #timers: Timers;
  readonly #facts = new Subject<SocketFact>();
  readonly #credentials = new CredentialStore();
  /** Of the connection of now; forgotten with it. */
  readonly #jobs = new Map<string, SimulatedJobState>();
  #state: 'closed' | 'opening' | 'open' | 'registered' | 'closing' = 'closed';
  #refusal: Refusal | undefined;
  #isDeaf = false;
  #registrations = 0;
  #status: WorkerStatus | undefined;
  readonly socket: WorkerSocketClient;

  constructor(agent: SimulatedAgent, options: SimulatedServerOptions) {
    this.#agent = agent;
    this.#options = options;
    this.#faults = options.faults ?? noFaults;
    this.#timers = new Timers(options.clock);
    this.socket = {
      facts$: this.#facts.asObservable(),
      perform: (command) => this.#take(command),
      takeCredentials: (jobId): JobCredentials | undefined => this.#credentials.take(jobId),
      close: () => this.#close(),
    };
  }

  get isRegistered(): boolean {
    return this.#state === 'registered';
  }

  get registrations(): number {
    return this.#registrations;
  }

  /** The latest word of the worker on how much room it has. */
  get status(): WorkerStatus | undefined {
    return this.#status;
  }

  job(jobId: string): SimulatedJobState | undefined {
    return this.#jobs.get(jobId);
  }

  /** Of the participant of a job, by the token of its assignment. */
  attributesOf(token: string): Readonly<Record<string, string>> {
    return this.#jobs.get(token.slice(tokenPrefix.length))?.attributes ?? {};
  }

  /** Offers a job to the worker. Like the real server it does nothing where nobody is registered. */
  offer(job: SimulatedJob): void {
    if (!this.isRegistered) return;
    this.#jobs.set(job.jobId, {
      ...job,
      answer: null,
      attributes: {},
      status: null,
      error: '',
    });
    const delayMs = this.#happens('reorder') ? this.#options.random() * longestReorderMs : 0;
    this.#deliver(() => this.#tellOffer(job), Math.round(delayMs));
  }

  /** Assigns a job, asked for or not. */
  assign(jobId: string): void {
    this.#deliver(() => {
      this.#credentials.put(jobId, { url: address, token: `${tokenPrefix}${jobId}` });
      this.#say({ type: 'assignment.received', at: this.#now(), jobId });
    });
  }

  terminate(jobId: string): void {
    this.#deliver(() => this.#say({ type: 'termination.received', at: this.#now(), jobId }));
  }

  /** Says that a registration was accepted, although it was already. */
  registerAgain(): void {
    this.#after(latencyMs, () => this.#tellRegistered());
  }

  sendGarbage(): void {
    this.#after(latencyMs, () => this.#tellGarbage());
  }

  /** Loses the connection, and with it all that it knew of the jobs. */
  drop(message = 'The server closed the connection (1006).'): void {
    this.#end({ httpStatus: null, message });
  }

  /** From now on refuses connections, as 401 or, with null, as if nobody listened; until {@link welcome}. */
  refuse(httpStatus: number | null): void {
    const message = httpStatus
      ? `The server refused the connection: ${httpStatus}`
      : 'ECONNREFUSED';
    this.#refusal = { httpStatus, message };
  }

  welcome(): void {
    this.#refusal = undefined;
    this.#isDeaf = false;
  }

  /** From now on says nothing at all, and does not close either; until {@link welcome}. */
  goSilent(): void {
    this.#isDeaf = true;
  }

  #take(command: SocketCommand): void {
    if (command.type === 'socket.open') {
      this.#open();
      return;
    }
    if (command.type === 'socket.close') {
      this.#end({ httpStatus: null, message: 'This worker closed the connection.' });
      return;
    }
    if (this.#isDeaf) return;
    if (this.#state === 'open') this.#takeFirst(command);
    else if (this.#state === 'registered') this.#takeNext(command);
  }

  #open(): void {
    if (this.#state !== 'closed') return;
    this.#state = 'opening';
    if (this.#isDeaf) return;
    this.#after(latencyMs, () => {
      if (this.#refusal) {
        this.#end(this.#refusal);
        return;
      }
      this.#state = 'open';
      this.#say({ type: 'socket.opened', at: this.#now() });
    });
  }

  /** Before the registration only a registration or a ping is legal. */
  #takeFirst(command: SocketCommand): void {
    if (command.type === 'socket.ping') {
      this.#pong();
      return;
    }
    if (command.type !== 'socket.register') {
      this.drop();
      return;
    }
    this.#after(latencyMs, () => {
      this.#state = 'registered';
      this.#registrations += 1;
      this.#tellRegistered();
    });
  }

  #takeNext(command: SocketCommand): void {
    switch (command.type) {
      case 'socket.register':
        this.drop();
        return;
      case 'socket.ping':
        this.#pong();
        return;
      case 'status.report': {
        const { load, jobCount, full } = command;
        this.#status = { load, jobCount, full };
        return;
      }
      case 'offer.answer':
        this.#takeAnswer(command);
        return;
      case 'job.report': {
        const job = this.#jobs.get(command.jobId);
        const { status, error } = command;
        if (job) this.#jobs.set(command.jobId, { ...job, status, error });
        return;
      }
      case 'socket.open':
      case 'socket.close':
      case 'jobs.migrate':
    }
  }

  #takeAnswer({ jobId, answer, attributes }: OfferCommand): void {
    const job = this.#jobs.get(jobId);
    if (!job || job.answer !== null) return;
    this.#jobs.set(jobId, { ...job, answer, attributes });
    if (answer !== 'accept' || this.#happens('lost')) return;
    if (this.#happens('late')) this.#after(lateMs, () => this.assign(jobId));
    else this.assign(jobId);
  }

  #pong(): void {
    this.#after(latencyMs, () => this.#say({ type: 'socket.ponged', at: this.#now() }));
  }

  /** Brings one message to a registered worker, or whatever a faulty server makes of it. */
  #deliver(tell: () => void, delayMs = 0): void {
    if (!this.isRegistered) return;
    if (this.#happens('drop')) {
      this.drop();
      return;
    }
    this.#after(latencyMs + delayMs, () => {
      if (this.#happens('garbage')) this.#tellGarbage();
      tell();
      if (this.#happens('duplicate')) this.#after(latencyMs, tell);
    });
  }

  #tellOffer({ jobId, dispatchId, room, participant, metadata }: SimulatedJob): void {
    const { agent, jobType, readMetadata } = this.#agent;
    const read = readMetadata({ jobId, dispatchId, participant, metadata });
    const about = { jobId, dispatchId, agent, jobType, room, participant };
    this.#say({ type: 'offer.received', at: this.#now(), offer: { ...about, metadata: read } });
  }

  #tellRegistered(): void {
    const workerId = `AW_simulated${this.#registrations}`;
    this.#say({
      type: 'socket.registered',
      at: this.#now(),
      workerId,
      serverVersion: 'simulated',
      serverEdition: 'standard',
    });
  }

  #tellGarbage(): void {
    const what = 'a message of an unknown kind';
    this.#say({ type: 'socket.messageRejected', at: this.#now(), what });
  }

  #end({ httpStatus, message }: Refusal): void {
    if (this.#state === 'closed' || this.#state === 'closing') return;
    this.#state = 'closing';
    this.#timers.clear();
    this.#jobs.clear();
    // A silent server does not keep the worker from closing its own side.
    this.#timers.after(latencyMs, () => {
      this.#state = 'closed';
      const jitter = this.#options.random();
      this.#facts.next({ type: 'socket.closed', at: this.#now(), jitter, httpStatus, message });
    });
  }

  #close(): Promise<void> {
    this.#timers.clear();
    this.#jobs.clear();
    this.#credentials.clear();
    this.#state = 'closing';
    return Promise.resolve();
  }

  #after(delayMs: number, callback: () => void): void {
    this.#timers.after(delayMs, callback);
  }

  #say(fact: SocketFact): void {
    if (!this.#isDeaf) this.#facts.next(fact);
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #happens(what: keyof DispatchFaults): boolean {
    const chance = this.#faults[what];
    // Without the chance nothing is drawn, so that a tame server's draws stay its own.
    return chance > 0 && this.#options.random() < chance;
  }
}
