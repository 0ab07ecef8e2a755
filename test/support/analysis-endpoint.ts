import fastify from 'fastify';

/** What somebody asked an endpoint. */
export type AskedQuestion = {
  readonly authorization: string | undefined;
  readonly model: string;
  /** `json_schema` or `json_object`. */
  readonly format: string;
  readonly system: string;
  /** The conversation, as a JSON document. */
  readonly document: string;
};

export type EndpointAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
};

export type AnalysisEndpoint = {
  /** For ANALYSIS_BASE_URL. */
  readonly url: string;
  readonly questions: readonly AskedQuestion[];
  close(): Promise<void>;
};

type ChatRequest = {
  readonly model: string;
  readonly response_format?: { readonly type: string };
  readonly messages: readonly { readonly content: string }[];
};

/** The answer of a model in the form of OpenAI's API. */
export const saysText = (content: string, finish = 'stop'): EndpointAnswer => ({
  body: JSON.stringify({
    id: 'chat-1',
    object: 'chat.completion',
    created: 1,
    model: 'fake',
    choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }),
});

export const says = (answer: unknown): EndpointAnswer => saysText(JSON.stringify(answer));

/**
 * An OpenAI-compatible endpoint on loopback that answers each question as it is told; null never answers.
 * Its one key is `right-key`, and its models are `fake` and `other`.
 */
export async function startAnalysisEndpoint(
  answer: (question: AskedQuestion, index: number) => EndpointAnswer | null,
): Promise<AnalysisEndpoint> {
  const questions: AskedQuestion[] = [];
  const server = fastify({ forceCloseConnections: true });
  server.get('/v1/models', async (request, reply) => {
    if (request.headers.authorization !== 'Bearer right-key') {
      return reply.code(401).send({ error: { message: 'wrong key' } });
    }
    return { object: 'list', data: [{ id: 'fake' }, { id: 'other' }] };
  });
  server.post<{ Body: ChatRequest }>('/v1/chat/completions', async (request, reply) => {
    const { model, response_format: format, messages } = request.body;
    const question = {
      authorization: request.headers.authorization,
      model,
      format: format?.type ?? 'text',
      system: messages[0]?.content ?? '',
      document: messages[1]?.content ?? '',
    };
    const answered = answer(question, questions.push(question) - 1);
    if (answered === null) {
      reply.hijack();
      return;
    }
    const { status = 200, headers = {}, body } = answered;
    return reply
      .code(status)
      .headers({ 'content-type': 'application/json', ...headers })
      .send(body);
  });
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url: `${origin}/v1`, questions, close: () => server.close() };
}
