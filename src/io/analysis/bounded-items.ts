import type { AnalysedItem } from '../../machines/analysis/analysis.events.ts';

/** Together as much as a quarter of an hour of talk between a few people. */
const MAX_ITEMS = 200;
const MAX_ITEM_CHARS = 2_048;
const MAX_CHARS = 64_000;
/** No language has such words, and patterns for addresses and numbers take long over them. */
const MAX_WORD_CHARS = 64;

export type BoundedItems = {
  readonly items: readonly AnalysedItem[];
  /** Whether something was left out. */
  readonly isShortened: boolean;
};

/**
 * As much of a request as an engine reads: the newest items that say something.
 *
 * At most 200 items of 2,048 characters each, 64,000 characters in all, and no word of more than 64.
 */
export function boundItems(given: readonly AnalysedItem[]): BoundedItems {
  const kept: AnalysedItem[] = [];
  let chars = 0;
  let isShortened = false;
  for (const item of given.toReversed()) {
    const content = shorten(item.content);
    if (content.length < item.content.length) isShortened = true;
    if (content.trim() === '') continue;
    chars += content.length;
    if (kept.length === MAX_ITEMS || chars > MAX_CHARS) {
      isShortened = true;
      break;
    }
    kept.push({ ...item, content });
  }
  return { items: kept.reverse(), isShortened };
}

const overlongWord = new RegExp(`\\S{${MAX_WORD_CHARS + 1},}`, 'g');

const shorten = (content: string): string =>
  content.slice(0, MAX_ITEM_CHARS).replaceAll(overlongWord, '');
