import type { AnyActor, AnyTransitionDefinition, EventObject, StateValue } from 'xstate';
import { isMachine } from '../../machines/actor-tree.ts';
import { isPort } from '../../machines/slots.ts';
import { isMachineState } from '../event-log/recorded-actors.ts';
import { stateNodesOf } from '../event-log/watch-system.ts';
import type { ActorHistory, Happening } from './actor-history.ts';
import type { ActorChange, ActorId, ActorRow, ActorStatus } from './protocol.ts';

type ActorParts = Pick<
  ActorRow,
  'id' | 'parent' | 'machine' | 'system' | 'path' | 'name' | 'startedAt' | 'restarts'
> & { readonly ref: AnyActor; readonly history: ActorHistory };

/** Sent and not yet processed: an actor that sends to itself has more than one. */
type Sent = { readonly event: EventObject; readonly from: string | null };
const MAX_SENT = 20;

/** One actor as it is inspected: what it is, where it stands, what happened to it. */
export class InspectedActor {
  readonly id: ActorId;
  readonly ref: AnyActor;
  readonly path: string;
  readonly history: ActorHistory;
  readonly #parts: ActorParts;
  readonly #isMachine: boolean;
  readonly #sent: Sent[] = [];
  #taken: AnyTransitionDefinition[] = [];
  #emitted: EventObject[] = [];
  #status: ActorStatus = 'active';
  #value: StateValue | null = null;
  #stateNodes: unknown;
  #context: unknown = null;
  #endedAt: number | null = null;
  #error: string | null = null;

  constructor(parts: ActorParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.ref = parts.ref;
    this.path = parts.path;
    this.history = parts.history;
    const snapshot: unknown = parts.ref.getSnapshot();
    this.#isMachine = isMachineState(snapshot);
    if (!isMachineState(snapshot)) return;
    this.#value = snapshot.value;
    this.#stateNodes = stateNodesOf(snapshot);
    this.#context = snapshot.context;
    if (this.history.states.length === 0) this.history.enter(parts.startedAt, snapshot.value);
  }

  get hasEnded(): boolean {
    return this.#status !== 'active';
  }

  get status(): ActorStatus {
    return this.#status;
  }

  get value(): StateValue | null {
    return this.#value;
  }

  /** Null where it is no machine. */
  get context(): unknown {
    return this.#context;
  }

  /** What it ended with; null before that, and where it ended with nothing. */
  get output(): unknown {
    const snapshot: unknown = this.ref.getSnapshot();
    if (this.#status !== 'done' || typeof snapshot !== 'object' || snapshot === null) return null;
    const output: unknown = Reflect.get(snapshot, 'output');
    return output ?? null;
  }

  get endedAt(): number | null {
    return this.#endedAt;
  }

  /** A message was sent to it, which it may take later. */
  hear(event: EventObject, from: string | null): void {
    this.#sent.push({ event, from });
    if (this.#sent.length > MAX_SENT) this.#sent.shift();
  }

  take(taken: readonly AnyTransitionDefinition[]): void {
    for (const transition of taken) {
      this.history.count(transition);
      this.#taken.push(transition);
    }
  }

  emit(event: EventObject): void {
    this.#emitted.push(event);
  }

  /**
   * It has processed an event.
   *
   * @returns what has become of it: `another` means that its row is another one now.
   */
  settle(
    at: number,
    event: EventObject,
    snapshot: { readonly status: string },
  ): 'same' | 'another' | 'ended' {
    const before = this.#context;
    const from = this.#senderOf(event);
    const entered = this.#enter(at, snapshot);
    const happening: Happening = {
      at,
      kind: 'received',
      from,
      event,
      taken: this.#taken,
      value: entered,
      before,
      after: this.#context,
    };
    // What starts an actor is no news of it.
    if (event.type !== 'xstate.init') this.history.add(happening);
    for (const emitted of this.#emitted) {
      const about = { kind: 'emitted', from: null, taken: [], value: null } as const;
      this.history.add({ ...happening, ...about, event: emitted, before: null, after: null });
    }
    if (this.#taken.length > 0) this.#taken = [];
    if (this.#emitted.length > 0) this.#emitted = [];
    const hasEnded = this.#end(at, snapshot.status, errorOf(snapshot));
    if (hasEnded) return 'ended';
    return entered === null ? 'same' : 'another';
  }

  /** Gives whether it has broken: it was not told of the event that did it. */
  break(at: number): boolean {
    const snapshot: unknown = this.ref.getSnapshot();
    if (typeof snapshot !== 'object' || snapshot === null) return false;
    const status: unknown = Reflect.get(snapshot, 'status');
    return status === 'error' && this.#end(at, status, errorOf(snapshot));
  }

  get row(): ActorRow {
    const { id, parent, machine, system, path, name, startedAt, restarts, ref } = this.#parts;
    const kind = isMachine(ref.logic) ? 'machine' : isPort(ref.logic) ? 'port' : 'other';
    return {
      ...this.change,
      ...{ id, parent, machine, system, path, name, startedAt, restarts, kind },
    };
  }

  get change(): ActorChange {
    return {
      id: this.id,
      value: this.#value,
      status: this.#status,
      endedAt: this.#endedAt,
      error: this.#error,
    };
  }

  #senderOf(event: EventObject): string | null {
    const index = this.#sent.findIndex((sent) => sent.event === event);
    if (index < 0) return null;
    // Those before it were dropped by an actor that had ended, or eaten by `always`.
    const [sent] = this.#sent.splice(0, index + 1).slice(-1);
    return sent && sent.from !== this.path ? sent.from : null;
  }

  /** Gives the state where it is another one than before. */
  #enter(at: number, snapshot: unknown): StateValue | null {
    if (!this.#isMachine || !isMachineState(snapshot)) return null;
    this.#context = snapshot.context;
    const stateNodes = stateNodesOf(snapshot);
    if (stateNodes !== undefined && stateNodes === this.#stateNodes) return null;
    this.#stateNodes = stateNodes;
    this.#value = snapshot.value;
    this.history.enter(at, snapshot.value);
    return snapshot.value;
  }

  #end(at: number, status: string, error: unknown): boolean {
    if (this.hasEnded || !isEnd(status)) return false;
    this.#status = status;
    this.#endedAt = at;
    if (status === 'error') this.#error = error instanceof Error ? error.message : String(error);
    return true;
  }
}

const errorOf = (snapshot: object): unknown => Reflect.get(snapshot, 'error');

const isEnd = (status: string): status is ActorStatus =>
  status === 'done' || status === 'error' || status === 'stopped';
