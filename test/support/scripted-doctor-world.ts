import { Subject } from 'rxjs';
import type { WorkerSocketClient } from '../../src/actors/worker-ports.ts';
import { nextTurn } from '../../src/io/clock.ts';
import type { DoctorWorld } from '../../src/io/doctor/run-doctor.ts';
import type {
  ListedDispatch,
  ListedParticipant,
  ServerApi,
} from '../../src/io/doctor/server-api.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { SocketCommand, SocketFact } from '../../src/machines/worker/events.ts';

export const startedAt = Date.UTC(2026, 0, 1);

export const systemError = (code: string): Error =>
  Object.assign(new Error(`${code} happened`), { code });

type SocketAnswers = {
  readonly open?: SocketFact;
  readonly register?: SocketFact;
};

export const closed = (httpStatus: number | null, message: string): SocketFact => ({
  type: 'socket.closed',
  at: startedAt,
  jitter: 0,
  httpStatus,
  message,
});

export const registered = (serverVersion: string): SocketFact => ({
  type: 'socket.registered',
  at: startedAt,
  workerId: 'AW_1',
  serverVersion,
  serverEdition: 'standard',
});

/** Answers opening and registration as it is told to, and gets its offers from the scripted API. */
export class ScriptedWorkerSocket implements WorkerSocketClient {
  readonly #facts = new Subject<SocketFact>();
  readonly facts$ = this.#facts.asObservable();
  readonly performed: SocketCommand[] = [];
  readonly #answers: SocketAnswers;
  isClosed = false;

  constructor(answers: SocketAnswers = {}) {
    this.#answers = {
      open: { type: 'socket.opened', at: startedAt },
      register: registered('1.13.5'),
      ...answers,
    };
  }

  perform(command: SocketCommand): void {
    this.performed.push(command);
    if (command.type === 'socket.open') this.say(this.#answers.open);
    if (command.type === 'socket.register') this.say(this.#answers.register);
  }

  say(fact: SocketFact | undefined): void {
    nextTurn(() => {
      if (fact) this.#facts.next(fact);
    });
  }

  takeCredentials(): undefined {}

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** A server without a room, which offers a job for each dispatch. */
export class ScriptedServer {
  readonly calls: string[] = [];
  readonly sockets: ScriptedWorkerSocket[] = [];
  rooms: { readonly name: string; readonly participants: number }[] = [];
  readonly participants = new Map<string, readonly ListedParticipant[]>();
  readonly dispatches = new Map<string, readonly ListedDispatch[]>();
  offersJobs = true;

  readonly api: ServerApi = {
    listRooms: () => Promise.resolve(this.rooms),
    listParticipants: (room) => Promise.resolve(this.participants.get(room) ?? []),
    listDispatches: (room) => Promise.resolve(this.dispatches.get(room) ?? []),
    countRecordings: () => Promise.resolve(0),
    createRoom: (room) => this.#note(`create ${room}`),
    createDispatch: (room, agent) => {
      if (this.offersJobs) this.sockets.at(-1)?.say(offerOf(room, agent));
      return this.#note(`dispatch ${agent} to ${room}`);
    },
    deleteRoom: (room) => this.#note(`delete ${room}`),
  };

  openSocket(answers: SocketAnswers = {}): ScriptedWorkerSocket {
    const socket = new ScriptedWorkerSocket(answers);
    this.sockets.push(socket);
    return socket;
  }

  #note(call: string): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}

const offerOf = (room: string, agent: string): SocketFact => ({
  type: 'offer.received',
  at: startedAt,
  offer: {
    jobId: 'AJ_1',
    dispatchId: 'AD_1',
    agent,
    jobType: 'room',
    room: { name: room, sid: 'RM_1' },
    participant: null,
    metadata: { ok: true, value: {}, key: agent, target: null },
  },
});

/** A world in which all is well, but for the changes. */
export function buildDoctorWorld(changes: Partial<DoctorWorld> = {}) {
  const server = new ScriptedServer();
  const clock = new VirtualClock(startedAt);
  const world: DoctorWorld = {
    clock,
    newId: () => 'id',
    nodeVersion: '20.19.0',
    checkRtc: () => ({ kind: 'known' }),
    openApi: () => server.api,
    listModels: () => Promise.resolve({ status: 200, models: [] }),
    openWorkerSocket: () => server.openSocket(),
    resolveHost: () => Promise.resolve(['192.0.2.1']),
    connect: () => Promise.resolve(),
    getHttp: () => Promise.resolve({ status: 200, date: startedAt, body: 'OK' }),
    tryListen: () => Promise.resolve(),
    readOpenFilesLimit: () => Promise.resolve(1_048_576),
    lookAtFolder: () => Promise.resolve({ problem: null, freeBytes: 100 * 2 ** 30, usedBytes: 0 }),
    memoryLimitBytes: () => null,
    totalMemoryBytes: () => 8 * 2 ** 30,
    ...changes,
  };
  return { world, server, clock };
}

/** Never settles, unless it is aborted. */
export const neverAnswers = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
