/** As much of a participant's text as is kept: anybody may send anything of any size. */
export const maxTextBytes = 16_384;

export type ReceivedText = { readonly text: string | null; readonly truncated: boolean };

/** The first 16 KiB as text, or null where they are not UTF-8. */
export function toReceivedText(bytes: Uint8Array): ReceivedText {
  const truncated = bytes.byteLength > maxTextBytes;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    // As a stream, so that a character cut in half at the limit is left out instead of being an error.
    const text = decoder.decode(bytes.subarray(0, maxTextBytes), { stream: truncated });
    return { text, truncated };
  } catch {
    return { text: null, truncated };
  }
}
