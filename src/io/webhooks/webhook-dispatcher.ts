import type { Clock, OutgoingWebhook, Random, WebhookSender } from '../../actors/ports.ts';
import { reasonOf } from '../error-reason.ts';
import { runOutsideJobs } from '../job-scope.ts';
import type { PostAnswer, WebhookPost } from './http-poster.ts';
import { isWebhookUrl, shownUrl } from './webhook-url.ts';
import { WebhookTarget, type WebhookOutcome } from './webhook-target.ts';

/** What was not delivered to one target, since this was last said. */
export type WebhookTrouble = {
  /** Scheme, host and port: path and query may hold a secret. Empty where there is no such target. */
  readonly target: string;
  readonly reason: string;
  readonly lost: Readonly<Record<Lost, number>>;
  readonly queued: number;
};

type Lost = Exclude<WebhookOutcome, 'delivered'>;

export type WebhookListener = {
  /** @param delayMs from the command to its end at one target. */
  readonly onSettled: (outcome: WebhookOutcome, delayMs: number) => void;
  /** At most once a minute for each target. */
  readonly onTrouble: (trouble: WebhookTrouble) => void;
};

export type WebhookDispatcherOptions = {
  /** Where a webhook goes that names no address of its own. */
  readonly urls: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: () => string;
  readonly encode: (id: string, webhook: OutgoingWebhook) => string;
  readonly sign: (body: string) => Promise<string>;
  /** Never rejects. */
  readonly post: (post: WebhookPost) => Promise<PostAnswer>;
  readonly listener: WebhookListener;
};

type Body =
  | { readonly ok: true; readonly text: string; readonly sizeBytes: number }
  | { readonly ok: false; readonly reason: string };

/** What is to be told of a target, or of webhooks that came to none. */
type Tally = {
  readonly name: string;
  lost: Record<Lost, number>;
  toldAt: number;
};

/** Of them all, also of those that are named by single webhooks. */
const MAX_TARGETS = 100;
const TELL_EVERY_MS = 60_000;

/** Brings the webhooks of a process to all their targets, each of which has a queue of its own. */
export class WebhookDispatcher implements WebhookSender {
  readonly #options: WebhookDispatcherOptions;
  readonly #targets = new Map<string, WebhookTarget>();
  readonly #withoutAddress = newTally('');
  readonly #withoutPlace = newTally('');
  #isClosing = false;

  constructor(options: WebhookDispatcherOptions) {
    this.#options = options;
  }

  get queuedCount(): number {
    return this.#sum(({ queuedCount }) => queuedCount);
  }

  get queuedBytes(): number {
    return this.#sum(({ queuedBytes }) => queuedBytes);
  }

  send(webhook: OutgoingWebhook): void {
    const { urls } = this.#options;
    // The same for each of its targets, and for each try.
    const body = this.#bodyOf(webhook);
    // Deliveries outlive the job that begins one, and share timers and connections.
    runOutsideJobs(() => {
      for (const url of webhook.url === null ? urls : [webhook.url])
        this.#sendTo(url, webhook, body);
    });
  }

  /** Gives what is queued this long, and drops the rest. Resolves to how many those are. */
  async close(timeoutMs: number): Promise<number> {
    this.#isClosing = true;
    const { clock } = this.#options;
    const open = [...this.#targets.values()];
    await new Promise<void>((resolve) => {
      const timer = clock.setTimeout(resolve, timeoutMs);
      void Promise.all(open.map((target) => target.flush())).then(() => {
        clock.clearTimeout(timer);
        resolve();
      });
    });
    const left = this.queuedCount;
    for (const target of open) target.close();
    return left;
  }

  #sendTo(url: string, { job }: OutgoingWebhook, body: Body): void {
    const { listener } = this.#options;
    const known = this.#targets.get(url);
    if (!known && !isWebhookUrl(url)) {
      this.#lose(this.#withoutAddress, 'refused', 'no address for webhooks');
      return;
    }
    if (this.#isClosing) {
      listener.onSettled('dropped', 0);
      return;
    }
    const target = known ?? this.#open(url);
    if (!target) {
      const reason = `${MAX_TARGETS} other addresses have webhooks waiting`;
      this.#lose(this.#withoutPlace, 'dropped', reason);
      return;
    }
    target.send({
      room: job.room.name,
      sizeBytes: body.ok ? body.sizeBytes : 0,
      post: this.#posting(url, body),
    });
  }

  /** Made at once: what waits for hours is then as large as it counts, and not the data of a whole job. */
  #bodyOf(webhook: OutgoingWebhook): Body {
    const { encode, newId } = this.#options;
    try {
      const text = encode(newId(), webhook);
      return { ok: true, text, sizeBytes: Buffer.byteLength(text) };
    } catch (error) {
      // An agent's data may be what is no JSON.
      return { ok: false, reason: reasonOf(error) };
    }
  }

  /** A token is good for one try. */
  #posting(url: string, body: Body): () => Promise<PostAnswer> {
    const { sign, post } = this.#options;
    return async () => {
      if (!body.ok) return { kind: 'unsendable', reason: body.reason };
      try {
        return await post({ url, body: body.text, authorization: await sign(body.text) });
      } catch (error) {
        return { kind: 'unsendable', reason: reasonOf(error) };
      }
    };
  }

  #sum(measure: (target: WebhookTarget) => number): number {
    return [...this.#targets.values()].reduce((sum, target) => sum + measure(target), 0);
  }

  #open(url: string): WebhookTarget | null {
    if (this.#targets.size >= MAX_TARGETS && !this.#forgetIdle()) return null;
    const { clock, random, listener } = this.#options;
    const tally = newTally(shownUrl(url));
    const target = new WebhookTarget({
      clock,
      random,
      onSettled: (outcome, delayMs) => {
        if (outcome !== 'delivered') tally.lost[outcome] += 1;
        listener.onSettled(outcome, delayMs);
      },
      onTrouble: (reason) => this.#tell(tally, reason, target.queuedCount),
    });
    this.#targets.set(url, target);
    return target;
  }

  #forgetIdle(): boolean {
    for (const [url, target] of this.#targets) {
      if (target.queuedCount === 0) return this.#targets.delete(url);
    }
    return false;
  }

  /** One that comes to no target. */
  #lose(tally: Tally, outcome: Lost, reason: string): void {
    tally.lost[outcome] += 1;
    this.#options.listener.onSettled(outcome, 0);
    this.#tell(tally, reason, 0);
  }

  #tell(tally: Tally, reason: string, queued: number): void {
    const { clock, listener } = this.#options;
    const now = clock.now();
    if (now - tally.toldAt < TELL_EVERY_MS) return;
    const { name, lost } = tally;
    tally.toldAt = now;
    tally.lost = nothingLost();
    listener.onTrouble({ target: name, reason, lost, queued });
  }
}

const nothingLost = () => ({ failed: 0, refused: 0, dropped: 0 });

const newTally = (name: string): Tally => ({ name, lost: nothingLost(), toldAt: -Infinity });
