import { z } from 'zod';
import { createBoundedFetch } from './bounded-fetch.ts';

export type ListedModels = {
  readonly status: number;
  /** Null where what answers there gives no such list. */
  readonly models: readonly string[] | null;
};

const MAX_LIST_BYTES = 8_388_608;
const boundedFetch = createBoundedFetch(MAX_LIST_BYTES);

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/**
 * The models of an OpenAI-compatible endpoint: `GET <base>/models`
 * (platform.openai.com/docs/api-reference/models/list). Follows no redirects.
 *
 * Rejects with the error of `fetch`, or an `EndpointFailure`.
 */
export async function listModels(
  { baseUrl, apiKey }: { readonly baseUrl: string; readonly apiKey: string | undefined },
  signal: AbortSignal,
): Promise<ListedModels> {
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const response = await boundedFetch(`${baseUrl}/models`, { headers, signal });
  const listed = modelList.safeParse(await response.json().catch(() => null));
  const models = response.ok && listed.success ? listed.data.data.map(({ id }) => id) : null;
  return { status: response.status, models };
}
