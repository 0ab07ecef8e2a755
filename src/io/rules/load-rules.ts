import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { GreenroomError } from '../errors.ts';
import { importDefault } from '../user-module.ts';
import { noRules, readRules, type ReadRules } from './read-rules.ts';

const readable = ['js', 'mjs', 'json', 'yaml', 'yml'] as const;

type LoadOptions = {
  /** GREENROOM_CONFIG; undefined: `greenroom.config.*` of the folder, where there is one. */
  readonly file: string | undefined;
  readonly folder: string;
  /** The names of the agents that there are. */
  readonly agents: readonly string[];
};

/**
 * Reads the rules of `greenroom.config.*`; none where there is no such file.
 *
 * @throws GreenroomError `E_CONFIG`: there are two, it cannot be read, or it is wrong, with everything
 * that is.
 */
export async function loadRules({ file, folder, agents }: LoadOptions): Promise<ReadRules> {
  const source = file === undefined ? findConfig(folder) : resolve(folder, file);
  if (source === null) return noRules;
  return readRules(await readConfig(source), { source, agents });
}

function findConfig(folder: string): string | null {
  const found = [...readable, 'ts', 'mts', 'cjs']
    .map((extension) => `greenroom.config.${extension}`)
    .filter((name) => existsSync(join(folder, name)));
  const [first, ...others] = found;
  if (first === undefined) return null;
  if (others.length === 0) return join(folder, first);
  throw new GreenroomError('E_CONFIG', `there are ${found.join(' and ')} in ${folder}`, {
    remedy: 'Keep one of them, or name the one that is meant with --config.',
  });
}

async function readConfig(path: string): Promise<unknown> {
  const extension = extname(path).slice(1);
  switch (extension) {
    case 'json':
    case 'yaml':
    case 'yml':
      return parseConfig(path, await readText(path));
    case 'cjs':
      throw new GreenroomError('E_CONFIG', `${path} is a CommonJS module`, {
        remedy: 'Write it as an ECMAScript module, with export default, and call it .mjs.',
      });
    default:
      return importDefault(path, {
        code: 'E_CONFIG',
        example: 'export default defineConfig({ rules: [ ... ] });',
        insteadOfCompiling: 'write it as greenroom.config.js, where defineConfig gives the types',
      });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GreenroomError('E_CONFIG', `${path} cannot be read: ${reason}`, { cause });
  }
}

/** YAML 1.2 holds JSON, and its errors name line and column. */
function parseConfig(path: string, given: string): unknown {
  try {
    const parsed: unknown = parse(given, { maxAliasCount: 100 });
    return parsed ?? {};
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GreenroomError('E_CONFIG', `${path} is no JSON or YAML: ${reason}`, { cause });
  }
}
