/**
 * The beginning of a text, with `…` where there was more.
 *
 * Joined anew from its characters: a slice would keep the whole text in memory for as long as it lives,
 * and may end within a surrogate pair, which is no text.
 */
export function excerptOf(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const characters = Array.from(text.slice(0, maxChars));
  return `${characters.filter(isWhole).join('')}…`;
}

const isWhole = (character: string): boolean => !/^[\uD800-\uDFFF]$/u.test(character);
