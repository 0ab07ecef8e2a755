import { findNotJson } from './plain-json.ts';
import type { CheckpointLine, LogLine, LogProblem, ProblemLine } from './log-line.ts';

/**
 * A longer snapshot, in characters of JSON, stands in no log: it would be written whole every five minutes.
 * A session of an hour has some 5,000.
 */
const MAX_SNAPSHOT_LENGTH = 1024 * 1024;

/**
 * Puts a problem line in the place of a line that JSON cannot hold. Recording and replaying use the
 * same check, so that a machine's own odd payload is no difference between them.
 */
export class LineCheck {
  /** Actors that live; one that has ended is forgotten. */
  readonly #paths = new Map<number, string>();
  /** What ports say is passed on by many machines as it is. */
  #lastPlain: unknown;

  check(line: LogLine | ProblemLine): LogLine | ProblemLine {
    if (line.kind === 'actor') this.#paths.set(line.actor, line.path);
    if (line.kind === 'ended') return this.#checkEnd(line);
    if (line.kind === 'checkpoint') return this.#checkSnapshot(line);
    if (!('event' in line) || line.event === this.#lastPlain) return line;

    const found = findNotJson(line.event);
    if (!found) {
      this.#lastPlain = line.event;
      return line;
    }
    return this.#problem(
      line,
      `the ${line.kind} ${typeOf(line.event)} holds ${found.found} at event${found.path}; ` +
        'only plain finite JSON can be replayed',
    );
  }

  /** A resume then begins at the checkpoint before. */
  #checkSnapshot(line: CheckpointLine): LogLine | ProblemLine {
    for (const { actor, path } of line.actors) this.#paths.set(actor, path);
    const found = findNotJson(line.snapshot);
    if (found) {
      const message = `the snapshot holds ${found.found} at snapshot${found.path}; only plain finite JSON can be restored`;
      return this.#problem(line, message);
    }
    const { length } = JSON.stringify(line.snapshot);
    if (length <= MAX_SNAPSHOT_LENGTH) return line;
    const message = `the snapshot has ${length} characters; at most ${MAX_SNAPSHOT_LENGTH} are kept`;
    return this.#problem(line, message);
  }

  #problem({ kind, seq, actor }: LogLine, message: string): ProblemLine {
    const path = this.#paths.get(actor) ?? `actor ${actor}`;
    return {
      kind: 'problem',
      seq,
      actor,
      code: 'E_LOG_PAYLOAD',
      of: kind,
      message: `${path}: ${message}`,
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
