import { findNotJson } from './plain-json.ts';
import type { LogLine, LogProblem, ProblemLine } from './log-line.ts';

/**
 * Puts a problem line in the place of a line that JSON cannot hold. Recording and replaying use the
 * same check, so that a machine's own odd payload is no difference between them.
 */
export class LineCheck {
  /** Actors that live; one that has ended is forgotten. */
  readonly #paths = new Map<number, string>();

  check(line: LogLine): LogLine | ProblemLine {
    if (line.kind === 'actor') this.#paths.set(line.actor, line.path);
    if (line.kind === 'ended') return this.#checkEnd(line);
    if (!('event' in line)) return line;

    const found = findNotJson(line.event);
    if (!found) return line;
    const { kind, seq, actor } = line;
    return {
      kind: 'problem',
      seq,
      actor,
      code: 'E_LOG_PAYLOAD',
      of: kind,
      message:
        `${this.#paths.get(actor) ?? `actor ${actor}`}: the ${kind} ${typeOf(line.event)} holds ${found.found} ` +
        `at event${found.path}; only plain finite JSON can be replayed`,
    };
  }

  /** Contexts may hold references to actors, which is nobody's mistake: such a one is left out. */
  #checkEnd(line: LogLine & { readonly kind: 'ended' }): LogLine {
    this.#paths.delete(line.actor);
    if (line.context === undefined || !findNotJson(line.context)) return line;
    const { kind, seq, actor, status } = line;
    return { kind, seq, actor, status };
  }
}

export const asProblem = ({ code, message }: ProblemLine): LogProblem => ({
  code,
  message: 'payload is not plain finite json',
  retryable: false,
  where: message,
});

function typeOf(event: unknown): string {
  const type: unknown =
    typeof event === 'object' && event !== null ? Reflect.get(event, 'type') : undefined;
  return typeof type === 'string' ? type : 'event';
}
