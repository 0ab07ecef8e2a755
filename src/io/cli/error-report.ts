import type { GreenroomError } from '../errors.ts';
import { maskTokens } from '../mask-secrets.ts';

/** An error as one block for a person: what is wrong, each detail on its line, what to do. */
export function renderError(
  error: GreenroomError,
  { withStack }: { readonly withStack: boolean },
): string {
  const lines = [
    `error: ${error.message} (${error.code})`,
    ...error.details.map((detail) => `  - ${detail}`),
    `what to do: ${error.remedy}`,
    ...(withStack ? ['', ...stacksOf(error)] : []),
  ];
  return maskTokens(`${lines.join('\n')}\n`);
}

function stacksOf(error: Error): string[] {
  const stack = error.stack ?? String(error);
  return error.cause instanceof Error ? [stack, 'caused by', ...stacksOf(error.cause)] : [stack];
}
