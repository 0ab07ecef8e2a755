import { reservedSubjects } from './script.ts';

/** Where a script is wrong, what stands there, and what would be right. Lines and columns from 1. */
export type ScriptProblem = {
  readonly line: number;
  readonly column: number;
  readonly found: string;
  readonly expected: string;
};

/** The first thing that is wrong in a line. Thrown by the reader, caught by the parser. */
export class Mistake extends Error {
  constructor(
    readonly column: number,
    readonly found: string,
    readonly expected: string,
  ) {
    super(`found ${found}, expected ${expected}`);
  }

  on(line: number): ScriptProblem {
    return { line, column: this.column, found: this.found, expected: this.expected };
  }
}

type Token = { readonly text: string; readonly column: number; readonly isQuoted: boolean };

const maxShown = 60;
const maxMinutes = 9_999;
const maxDurationMs = 24 * 60 * 60_000;
const maxBytes = 65_536;

/** Reads one line from left to right; every method takes what it names or throws a {@link Mistake}. */
export class LineReader {
  readonly #line: string;
  readonly #tokens: readonly Token[];
  /** The text after the first colon, where there is one. */
  readonly #payload: Token | undefined;
  #next = 0;
  #isPayloadRead = false;

  constructor(line: string) {
    this.#line = line;
    const timeEnd = /^\s*\S*/u.exec(line)?.[0].length ?? 0;
    const time = line.slice(0, timeEnd);
    const { tokens, payload } = tokensOf(line, timeEnd);
    this.#tokens = [
      { text: time.trim(), column: time.length - time.trimStart().length + 1, isQuoted: false },
      ...tokens,
    ];
    this.#payload = payload;
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  /** A time since the start, in milliseconds. */
  time(): number {
    const token = this.#take('a time');
    const parts = /^(\d{1,4}):([0-5]\d)(?:\.(\d{1,3}))?$/u.exec(token.text);
    if (!parts) {
      throw mistakeAt(token, `a time such as 0:07 or 1:02.500, up to ${maxMinutes}:59`);
    }
    const [, minutes, seconds, fraction = ''] = parts;
    return Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(fraction.padEnd(3, '0'));
  }

  /** The first word: a participant, or one of the reserved words. */
  subject(): { readonly text: string; readonly isReserved: boolean } {
    const token = this.#take(`the name of a participant, ${reservedSubjects.join(', ')}`);
    if (token.text === '') throw mistakeAt(token, 'a name that is not empty');
    return {
      text: token.text,
      isReserved: !token.isQuoted && reservedSubjects.includes(token.text),
    };
  }

  name(meaning: string): string {
    const token = this.#take(meaning);
    return token.text;
  }

  word(expected: string): void {
    const token = this.#take(`"${expected}"`);
    if (token.isQuoted || token.text !== expected) throw mistakeAt(token, `"${expected}"`);
  }

  /** Takes the word if it is the next one. */
  optional(word: string): boolean {
    const token = this.#tokens[this.#next];
    if (!token || token.isQuoted || token.text !== word) return false;
    this.#next += 1;
    return true;
  }

  oneOf<TWord extends string>(words: readonly TWord[]): TWord {
    const expected = words.length === 1 ? words.join('') : `one of ${words.join(', ')}`;
    const token = this.#take(expected);
    const word = words.find((candidate) => !token.isQuoted && candidate === token.text);
    if (word === undefined) throw mistakeAt(token, expected);
    return word;
  }

  /** In whole milliseconds, more than 0, at most a day. */
  duration(): number {
    const expected = 'a duration such as 400ms, 1.5s or 2m, at most a day';
    const token = this.#take(expected);
    const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m)$/u.exec(token.text) ?? [];
    const durationMs = Math.round(
      Number(amount) * (unit === 'm' ? 60_000 : unit === 's' ? 1000 : 1),
    );
    const isRight = durationMs >= 1 && durationMs <= maxDurationMs;
    if (!isRight) throw mistakeAt(token, expected);
    return durationMs;
  }

  /** An RMS level, more than 0, at most 0.7: a louder sine would clip. */
  level(): number {
    const expected = 'a level over 0 and up to 0.7';
    const token = this.#take(expected);
    const level = /^0?\.\d{1,6}$/u.test(token.text) ? Number(token.text) : Number.NaN;
    if (!(level > 0 && level <= 0.7)) throw mistakeAt(token, expected);
    return level;
  }

  /** A number of bytes, where a number is next. */
  optionalCount(): number | null {
    const token = this.#tokens[this.#next];
    if (!token || token.isQuoted || !/^\d/u.test(token.text)) return null;
    this.#next += 1;
    const count = /^\d{1,6}$/u.test(token.text) ? Number(token.text) : Number.NaN;
    if (!(count >= 1 && count <= maxBytes)) {
      throw mistakeAt(token, `a number of bytes from 1 to ${maxBytes}`);
    }
    return count;
  }

  /** The text after the colon. */
  payload(): string {
    this.#noMoreWords('a colon and a text');
    if (!this.#payload)
      throw new Mistake(this.#endColumn, 'the end of the line', 'a colon and a text');
    this.#isPayloadRead = true;
    return this.#payload.text;
  }

  end(): void {
    this.#noMoreWords('the end of the line');
    if (this.#payload && !this.#isPayloadRead) {
      throw new Mistake(this.#payload.column, 'a colon', 'the end of the line');
    }
  }

  get #endColumn(): number {
    return this.#line.trimEnd().length + 1;
  }

  #noMoreWords(expected: string): void {
    const token = this.#tokens[this.#next];
    if (token) throw mistakeAt(token, expected);
  }

  #take(expected: string): Token {
    const token = this.#tokens[this.#next];
    if (!token) {
      if (this.#payload) throw new Mistake(this.#payload.column, 'a colon', expected);
      throw new Mistake(this.#endColumn, 'the end of the line', expected);
    }
    this.#next += 1;
    return token;
  }
}

const mistakeAt = ({ text, column }: Token, expected: string): Mistake =>
  new Mistake(column, JSON.stringify(shortened(text)), expected);

const shortened = (text: string): string =>
  text.length > maxShown ? `${text.slice(0, maxShown)}...` : text;

/** Words and JSON strings up to the first colon outside of a string; what follows that is the payload. */
function tokensOf(
  line: string,
  from: number,
): { readonly tokens: readonly Token[]; readonly payload: Token | undefined } {
  const tokens: Token[] = [];
  const pattern = /\s*(?:("(?:[^"\\]|\\.)*")|([^\s":]+)|(:)|("))/uy;
  pattern.lastIndex = from;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    const [, quoted, word, colon, broken] = match;
    const text = quoted ?? word ?? colon ?? broken ?? '';
    const column = pattern.lastIndex - text.length + 1;
    if (broken !== undefined) throw unclosed(line, column);
    if (colon !== undefined) return { tokens, payload: payloadOf(line, column) };
    if (quoted !== undefined)
      tokens.push({ text: decoded(quoted, column), column, isQuoted: true });
    else tokens.push({ text, column, isQuoted: false });
  }
  return { tokens, payload: undefined };
}

/** `column` is that of the colon. */
function payloadOf(line: string, column: number): Token {
  const raw = line.slice(column);
  const text = raw.trim();
  if (!text.startsWith('"')) return { text, column, isQuoted: false };
  const textColumn = column + raw.length - raw.trimStart().length + 1;
  if (!/^"(?:[^"\\]|\\.)*"$/u.test(text)) throw unclosed(line, textColumn);
  return { text: decoded(text, textColumn), column, isQuoted: true };
}

function decoded(quoted: string, column: number): string {
  try {
    const value: unknown = JSON.parse(quoted);
    if (typeof value === 'string') return value;
  } catch {
    // Told below: the escapes are wrong.
  }
  throw new Mistake(column, shortened(quoted), 'a JSON string (escapes as in JSON)');
}

const unclosed = (line: string, column: number): Mistake =>
  new Mistake(
    column,
    shortened(line.slice(column - 1)),
    'a JSON string that ends with a quote, and nothing after it that is stuck to it',
  );
