import type { Clock, Random } from '../../actors/ports.ts';
import { backoffDelayMs } from '../../machines/worker/backoff.logic.ts';
import type { PostAnswer } from './http-poster.ts';
import { judge, type Verdict } from './verdict.ts';

/** A webhook on its way to one address. */
export type OutgoingPost = {
  readonly room: string;
  /** Of its body. */
  readonly sizeBytes: number;
  /** One try. Never rejects. */
  readonly post: () => Promise<PostAnswer>;
};

/**
 * `failed`: not delivered in all its tries. `refused`: the target does not want it. `dropped`: there was
 * no room for it, or the process ended.
 */
export type WebhookOutcome = 'delivered' | 'failed' | 'refused' | 'dropped';

type TargetListener = {
  /** @param delayMs from the command to the end. */
  readonly onSettled: (outcome: WebhookOutcome, delayMs: number) => void;
  /** Something was lost, or the target is down. */
  readonly onTrouble: (reason: string) => void;
};

type TargetOptions = TargetListener & { readonly clock: Clock; readonly random: Random };

type Delivery = OutgoingPost & {
  readonly queuedAt: number;
  tries: number;
  isUnderWay: boolean;
};

/** The webhooks of one room, in order; the first of them is the one that is tried. */
type Lane = { readonly deliveries: Delivery[]; rest: unknown };

/** Of one room, and of all; beyond it the oldest are dropped. */
const MAX_OF_ROOM = 100;
const MAX_OF_TARGET = 1_000;
const MAX_BYTES_OF_TARGET = 16_000_000;
const MAX_UNDER_WAY = 16;

/** With these waits, some 46 to 91 s between the first try and the last. */
const MAX_TRIES = 8;
const backoff = { minMs: 1_000, maxMs: 30_000 } as const;

/** After so many failures in a row the target counts as down: one try at a time, with this long between two. */
const DOWN_AFTER_FAILURES = 5;
const PROBE_EVERY_MS = 30_000;

/**
 * Brings webhooks to one address: those of one room one after the other, and rooms side by side.
 *
 * What fails is tried again, and its room waits for it. While the target is down, all rooms wait and
 * what is too much is dropped.
 */
export class WebhookTarget {
  readonly #options: TargetOptions;
  /** Those that have something to deliver. */
  readonly #lanes = new Map<string, Lane>();
  /** Those whose first may be tried, in turn. */
  readonly #ready = new Set<Lane>();
  /** Oldest first. */
  readonly #queued = new Set<Delivery>();
  #queuedBytes = 0;
  #underWay = 0;
  #failuresInRow = 0;
  /** Down until then, or asked for patience until then: epoch milliseconds. */
  #downUntil = 0;
  #pausedUntil = 0;
  #wakeAt = Infinity;
  #wake: unknown;
  #isClosed = false;
  #whenEmpty: (() => void)[] = [];

  constructor(options: TargetOptions) {
    this.#options = options;
  }

  get queuedCount(): number {
    return this.#queued.size;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Returns at once: the first try comes in another turn of the event loop. */
  send(post: OutgoingPost): void {
    const { clock } = this.#options;
    const delivery: Delivery = { ...post, queuedAt: clock.now(), tries: 0, isUnderWay: false };
    this.#queued.add(delivery);
    this.#queuedBytes += delivery.sizeBytes;
    const lane = this.#lanes.get(post.room);
    if (lane) {
      lane.deliveries.push(delivery);
      if (lane.deliveries.length > MAX_OF_ROOM) this.#dropOldest(lane.deliveries);
    } else {
      const opened = { deliveries: [delivery], rest: null };
      this.#lanes.set(post.room, opened);
      this.#ready.add(opened);
    }
    if (this.#queued.size > MAX_OF_TARGET) this.#dropOldest(this.#queued);
    while (this.#queuedBytes > MAX_BYTES_OF_TARGET && this.#dropOldest(this.#queued));
    this.#wakeUpAt(clock.now());
  }

  /** Resolves when nothing is left to deliver. */
  flush(): Promise<void> {
    if (this.#queued.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  /** Drops what is left, also what is under way. */
  close(): void {
    this.#isClosed = true;
    this.#options.clock.clearTimeout(this.#wake);
    for (const { rest } of this.#lanes.values()) this.#options.clock.clearTimeout(rest);
    for (const delivery of this.#queued) this.#settle(delivery, 'dropped');
  }

  /** Whether there was one that could be dropped: not what is under way. */
  #dropOldest(deliveries: Iterable<Delivery>): boolean {
    for (const delivery of deliveries) {
      if (delivery.isUnderWay) continue;
      this.#settle(delivery, 'dropped');
      this.#options.onTrouble('too many wait to be delivered');
      return true;
    }
    return false;
  }

  /** The next turns are those of the rooms that are ready, as many as may be. */
  #takeTurns(): void {
    const now = this.#options.clock.now();
    const waitUntil = Math.max(this.#downUntil, this.#pausedUntil);
    if (waitUntil > now) {
      if (this.#ready.size > 0) this.#wakeUpAt(waitUntil);
      return;
    }
    const isDown = this.#failuresInRow >= DOWN_AFTER_FAILURES;
    const atMost = isDown ? 1 : MAX_UNDER_WAY;
    for (const lane of this.#ready) {
      if (this.#underWay >= atMost) return;
      this.#ready.delete(lane);
      const [first] = lane.deliveries;
      if (first) void this.#try(lane, first);
    }
  }

  async #try(lane: Lane, delivery: Delivery): Promise<void> {
    delivery.isUnderWay = true;
    delivery.tries += 1;
    this.#underWay += 1;
    const answer = await delivery.post();
    if (this.#isClosed) return;
    this.#underWay -= 1;
    delivery.isUnderWay = false;
    const verdict = judge(answer, this.#options.clock.now());
    if (answer.kind !== 'unsendable') this.#note(verdict);
    this.#go(lane, delivery, verdict);
    this.#takeTurns();
  }

  /** What one answer says of the target as a whole. */
  #note(verdict: Verdict): void {
    if (verdict.kind !== 'failed') {
      this.#failuresInRow = 0;
      this.#downUntil = 0;
      return;
    }
    const { reason, retryAfterMs } = verdict;
    const now = this.#options.clock.now();
    this.#failuresInRow += 1;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + retryAfterMs);
    if (this.#failuresInRow < DOWN_AFTER_FAILURES) return;
    this.#downUntil = now + PROBE_EVERY_MS;
    this.#options.onTrouble(reason);
  }

  /** Goes on with the lane of a delivery that was tried. */
  #go(lane: Lane, delivery: Delivery, verdict: Verdict): void {
    const { clock, random, onTrouble } = this.#options;
    if (verdict.kind === 'failed' && delivery.tries < MAX_TRIES) {
      lane.rest = clock.setTimeout(
        () => {
          lane.rest = null;
          this.#ready.add(lane);
          this.#takeTurns();
        },
        backoffDelayMs(delivery.tries, random(), backoff),
      );
      return;
    }
    this.#settle(delivery, verdict.kind);
    if (verdict.kind !== 'delivered') onTrouble(verdict.reason);
    if (lane.deliveries.length > 0) this.#ready.add(lane);
  }

  #settle(delivery: Delivery, outcome: WebhookOutcome): void {
    const { clock, onSettled } = this.#options;
    const lane = this.#lanes.get(delivery.room);
    if (lane) {
      lane.deliveries.splice(lane.deliveries.indexOf(delivery), 1);
      if (lane.deliveries.length === 0) {
        clock.clearTimeout(lane.rest);
        this.#ready.delete(lane);
        this.#lanes.delete(delivery.room);
      }
    }
    this.#queued.delete(delivery);
    this.#queuedBytes -= delivery.sizeBytes;
    onSettled(outcome, clock.now() - delivery.queuedAt);
    if (this.#queued.size > 0) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  #wakeUpAt(at: number): void {
    const { clock } = this.#options;
    if (at >= this.#wakeAt) return;
    clock.clearTimeout(this.#wake);
    this.#wakeAt = at;
    this.#wake = clock.setTimeout(() => {
      this.#wakeAt = Infinity;
      this.#takeTurns();
    }, at - clock.now());
  }
}
