import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { GreenroomError } from '../errors.ts';

const jsonObject = z.record(z.string(), z.unknown());

/**
 * Reads `--metadata`: JSON, or `@` and the name of a file that holds it. None is an empty object.
 *
 * @throws GreenroomError `E_USAGE` that says where the JSON breaks.
 */
export function readMetadataArgument(
  argument: string | undefined,
): Readonly<Record<string, unknown>> {
  if (argument === undefined) return {};
  const text = argument.startsWith('@') ? readMetadataFile(argument.slice(1)) : argument;
  const where = argument.startsWith('@') ? argument.slice(1) : '--metadata';
  const parsed = jsonObject.safeParse(parseJson(text, where));
  if (parsed.success) return parsed.data;
  throw new GreenroomError('E_USAGE', `${where} is not a JSON object`, {
    remedy: 'Write an object in braces, such as {"monitoring_type": "full"}.',
  });
}

function readMetadataFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GreenroomError('E_USAGE', `the file of --metadata cannot be read: ${reason}`, {
      cause,
      remedy: 'Correct the path after the @.',
    });
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const before = text.slice(0, errorOffset(text));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    const found = text.slice(before.length, before.length + 12);
    throw new GreenroomError(
      'E_USAGE',
      `${where} is not JSON: line ${line}, column ${column}, ` +
        (found === '' ? 'where it ends too early' : `at ${JSON.stringify(found)}`),
      { cause, remedy: `Write strict JSON in single quotes: '{"monitoring_type": "full"}'.` },
    );
  }
}

/**
 * Where text stops being JSON: the length of its longest beginning that could still become JSON.
 *
 * Node names the place only in some of its messages; so the place is looked for, by halves, with
 * the parser itself.
 */
function errorOffset(text: string): number {
  let least = 0;
  let most = text.length;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (isBeginning(text.slice(0, middle))) least = middle;
    else most = middle - 1;
  }
  return least;
}

function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined
      ? !message.startsWith('Unexpected token')
      : Number(position) >= text.length || message.startsWith('Unterminated');
  }
}
