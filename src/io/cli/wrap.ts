const LEAST_WIDTH = 30;

/**
 * Breaks lines between words at a width; null: nowhere. A word that is too long for a line keeps one to
 * itself.
 */
export function wrap(lines: readonly string[], width: number | null): string[] {
  if (width === null) return [...lines];
  const most = Math.max(width, LEAST_WIDTH);
  return lines.flatMap((line) => {
    const broken: string[] = [];
    const indent = /^->? /.exec(line)?.[0].replaceAll(/./g, ' ') ?? '';
    let current = '';
    for (const word of line.split(' ')) {
      if (current !== '' && current.length + 1 + word.length > most) {
        broken.push(current);
        current = `${indent}${word}`;
      } else {
        current = current === '' ? word : `${current} ${word}`;
      }
    }
    return [...broken, current];
  });
}
