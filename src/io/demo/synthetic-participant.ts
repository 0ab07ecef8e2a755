import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AccessToken } from 'livekit-server-sdk';
import { Subject, type Observable } from 'rxjs';
import { sleep } from '../clock.ts';
import type {
  Answer,
  NumberedOrder,
  Order,
  ReconnectKind,
  SyntheticSource,
} from './synthetic-participant.protocol.ts';

const EXIT_TIMEOUT_MS = 3_000;
/** Older messages are forgotten. */
const MAX_MESSAGES = 1_000;
const MAX_STDERR_CHARS = 4_000;

export type SyntheticParticipantOptions = {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly room: string;
  readonly identity: string;
  readonly name?: string;
  /** Published at the start, unmuted and silent. */
  readonly sources?: readonly SyntheticSource[];
};

/** A data message as it was received; a hidden sender is null. */
export type SyntheticMessage = {
  readonly topic: string;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly senderIdentity: string | null;
};

type Waiter = {
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
};

/**
 * A participant with a synthetic voice and camera in a process of its own, for the demo and the tests.
 *
 * The process ends with its parent. Every order resolves once it is done on the participant's side, and
 * rejects where it could not be.
 */
export class SyntheticParticipant {
  readonly identity: string;
  readonly #child: ChildProcess;
  readonly #messages: SyntheticMessage[] = [];
  readonly #received = new Subject<SyntheticMessage>();
  readonly #waiters = new Map<number, Waiter>();
  #lastOrder = 0;
  #stderr = '';
  #sid = '';

  /** Joins the room. Resolves when it is inside and its tracks are published. */
  static async start(options: SyntheticParticipantOptions): Promise<SyntheticParticipant> {
    const participant = new SyntheticParticipant(options.identity);
    try {
      const token = await tokenFor(options);
      participant.#sid = await participant.#order({ kind: 'join', url: options.url, token });
      for (const source of options.sources ?? []) await participant.publish(source);
      return participant;
    } catch (error) {
      await participant.kill();
      throw error;
    }
  }

  private constructor(identity: string) {
    this.identity = identity;
    this.#child = fork(childPath, {
      // Not the parent's own: a test runner's loaders have no business there.
      execArgv: childPath.endsWith('.ts') ? ['--import', 'tsx'] : [],
      cwd: dirname(childPath),
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    trackChild(this.#child);
    this.#child.on('message', (answer: Answer) => this.#hear(answer));
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-MAX_STDERR_CHARS);
    });
    this.#child.once('exit', (code, signal) => this.#onExit(signal ?? `status ${code ?? '?'}`));
    this.#child.on('error', (error) => this.#onExit(error.message));
  }

  get sid(): string {
    return this.#sid;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it received so far, in order of arrival. */
  get messages(): readonly SyntheticMessage[] {
    return this.#messages;
  }

  get messages$(): Observable<SyntheticMessage> {
    return this.#received;
  }

  /** Resolves to the SID of the track. */
  publish(source: SyntheticSource): Promise<string> {
    return this.#order({ kind: 'publish', source });
  }

  async unpublish(source: SyntheticSource): Promise<void> {
    await this.#order({ kind: 'unpublish', source });
  }

  async mute(source: SyntheticSource): Promise<void> {
    await this.#order({ kind: 'mute', source, muted: true });
  }

  async unmute(source: SyntheticSource): Promise<void> {
    await this.#order({ kind: 'mute', source, muted: false });
  }

  /**
   * Makes sound on the microphone; resolves at its beginning.
   *
   * @param durationMs null: until {@link hush}.
   * @param amplitude 0 to 1, of the loudest sample; the level is `speechRms(amplitude)`.
   */
  async speak(durationMs: number | null = null, amplitude = 0.3): Promise<void> {
    await this.#order({ kind: 'speak', durationMs, amplitude });
  }

  async hush(): Promise<void> {
    await this.#order({ kind: 'hush' });
  }

  /** The camera stays published and unmuted, and delivers no more pictures. */
  async stopFilming(): Promise<void> {
    await this.#order({ kind: 'film', filming: false });
  }

  async startFilming(): Promise<void> {
    await this.#order({ kind: 'film', filming: true });
  }

  /** Sent reliably; to everybody where nobody is named. */
  async sendData(topic: string, bytes: Uint8Array, to: readonly string[] = []): Promise<void> {
    const base64 = Buffer.from(bytes).toString('base64');
    await this.#order({ kind: 'sendData', topic, base64, to });
  }

  /** A LiveKit text stream, to everybody. */
  async sendText(topic: string, text: string): Promise<void> {
    await this.#order({ kind: 'sendText', topic, text });
  }

  async setMetadata(metadata: string): Promise<void> {
    await this.#order({ kind: 'setMetadata', metadata });
  }

  async setAttributes(attributes: Readonly<Record<string, string>>): Promise<void> {
    await this.#order({ kind: 'setAttributes', attributes });
  }

  /** Loses its connection and finds back by itself; resolves when it has, and `sid` may be another then. */
  async reconnect(how: ReconnectKind): Promise<void> {
    this.#sid = await this.#order({ kind: 'reconnect', how });
  }

  /** Says goodbye and ends the process. */
  async leave(): Promise<void> {
    if (this.#hasExited) return;
    const exited = this.#exit();
    await this.#order({ kind: 'leave' }).catch(() => undefined);
    const timeout = new AbortController();
    await Promise.race([exited, sleep(EXIT_TIMEOUT_MS, timeout.signal)]).catch(() => undefined);
    timeout.abort();
    await this.kill();
  }

  /** Ends the process without a goodbye: to the others the connection is just silent. */
  async kill(): Promise<void> {
    if (this.#hasExited) return;
    const exited = this.#exit();
    this.#child.kill('SIGKILL');
    await exited;
  }

  /** Stops the process where it stands, like a laptop that is closed. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  get #hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #exit(): Promise<unknown> {
    return once(this.#child, 'exit');
  }

  #order(order: Order): Promise<string> {
    if (this.#hasExited) return Promise.reject(new Error(`${this.identity} is gone.`));
    this.#lastOrder += 1;
    const numbered: NumberedOrder = { id: this.#lastOrder, order };
    return new Promise((resolve, reject) => {
      this.#waiters.set(numbered.id, { resolve, reject });
      this.#child.send(numbered, (error) => {
        if (error) this.#take(numbered.id)?.reject(error);
      });
    });
  }

  #hear(answer: Answer): void {
    if (answer.kind === 'done') this.#take(answer.id)?.resolve(answer.result);
    else if (answer.kind === 'refused') {
      this.#take(answer.id)?.reject(new Error(`${this.identity}: ${answer.message}`));
    } else if (answer.kind === 'data') {
      const bytes = Buffer.from(answer.base64, 'base64');
      const { topic, senderIdentity } = answer;
      const message = { topic, bytes, text: bytes.toString(), senderIdentity };
      this.#messages.push(message);
      if (this.#messages.length > MAX_MESSAGES) this.#messages.shift();
      this.#received.next(message);
    }
  }

  #take(id: number): Waiter | undefined {
    const waiter = this.#waiters.get(id);
    this.#waiters.delete(id);
    return waiter;
  }

  #onExit(how: string): void {
    for (const [id, { reject }] of this.#waiters) {
      this.#waiters.delete(id);
      reject(new Error(`${this.identity} ended (${how}). ${this.#stderr}`.trim()));
    }
  }
}

/** TypeScript where this module is, JavaScript where it is. */
const childPath = fileURLToPath(
  new URL('./synthetic-participant.child.ts', import.meta.url),
).replace(/ts$/, import.meta.url.endsWith('.ts') ? 'ts' : 'js');

function tokenFor(options: SyntheticParticipantOptions): Promise<string> {
  const { apiKey, apiSecret, room, identity, name } = options;
  const token = new AccessToken(apiKey, apiSecret, { identity, name: name ?? identity });
  token.addGrant({ roomJoin: true, room, canUpdateOwnMetadata: true });
  return token.toJwt();
}

const liveChildren = new Set<ChildProcess>();

/** A process ends by itself when its parent is gone, but not while it is frozen. */
function trackChild(child: ChildProcess): void {
  if (liveChildren.size === 0) process.on('exit', killChildren);
  liveChildren.add(child);
  child.once('exit', () => {
    liveChildren.delete(child);
    if (liveChildren.size === 0) process.off('exit', killChildren);
  });
}

function killChildren(): void {
  for (const child of liveChildren) child.kill('SIGKILL');
}
