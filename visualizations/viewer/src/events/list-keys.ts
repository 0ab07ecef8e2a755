/** The line that a key leads to from the current one (below 0: none); null where the key means nothing. */
export function indexBehind(
  key: string,
  current: number,
  count: number,
  page: number,
): number | null {
  const last = count - 1;
  const within = (index: number): number => Math.min(last, Math.max(0, index));
  switch (key) {
    case 'ArrowDown':
      return within(current + 1);
    case 'ArrowUp':
      return current < 0 ? last : within(current - 1);
    case 'PageDown':
      return within(current + page);
    case 'PageUp':
      return current < 0 ? last : within(current - page);
    case 'Home':
      return within(0);
    case 'End':
      return last;
    default:
      return null;
  }
}
