import { EndpointFailure } from './endpoint-failure.ts';

/**
 * A `fetch` that reads at most so many bytes of an answer, and follows no redirect: the key in its headers
 * is for the address given and for no other.
 *
 * Rejects with an {@link EndpointFailure} for an answer that is too long, and for a redirect.
 */
export const createBoundedFetch =
  (maxBytes: number): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' });
    const { status, headers } = response;
    if (status >= 300 && status < 400) {
      await response.body?.cancel();
      throw new EndpointFailure(
        'refused',
        `the endpoint redirects (${status}), which is not followed`,
      );
    }
    const body = await readBounded(response, maxBytes);
    // What was decoded and counted here has other headers about its encoding and length.
    const kept = ['content-type', 'date', 'retry-after'].flatMap((name): [string, string][] => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    return new Response(body === '' ? null : body, { status, headers: kept });
  };

async function readBounded({ body }: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  if (!body) return text;
  const chunks: AsyncIterable<Uint8Array> = body;
  // Leaving the loop ends the download.
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new EndpointFailure('unusable', `the endpoint answered with over ${maxBytes} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
