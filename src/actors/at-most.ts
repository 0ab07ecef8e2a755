/**
 * Lets so many pieces of work run at once. One more fails at once: whoever asks faster than is answered should
 * not fill the memory.
 *
 * @param what they are, for the error: `requests`.
 */
export function atMost(max: number, what: string): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  // Async, so that work that throws at once is a rejection like any other.
  return async (work) => {
    if (running >= max) throw new Error(`${max} ${what} are running already`);
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
    }
  };
}
