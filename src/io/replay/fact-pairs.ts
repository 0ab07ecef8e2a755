import { isSame } from '../event-log/plain-json.ts';
import type { RunFact } from './run-facts.ts';

/** A fact that two runs do not share. */
export type FactDifference =
  /** Only in the first run. */
  | { readonly type: 'gone'; readonly first: RunFact }
  /** Only in the second. */
  | { readonly type: 'new'; readonly second: RunFact }
  /** In both, at different times. */
  | { readonly type: 'moved'; readonly first: RunFact; readonly second: RunFact }
  /** In both at the same time, with other figures in it. */
  | { readonly type: 'changed'; readonly first: RunFact; readonly second: RunFact };

export type FactComparison = {
  /** In both runs, alike and at the same time. */
  readonly same: number;
  readonly counts: Readonly<Record<FactDifference['type'], number>>;
  /** Of facts that moved, the most; milliseconds. */
  readonly farthestMs: number;
  /** The first ones, by time. */
  readonly differences: readonly FactDifference[];
};

/** A fact that comes again within this time is the same one, moved. */
const moveMs = 5_000;
/** More differences than a person reads; the others are counted. */
const maxKept = 1_000;

type Pending = { readonly first: RunFact[]; readonly second: RunFact[] };

/**
 * Finds what two runs of one log do not share, while they run side by side.
 *
 * It keeps the unshared facts of the last seconds only, however long the runs are. What has no
 * counterpart within 5 s is gone, or new; except where it is the only one of its kind that is gone and
 * the only one that is new, such as an end: that one has moved.
 */
export class FactPairs {
  readonly #pending = new Map<string, Pending>();
  readonly #kept: FactDifference[] = [];
  readonly #counts = { gone: 0, new: 0, moved: 0, changed: 0 };
  #same = 0;
  #farthestMs = 0;
  #settledAt = 0;

  /** Takes what has happened in both runs since the last call; `t` is the time that both have come to. */
  add(first: readonly RunFact[], second: readonly RunFact[], t: number): void {
    for (const fact of first) this.#take(fact, 'first');
    for (const fact of second) this.#take(fact, 'second');
    // Each time would be a walk over all that is pending for each line of the log.
    if (t - this.#settledAt < moveMs) return;
    this.#settledAt = t;
    this.#settle(t - moveMs);
  }

  finish(): FactComparison {
    this.#settle(Infinity);
    return {
      same: this.#same,
      differences: this.#joinLonely().toSorted((a, b) => timeOf(a) - timeOf(b)),
      counts: this.#counts,
      farthestMs: this.#farthestMs,
    };
  }

  #take(fact: RunFact, side: keyof Pending): void {
    const key = keyOf(fact);
    const pending = this.#pending.get(key) ?? { first: [], second: [] };
    const others = pending[side === 'first' ? 'second' : 'first'];
    const index = others.findIndex(({ t }) => t === fact.t);
    const [other] = index < 0 ? [] : others.splice(index, 1);
    if (!other) {
      pending[side].push(fact);
      this.#pending.set(key, pending);
      return;
    }
    if (pending.first.length + pending.second.length === 0) this.#pending.delete(key);
    if (isSame(fact.event, other.event)) this.#same += 1;
    else if (side === 'first') this.#keep({ type: 'changed', first: fact, second: other });
    else this.#keep({ type: 'changed', first: other, second: fact });
  }

  /** Decides about everything that happened before `before`. */
  #settle(before: number): void {
    for (const [key, pending] of this.#pending) {
      this.#settleOne(pending, before);
      if (pending.first.length + pending.second.length === 0) this.#pending.delete(key);
    }
  }

  #settleOne({ first, second }: Pending, before: number): void {
    for (;;) {
      const [a, b] = [first[0], second[0]];
      const earliest = Math.min(a?.t ?? Infinity, b?.t ?? Infinity);
      if ((!a && !b) || earliest >= before) return;
      if (a && b && Math.abs(a.t - b.t) <= moveMs) {
        this.#move(a, b);
        first.shift();
        second.shift();
      } else if (a && a.t === earliest) {
        this.#keep({ type: 'gone', first: a });
        first.shift();
      } else if (b) {
        this.#keep({ type: 'new', second: b });
        second.shift();
      }
    }
  }

  #move(first: RunFact, second: RunFact): void {
    this.#farthestMs = Math.max(this.#farthestMs, Math.abs(first.t - second.t));
    this.#keep({ type: 'moved', first, second });
  }

  #keep(difference: FactDifference): void {
    this.#counts[difference.type] += 1;
    if (this.#kept.length < maxKept) this.#kept.push(difference);
  }

  /** Whatever is gone once and new once has moved, however far. */
  #joinLonely(): readonly FactDifference[] {
    // Where some were not kept, nobody knows what is the only one.
    if (this.#kept.length === maxKept) return this.#kept;
    const byKey = new Map<string, FactDifference[]>();
    for (const difference of this.#kept) {
      const key = keyOf(oneOf(difference));
      byKey.set(key, [...(byKey.get(key) ?? []), difference]);
    }
    return [...byKey.values()].flatMap((alike) => {
      const [gone, ...moreGone] = alike.filter(({ type }) => type === 'gone');
      const [added, ...moreAdded] = alike.filter(({ type }) => type === 'new');
      const isLonely = moreGone.length + moreAdded.length === 0;
      if (!isLonely || gone?.type !== 'gone' || added?.type !== 'new') return alike;
      this.#counts.gone -= 1;
      this.#counts.new -= 1;
      this.#counts.moved += 1;
      this.#farthestMs = Math.max(this.#farthestMs, Math.abs(gone.first.t - added.second.t));
      const moved = { type: 'moved', first: gone.first, second: added.second } as const;
      return [...alike.filter((one) => one !== gone && one !== added), moved];
    });
  }
}

const keyOf = ({ kind, path, what }: RunFact): string => `${kind} ${path} ${what}`;

const oneOf = (difference: FactDifference): RunFact =>
  difference.type === 'new' ? difference.second : difference.first;

/** When the runs part there: a moved fact is missed, or comes too early, at the earlier of its times. */
export function timeOf(difference: FactDifference): number {
  switch (difference.type) {
    case 'gone':
      return difference.first.t;
    case 'new':
      return difference.second.t;
    default:
      return Math.min(difference.first.t, difference.second.t);
  }
}
