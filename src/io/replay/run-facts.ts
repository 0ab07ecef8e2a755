import type { EventObject, StateValue } from 'xstate';
import type { FileLine, LogLine, ProblemLine } from '../event-log/log-line.ts';
import { isStimulus } from '../event-log/log-line.ts';
import { stateLeaves } from './state-leaves.ts';

/** Something that a person would say of a run. */
export type RunFact = {
  /** Milliseconds since the beginning of the log. */
  readonly t: number;
  readonly kind: 'state' | 'alert' | 'message' | 'end';
  /** Of the actor that it is about. */
  readonly path: string;
  /** The same in two runs where the same happens, whenever that is. */
  readonly what: string;
  /** All that was said, times and figures too. */
  readonly event?: unknown;
};

/** What a run came to. */
export type RunFigures = {
  /** Milliseconds since the beginning of the log; null: the root still runs where the log ends. */
  readonly endedAt: number | null;
  /** As the job has it. */
  readonly endReason: string | null;
  readonly alertsOpened: number;
  readonly messagesSent: number;
  /** Of the agent, the last; null where it made none. */
  readonly summary: Readonly<Record<string, unknown>> | null;
  /** By actor and state, milliseconds. */
  readonly timeInStates: ReadonlyMap<string, number>;
};

type Seen = { readonly path: string; leaves: ReadonlyMap<string, number> };

/** So many actors and states are told apart in the sums; what comes on top is left out of them. */
const maxSums = 10_000;

/** Reads the lines of a run as facts, and adds up its figures. */
export class RunFacts {
  readonly #actors = new Map<number, Seen>();
  readonly #timeInStates = new Map<string, number>();
  #t = 0;
  #endedAt: number | null = null;
  #endReason: string | null = null;
  #alertsOpened = 0;
  #messagesSent = 0;
  #summary: Readonly<Record<string, unknown>> | null = null;

  feed(line: FileLine): readonly RunFact[] {
    if (isStimulus(line)) this.#t = line.t;
    if (!('actor' in line)) return [];
    if (line.kind === 'actor') {
      this.#actors.set(line.actor, { path: line.path, leaves: new Map() });
      return [];
    }
    const seen = this.#actors.get(line.actor);
    return seen ? this.#tell(line, seen) : [];
  }

  /** @param t where the run ends; states that last are counted until then. */
  finish(t: number): RunFigures {
    this.#t = Math.max(this.#t, t);
    for (const seen of this.#actors.values()) this.#leave(seen, new Set());
    return {
      endedAt: this.#endedAt,
      endReason: this.#endReason,
      alertsOpened: this.#alertsOpened,
      messagesSent: this.#messagesSent,
      summary: this.#summary,
      timeInStates: this.#timeInStates,
    };
  }

  #tell(line: LogLine | ProblemLine, seen: Seen): readonly RunFact[] {
    switch (line.kind) {
      case 'state':
        return this.#enter(seen, line.value);
      case 'command':
        return this.#command(seen, line.event);
      case 'emitted':
        return this.#emitted(seen, line.event);
      case 'ended':
        return this.#end(line.actor, seen);
      default:
        return [];
    }
  }

  #enter(seen: Seen, value: StateValue): readonly RunFact[] {
    const now = new Set(stateLeaves(value));
    const entered = [...now].filter((leaf) => !seen.leaves.has(leaf));
    this.#leave(seen, now);
    seen.leaves = new Map([...seen.leaves, ...entered.map((leaf) => [leaf, this.#t] as const)]);
    return entered.map((leaf) => this.#fact('state', seen, leaf));
  }

  /** Adds the time of the states that are not among those that go on. */
  #leave(seen: Seen, goingOn: ReadonlySet<string>): void {
    for (const [leaf, since] of seen.leaves) {
      if (goingOn.has(leaf)) continue;
      const key = `${seen.path} ${leaf}`;
      const sum = this.#timeInStates.get(key);
      if (sum === undefined && this.#timeInStates.size >= maxSums) continue;
      this.#timeInStates.set(key, (sum ?? 0) + this.#t - since);
    }
    seen.leaves = new Map([...seen.leaves].filter(([leaf]) => goingOn.has(leaf)));
  }

  #command(seen: Seen, event: EventObject): readonly RunFact[] {
    if (event.type === 'data.publish') this.#messagesSent += 1;
    return [this.#fact('message', seen, commandWords(event), event)];
  }

  #emitted(seen: Seen, event: unknown): readonly RunFact[] {
    if (!isEvent(event)) return [];
    switch (event.type) {
      case 'job.alertOpened':
        this.#alertsOpened += 1;
        return [this.#fact('alert', seen, `${keyOf(event)} opens`, event)];
      case 'job.alertUpdated':
        return [this.#fact('alert', seen, `${keyOf(event)} changes`, event)];
      case 'job.alertResolved':
        return [this.#fact('alert', seen, `${keyOf(event)} is resolved`, event)];
      case 'job.summaryMade':
        this.#summary = recordIn(event, 'summary');
        return [];
      case 'job.ending':
        this.#endReason = String(Reflect.get(event, 'reason'));
        return [this.#fact('end', seen, `ends as ${this.#endReason}`)];
      default:
        // What else is emitted repeats in other words what states and commands have said.
        return [];
    }
  }

  #end(actor: number, seen: Seen): readonly RunFact[] {
    this.#leave(seen, new Set());
    this.#actors.delete(actor);
    const isRoot = !seen.path.includes('/');
    if (isRoot) this.#endedAt = this.#t;
    return [];
  }

  #fact(kind: RunFact['kind'], { path }: Seen, what: string, event?: unknown): RunFact {
    return { t: this.#t, kind, path, what, ...(event !== undefined && { event }) };
  }
}

/** Longer words are cut: they only tell one message from another. */
const maxWords = 120;

/** What every message of an agent is stamped with. */
const stamps: readonly string[] = ['type', 'agent', 'job_id'];

/** All texts and flags of a command, but no number: times are numbers. */
function commandWords({ type, ...rest }: EventObject): string {
  const { topic, to, payload }: { topic?: unknown; to?: unknown; payload?: unknown } = rest;
  if (type !== 'data.publish') return `${type} ${wordsOf(rest)}`.trim().slice(0, maxWords);
  const receivers = Array.isArray(to) && to.length > 0 ? to.filter(isText).join(', ') : 'all';
  const said = wordsOf(payload, stamps);
  return `message ${String(topic)} to ${receivers}: ${said}`.slice(0, maxWords);
}

function wordsOf(value: unknown, without: readonly string[] = []): string {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .filter(([key]) => !without.includes(key))
    .flatMap(([key, inner]) => {
      const words = wordsOf(inner);
      return words === '' ? [] : [Array.isArray(value) ? words : `${key} ${words}`];
    })
    .join(', ');
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isEvent = (value: unknown): value is EventObject =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const keyOf = (event: EventObject): string => String(recordIn(event, 'alert')?.['key']);

function recordIn(event: EventObject, key: string): Readonly<Record<string, unknown>> | null {
  const value: unknown = Reflect.get(event, key);
  return typeof value === 'object' && value !== null ? { ...value } : null;
}
