import { readFileSync, statSync } from 'node:fs';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';

/** What a YAML or JSON file says. */
type DocumentFile = {
  /** All of it, as JSON. */
  readonly json: string;
  /** The line, from 1, on which a place in it stands, or what is around that place where it is missing. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

/** The file that was read, or what is wrong with it. */
export type ReadDocument =
  | { readonly ok: true; readonly file: DocumentFile }
  | { readonly ok: false; readonly problem: string };

const MAX_BYTES = 2 ** 20;
/** Throws for what is no text, and leaves a byte order mark out. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a YAML file, and so a JSON one: JSON is YAML 1.2. */
export function readDocumentFile(path: string): ReadDocument {
  const text = readText(path);
  if (!text.ok) return text;
  const lines = new LineCounter();
  const document = parseDocument(text.value, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    // The rest of the message quotes the file.
    const [message = ''] = error.message.split(' at line ');
    return { ok: false, problem: `${path}:${line}: ${message}` };
  }
  try {
    // An alias that stands for more than this is a bomb: the library throws.
    const json = JSON.stringify(document.toJS({ maxAliasCount: 100 }) ?? null);
    return { ok: true, file: { json, lineOf: (place) => lineOf(document, lines, place) } };
  } catch (cause) {
    return {
      ok: false,
      problem: `${path}: ${cause instanceof Error ? cause.message : 'unusable'}`,
    };
  }
}

function readText(
  path: string,
): { readonly ok: true; readonly value: string } | Extract<ReadDocument, { ok: false }> {
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) {
      return { ok: false, problem: `${path} has ${size} bytes: expected at most ${MAX_BYTES}` };
    }
    return { ok: true, value: utf8.decode(readFileSync(path)) };
  } catch (cause) {
    return {
      ok: false,
      problem: `${path} cannot be read: ${cause instanceof Error ? cause.message : 'why is unknown'}`,
    };
  }
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  const node: unknown = document.getIn(path, true);
  if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  return path.length === 0 ? 1 : lineOf(document, lines, path.slice(0, -1));
}
