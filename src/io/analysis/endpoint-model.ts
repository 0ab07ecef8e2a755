import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  APICallError,
  generateText,
  jsonSchema,
  NoObjectGeneratedError,
  NoOutputGeneratedError,
  Output,
  type JSONSchema7,
} from 'ai';
import { reasonOf } from '../error-reason.ts';
import { createBoundedFetch } from './bounded-fetch.ts';
import { EndpointFailure } from './endpoint-failure.ts';

export type Endpoint = {
  /** Of an API as OpenAI's, such as `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Undefined where it asks for none. */
  readonly apiKey: string | undefined;
  readonly model: string;
};

export type ModelQuestion = {
  readonly system: string;
  readonly prompt: string;
  /** The JSON schema of the answer. */
  readonly schema: Readonly<Record<string, unknown>>;
};

const MAX_ANSWER_BYTES = 1_048_576;
const MAX_OUTPUT_TOKENS = 4_000;

/**
 * One model behind an OpenAI-compatible endpoint, asked once for each question: `POST <base>/chat/completions`
 * (platform.openai.com/docs/api-reference/chat).
 *
 * Asks for structured output (`json_schema`); of an endpoint that does not know that it asks for JSON, with
 * the schema in the instructions, from then on.
 */
export class EndpointModel {
  readonly name: string;
  readonly #model;
  /** Whose endpoint, or model, does not take a schema. */
  readonly #plainModel;
  #takesSchema = true;

  constructor({ baseUrl, apiKey, model }: Endpoint) {
    this.name = model;
    const options = {
      name: 'analysis',
      baseURL: baseUrl,
      fetch: createBoundedFetch(MAX_ANSWER_BYTES),
      ...(apiKey === undefined ? {} : { apiKey }),
    };
    this.#model = createOpenAICompatible({ ...options, supportsStructuredOutputs: true })(model);
    this.#plainModel = createOpenAICompatible(options)(model);
  }

  /**
   * The answer: any JSON.
   *
   * @throws EndpointFailure; the reason of the signal.
   */
  async ask(question: ModelQuestion, signal: AbortSignal): Promise<unknown> {
    if (!this.#takesSchema) return this.#askPlainly(question, signal);
    try {
      return await this.#askWithSchema(question, signal);
    } catch (error) {
      if (!(error instanceof EndpointFailure) || error.kind !== 'rejected') throw error;
      const answer = await this.#askPlainly(question, signal);
      this.#takesSchema = false;
      return answer;
    }
  }

  #askWithSchema({ system, prompt, schema }: ModelQuestion, signal: AbortSignal): Promise<unknown> {
    return answered(signal, async () => {
      const { output } = await generateText({
        ...once(signal),
        model: this.#model,
        system,
        prompt,
        output: Output.object({ name: 'analysis', schema: jsonSchema(schema as JSONSchema7) }),
      });
      return output;
    });
  }

  #askPlainly({ system, prompt, schema }: ModelQuestion, signal: AbortSignal): Promise<unknown> {
    return answered(signal, async () => {
      const { output } = await generateText({
        ...once(signal),
        model: this.#plainModel,
        system: `${system}\n\nThe JSON schema of your answer:\n${JSON.stringify(schema)}`,
        prompt,
        output: Output.json(),
      });
      return output;
    });
  }
}

/** Tries again are made in one place, the engine. */
const once = (abortSignal: AbortSignal) => ({
  abortSignal,
  maxRetries: 0,
  maxOutputTokens: MAX_OUTPUT_TOKENS,
});

async function answered(signal: AbortSignal, ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    throw toFailure(error);
  }
}

/** Takes from it only what holds nothing of what was sent or answered. */
function toFailure(error: unknown): EndpointFailure {
  if (error instanceof EndpointFailure) return error;
  if (APICallError.isInstance(error)) return ofStatus(error);
  if (NoObjectGeneratedError.isInstance(error) || NoOutputGeneratedError.isInstance(error)) {
    return new EndpointFailure('unusable', 'the model did not answer with the JSON asked for');
  }
  const name = error instanceof Error ? error.name : typeof error;
  return new EndpointFailure('unusable', `the answer of the endpoint cannot be read (${name})`);
}

function ofStatus({ statusCode: status, responseHeaders, cause }: APICallError): EndpointFailure {
  if (status === undefined) {
    return new EndpointFailure('unavailable', `the endpoint cannot be reached: ${reasonOf(cause)}`);
  }
  const answers = `the endpoint answers ${status}`;
  if (status === 429 || status === 503) {
    const kind = status === 429 ? 'limited' : 'unavailable';
    return new EndpointFailure(kind, answers, restOf(responseHeaders));
  }
  if (status === 408 || status >= 500) return new EndpointFailure('unavailable', answers);
  if (status === 401 || status === 403 || status === 404) {
    return new EndpointFailure('refused', answers);
  }
  if (status >= 400) return new EndpointFailure('rejected', answers);
  return new EndpointFailure(
    'unusable',
    'the endpoint does not answer as an OpenAI-compatible one',
  );
}

/**
 * Of `Retry-After` (RFC 9110, 10.2.3), in milliseconds; null where it says nothing. A date is held against the
 * `Date` of the same answer, so that the clock here need not agree with that of the endpoint.
 */
function restOf(headers: Readonly<Record<string, string>> = {}): number | null {
  const { date = '', 'retry-after': after = '' } = headers;
  if (/^\d{1,9}$/.test(after)) return Number(after) * 1_000;
  const restMs = timeOf(after) - timeOf(date);
  return restMs > 0 ? restMs : null;
}

/** Not a number for what is no date of HTTP: all of these end with their time zone. */
const timeOf = (date: string): number => (date.endsWith(' GMT') ? Date.parse(date) : Number.NaN);
