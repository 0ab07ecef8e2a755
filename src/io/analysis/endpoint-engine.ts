import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import type { AnalysisEngine, Clock } from '../../actors/ports.ts';
import type { Analysis, AnalysisRequest } from '../../machines/analysis/analysis.events.ts';
import { answerSchema, toAnalysis, wireSchema } from './endpoint-answer.ts';
import { EndpointFailure, isOutage, isPassing } from './endpoint-failure.ts';
import type { EndpointModel, ModelQuestion } from './endpoint-model.ts';
import { askAbout } from './endpoint-question.ts';

export type EndpointEngineOptions = {
  readonly model: EndpointModel;
  /** For one analysis altogether: its wait, its tries and its repair. */
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'now'>;
};

const MAX_RUNNING = 8;
const MAX_WAITING = 100;
const MAX_RETRIES = 2;
const retryBackoff = new ExponentialBackoff({ initialDelay: 500, maxDelay: 4_000 });
/** After so many failures in a row the endpoint is left alone, but for one try from time to time. */
const MAX_FAILURES = 5;
const pauseBackoff = new ExponentialBackoff({ initialDelay: 10_000, maxDelay: 300_000 });
/** Longer than this nobody may keep us away by `Retry-After`. */
const MAX_REST_MS = 600_000;
const MAX_PROBLEMS_CHARS = 500;

/**
 * Has a model behind an endpoint read conversations.
 *
 * At most 8 questions at once for the process and 100 waiting. An endpoint that fails is asked 3 times, and
 * after 5 failures in a row once in 10 s to 5 min only; one that says `Retry-After` is left alone that long.
 * An answer that is not what was asked for is asked for once more.
 *
 * Rejects with an {@link EndpointFailure}, or the reason of the signal.
 */
export class EndpointEngine implements AnalysisEngine {
  readonly #options: EndpointEngineOptions;
  #restUntil = 0;
  readonly #admission;
  readonly #retry = retry(handleWhen(isPassing), {
    maxAttempts: MAX_RETRIES,
    backoff: retryBackoff,
  });
  readonly #breaker = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(MAX_FAILURES),
    halfOpenAfter: pauseBackoff,
  });

  constructor(options: EndpointEngineOptions) {
    this.#options = options;
    this.#admission = wrap(
      timeout(options.timeoutMs, TimeoutStrategy.Aggressive),
      bulkhead(MAX_RUNNING, MAX_WAITING),
    );
  }

  async analyse(
    request: AnalysisRequest,
    { signal: wanted }: { readonly signal: AbortSignal },
  ): Promise<Analysis> {
    try {
      return await this.#admission.execute(
        ({ signal }) => this.#ask(request, { signal, wanted }),
        wanted,
      );
    } catch (error) {
      wanted.throwIfAborted();
      throw this.#explain(error);
    }
  }

  async #ask(request: AnalysisRequest, signals: Signals): Promise<Analysis> {
    const { system, document, pseudonyms, speakers, isShortened } = askAbout(request);
    const schema = answerSchema(speakers);
    const question = { system, prompt: document, schema: wireSchema(schema) };
    const read = (answer: unknown): Analysis => {
      const { success, data, error } = schema.safeParse(answer);
      if (!success) throw new BadAnswer(error.issues.map(describeIssue).join('; '));
      return toAnalysis(data, pseudonyms, { engine: this.#options.model.name, isShortened });
    };
    try {
      return read(await this.#askPatiently(question, signals));
    } catch (error) {
      if (!(error instanceof EndpointFailure) || error.kind !== 'unusable') throw error;
      const repair = { ...question, system: `${system}\n\n${repairRequest(error)}` };
      return read(await this.#askPatiently(repair, signals));
    }
  }

  #askPatiently(question: ModelQuestion, signals: Signals): Promise<unknown> {
    return this.#retry.execute(() => {
      this.#respectRest();
      // The breaker forgets the signal that it is given where it waits for another's try.
      return this.#breaker.execute(() => this.#askOnce(question, signals));
    }, signals.signal);
  }

  async #askOnce(question: ModelQuestion, { signal, wanted }: Signals): Promise<unknown> {
    try {
      return await this.#options.model.ask(question, signal);
    } catch (error) {
      wanted.throwIfAborted();
      if (signal.aborted) throw this.#tooLate();
      if (error instanceof EndpointFailure && error.restMs !== null) {
        const restMs = Math.min(error.restMs, MAX_REST_MS);
        this.#restUntil = Math.max(this.#restUntil, this.#options.clock.now() + restMs);
      }
      throw error;
    }
  }

  #respectRest(): void {
    const restMs = this.#restUntil - this.#options.clock.now();
    if (restMs <= 0) return;
    const message = `the endpoint wants to be left alone for another ${Math.ceil(restMs / 1_000)} s`;
    throw new EndpointFailure('limited', message, restMs);
  }

  #explain(error: unknown): unknown {
    // By their classes: isTaskCancelledError of cockatiel 3.2.1 looks for another error's mark.
    if (error instanceof TaskCancelledError) return this.#tooLate();
    if (error instanceof BulkheadRejectedError) {
      return new EndpointFailure('busy', `${MAX_WAITING} analyses are waiting already`);
    }
    if (error instanceof BrokenCircuitError) {
      const message = `the endpoint has failed ${MAX_FAILURES} times in a row, and is left alone for a while`;
      return new EndpointFailure('unavailable', message);
    }
    return error;
  }

  #tooLate(): EndpointFailure {
    const { timeoutMs } = this.#options;
    return new EndpointFailure('timed_out', `no analysis within ${timeoutMs / 1_000} s`);
  }
}

type Signals = {
  /** Aborts when time is over, too. */
  readonly signal: AbortSignal;
  readonly wanted: AbortSignal;
};

/** An answer in JSON that does not fit; what is wrong with it is for the model alone. */
class BadAnswer extends EndpointFailure {
  readonly problems: string;

  constructor(problems: string) {
    super('unusable', 'the answer of the model does not fit what was asked');
    this.problems = problems;
  }
}

const repairRequest = (failure: EndpointFailure): string => {
  const problems = failure instanceof BadAnswer ? `: ${failure.problems}` : '';
  const reason = `${failure.message}${problems}`.slice(0, MAX_PROBLEMS_CHARS);
  return `Your answer before this one was refused (${reason}). Answer with that JSON object alone.`;
};

/** Where, and what kind of mistake: nothing of what stands there. */
const describeIssue = ({ path, code }: { path: PropertyKey[]; code: string }): string =>
  `${path.map(String).join('.') || 'the answer'} (${code})`;
