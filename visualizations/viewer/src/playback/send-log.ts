import { authorization } from '../model/link.ts';

/** What of a drop is on its way. */
export type Sending = { readonly file: string; readonly done: number; readonly of: number };

/**
 * Sends the parts of a log to the process that serves the page, which opens it then; how far it is comes on
 * the stream.
 *
 * @throws Error that says why the process does not take it.
 */
export async function sendLog(
  files: readonly File[],
  onSending: (sending: Sending) => void,
): Promise<void> {
  const drop = newDrop();
  for (const [done, file] of files.entries()) {
    onSending({ file: file.name, done, of: files.length });
    await post(`recording/${drop}/${encodeURIComponent(file.name)}`, file);
  }
  await post(`recording/${drop}`, new Blob([]));
}

async function post(path: string, body: Blob): Promise<void> {
  const response = await fetch(new URL(path, document.baseURI), {
    method: 'POST',
    // A browser asks before it sends this type for another page.
    headers: { 'content-type': 'application/octet-stream', ...authorization() },
    body,
  });
  if (response.ok) return;
  const said: unknown = await response.json().catch(() => null);
  const message =
    typeof said === 'object' && said !== null && 'message' in said ? said.message : '';
  throw new Error(typeof message === 'string' && message !== '' ? message : response.statusText);
}

/** `randomUUID` is only there where the page came over TLS, or from loopback. */
function newDrop(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
