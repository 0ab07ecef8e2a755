import { z } from 'zod';
import type { Random } from '../../src/actors/ports.ts';
import { SIMULATED_START, VirtualClock } from '../../src/io/virtual-clock.ts';
import { passBy } from '../../src/io/virtual-time.ts';
import type { PostAnswer } from '../../src/io/webhooks/http-poster.ts';
import {
  WebhookDispatcher,
  type WebhookDispatcherOptions,
  type WebhookTrouble,
} from '../../src/io/webhooks/webhook-dispatcher.ts';
import type { WebhookOutcome } from '../../src/io/webhooks/webhook-target.ts';
import { outgoingWebhook } from './outgoing-webhook.ts';

/** One try, as a target saw it. */
export type SeenTry = {
  readonly url: string;
  readonly id: string;
  readonly room: string;
  readonly seq: number;
  readonly atMs: number;
  /** Among all tries, from 1. */
  readonly nth: number;
};

/** What a target answers to a try, and after how long; a number is a status that comes at once. */
export type Answering = (
  seen: SeenTry,
) => number | (Partial<Extract<PostAnswer, { kind: 'answered' }>> & { readonly afterMs?: number });

/** What the stage has for a body. */
const stageBody = z.object({ id: z.string(), room: z.string(), seq: z.number() });

type StageOptions = { readonly urls?: readonly string[]; readonly random?: Random };

export const HOOK = 'https://hooks.example.com/greenroom?secret=in-the-query';

/** A dispatcher on virtual time, whose targets answer as a test says. */
export class WebhookStage {
  readonly tries: SeenTry[] = [];
  readonly settled: WebhookOutcome[] = [];
  readonly troubles: WebhookTrouble[] = [];
  readonly clock = new VirtualClock(SIMULATED_START);
  readonly dispatcher: WebhookDispatcher;
  /** Most tries under way at once, to each URL. */
  readonly most = new Map<string, number>();
  /** Bodies that were made. */
  encodedCount = 0;
  #underWay = new Map<string, number>();
  #ids = 0;
  answering: Answering;

  constructor(answering: Answering, { urls = [HOOK], random = () => 0.5 }: StageOptions = {}) {
    this.answering = answering;
    const options: WebhookDispatcherOptions = {
      urls,
      clock: this.clock,
      random,
      newId: () => `id-${(this.#ids += 1)}`,
      encode: (id, { job, seq, data }) => {
        this.encodedCount += 1;
        return JSON.stringify({ id, room: job.room.name, seq, data });
      },
      sign: () => Promise.resolve('token'),
      post: ({ url, body }) => this.#post(url, body),
      listener: {
        onSettled: (outcome) => this.settled.push(outcome),
        onTrouble: (trouble) => this.troubles.push(trouble),
      },
    };
    this.dispatcher = new WebhookDispatcher(options);
  }

  get nowMs(): number {
    return this.clock.now() - SIMULATED_START;
  }

  send(room = 'support', seq = 1, url: string | null = null): void {
    this.dispatcher.send(outgoingWebhook(room, seq, { url }));
  }

  pass(durationMs: number): Promise<void> {
    return passBy(this.clock, durationMs);
  }

  count(outcome: WebhookOutcome): number {
    return this.settled.filter((one) => one === outcome).length;
  }

  /** The numbers of those that a room's target saw, in order, each as often as it was tried. */
  seqs(room = 'support', url = HOOK): readonly number[] {
    return this.tries
      .filter((seen) => seen.room === room && seen.url === url)
      .map(({ seq }) => seq);
  }

  async #post(url: string, body: string): Promise<PostAnswer> {
    const { id, room, seq } = stageBody.parse(JSON.parse(body));
    const seen = { url, id, room, seq, atMs: this.nowMs, nth: this.tries.length + 1 };
    this.tries.push(seen);
    this.#move(url, 1);
    const answer = this.answering(seen);
    const { afterMs = 0, ...rest } = typeof answer === 'number' ? { status: answer } : answer;
    await new Promise<void>((resolve) => this.clock.setTimeout(resolve, afterMs));
    this.#move(url, -1);
    return { kind: 'answered', status: 200, retryAfter: '', location: '', ...rest };
  }

  #move(url: string, by: number): void {
    const underWay = (this.#underWay.get(url) ?? 0) + by;
    this.#underWay.set(url, underWay);
    this.most.set(url, Math.max(this.most.get(url) ?? 0, underWay));
  }
}
