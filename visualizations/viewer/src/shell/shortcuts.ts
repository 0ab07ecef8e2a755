/** What a key does anywhere on the page. */
export type Shortcut = {
  /** One key, or two after each other, as they are shown: `g a`. */
  readonly keys: string;
  readonly does: string;
  readonly run: () => void;
};

/** The second key comes within this, or the first is forgotten. */
const SECOND_KEY_MS = 1_000;

/**
 * Finds the shortcut of a key, of which the one before may be the first half.
 *
 * @returns what to do with the next key
 */
export function shortcutReader(
  shortcuts: readonly Shortcut[],
): (key: string, nowMs: number) => Shortcut | null {
  let first: { readonly key: string; readonly atMs: number } | null = null;
  return (key, nowMs) => {
    const typed = first && nowMs - first.atMs < SECOND_KEY_MS ? `${first.key} ${key}` : key;
    const found = shortcuts.find(({ keys }) => keys === typed) ?? null;
    const isFirst = found === null && shortcuts.some(({ keys }) => keys.startsWith(`${key} `));
    first = isFirst ? { key, atMs: nowMs } : null;
    return found;
  };
}
