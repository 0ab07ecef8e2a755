import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GreenroomError, type ErrorCode } from './errors.ts';

/** Whether a word of the command line means a file and not a name. */
export const isModulePath = (word: string): boolean => /[/\\]|^\.|\.[cm]?[jt]sx?$/.test(word);

type ImportOptions = {
  /** Of whatever is wrong with the file. */
  readonly code: ErrorCode;
  /** How a default export of the right kind is written. */
  readonly example: string;
  /** What to do with TypeScript but to compile it. */
  readonly insteadOfCompiling?: string;
};

/**
 * Runs a user's ECMAScript module, and returns its default export.
 *
 * @throws GreenroomError with the given code: there is no such file, it is TypeScript, it breaks while it
 * is loaded, or it has no default export.
 */
export async function importDefault(
  file: string,
  { code, example, insteadOfCompiling }: ImportOptions,
): Promise<unknown> {
  const path = resolve(file);
  if (/^\.[cm]?tsx?$/.test(extname(path))) {
    // The error of Node 20 itself names neither the reason nor a way out.
    const otherwise = insteadOfCompiling === undefined ? '' : `; or ${insteadOfCompiling}`;
    throw new GreenroomError(code, `${file} is TypeScript, which Node 20 does not load`, {
      remedy: `Compile it (npx tsc --module nodenext ${file}) and name the .js file${otherwise}.`,
    });
  }
  if (!existsSync(path)) {
    throw new GreenroomError(code, `there is no file ${path}`, {
      remedy: 'Correct the path; it is read from the working directory.',
    });
  }
  const exported = await importModule(path, code);
  if ('default' in exported) return exported.default;
  throw new GreenroomError(code, `${path} has no default export`, { remedy: `Write: ${example}` });
}

async function importModule(path: string, code: ErrorCode): Promise<object> {
  try {
    const exported: unknown = await import(pathToFileURL(path).href);
    return typeof exported === 'object' && exported !== null ? exported : {};
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new GreenroomError(code, `${path} cannot be loaded: ${reason}`, {
      cause,
      remedy: 'Run it with node alone to see where it breaks; --log-level debug shows the stack.',
    });
  }
}
