import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock } from '../../actors/ports.ts';
import { reasonOf } from '../error-reason.ts';
import { greenroomVersion } from '../version.ts';

export type WebhookPost = {
  readonly url: string;
  readonly body: string;
  readonly authorization: string;
};

/** What became of a request. */
export type PostAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The headers of these names; empty where there is none. */
      readonly retryAfter: string;
      readonly location: string;
    }
  | { readonly kind: 'unanswered'; readonly reason: string }
  /** It could not even be made. */
  | { readonly kind: 'unsendable'; readonly reason: string };

type PosterOptions = { readonly clock: Clock; readonly timeoutMs: number };

/** Nobody reads what a target says. */
const MAX_ANSWER_BYTES = 1_024;

/** Posts webhooks over connections that are kept open. Follows no redirects and never rejects. */
export class HttpPoster {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });

  constructor({ clock, timeoutMs }: PosterOptions) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** One request, from the look-up of its host to the end of the answer. */
  readonly post = ({ url, body, authorization }: WebhookPost): Promise<PostAnswer> =>
    new Promise((resolve) => {
      const isTls = url.startsWith('https:');
      const options = {
        method: 'POST',
        headers: {
          'content-type': 'application/webhook+json',
          'content-length': Buffer.byteLength(body),
          'user-agent': `greenroom/${greenroomVersion}`,
          authorization,
        },
      };
      const request = isTls
        ? httpsRequest(url, { ...options, agent: this.#https })
        : httpRequest(url, { ...options, agent: this.#http });
      let answer: PostAnswer = { kind: 'unanswered', reason: 'the connection was closed' };
      const timer = this.#clock.setTimeout(
        () => request.destroy(new Error(`no answer within ${this.#timeoutMs / 1_000} s`)),
        this.#timeoutMs,
      );
      request.on('response', (response) => {
        answer = answerOf(response);
        let readBytes = 0;
        response.on('data', (chunk: Buffer) => {
          readBytes += chunk.length;
          if (readBytes > MAX_ANSWER_BYTES) request.destroy();
        });
        // The status is known: what breaks in the rest of the answer changes nothing.
        response.on('error', () => {});
      });
      request.on('error', (error) => {
        if (answer.kind === 'unanswered') answer = { kind: 'unanswered', reason: reasonOf(error) };
      });
      request.on('close', () => {
        this.#clock.clearTimeout(timer);
        resolve(answer);
      });
      request.end(body);
    });

  /** Breaks off what is under way, and closes all connections. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

const answerOf = ({ statusCode, headers }: IncomingMessage): PostAnswer => ({
  kind: 'answered',
  status: statusCode ?? 0,
  retryAfter: headers['retry-after'] ?? '',
  location: headers.location ?? '',
});
