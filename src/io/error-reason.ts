/** The code of a system error, such as ECONNREFUSED, also where `fetch` hides it in the cause. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error.cause instanceof Error) return codeOf(error.cause);
  return 'code' in error ? String(error.code) : '';
}

/** What an error says, with the reason that `fetch` hides in the cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message || codeOf(error) || error.name;
}
