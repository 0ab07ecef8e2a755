import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GreenroomError } from '../errors.ts';
import { PACKED, readLogName } from '../event-log/log-source.ts';

/** One event log, whatever the number of its parts. */
export type FoundLog = {
  /** Of its first part, or of its only file. */
  readonly path: string;
  /** Of all parts, as they lie on the disk. */
  readonly bytes: number;
};

/** Where something that was named is no log and no folder with logs in it. */
export type NoLog = { readonly path: string; readonly problem: GreenroomError };

/** Also what is not named as a part is: somebody may have renamed it. */
export const isNamedAsLog = (name: string): boolean =>
  name.endsWith('.jsonl') || name.endsWith(`.jsonl${PACKED}`);

/**
 * Finds the logs that files and folders stand for, each once, in the order of their names: any part
 * stands for its log, and a folder for all logs in it and in the folders below.
 *
 * What is not named as a log is passed over in a folder, and taken for one where it is named itself.
 */
export async function findLogs(
  paths: readonly string[],
): Promise<{ readonly logs: readonly FoundLog[]; readonly missing: readonly NoLog[] }> {
  const logs = new Map<string, FoundLog>();
  const missing: NoLog[] = [];
  for (const path of paths) {
    try {
      const found = await findIn(path);
      if (found.length === 0) throw noLogIn(path);
      for (const log of found) logs.set(log.path, log);
    } catch (cause) {
      missing.push({ path, problem: asProblem(path, cause) });
    }
  }
  return { logs: [...logs.values()], missing };
}

async function findIn(path: string): Promise<FoundLog[]> {
  if ((await stat(path)).isDirectory()) {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && isNamedAsLog(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name));
    return gather(files);
  }
  const stem = stemOf(path);
  if (stem === path) return gather([path]);
  const names = await readdir(dirname(path));
  const files = names.map((name) => join(dirname(path), name));
  return gather(files.filter((file) => readLogName(basename(file)) && stemOf(file) === stem));
}

async function gather(files: readonly string[]): Promise<FoundLog[]> {
  const byStem = new Map<string, FoundLog>();
  for (const path of files.toSorted(byName)) {
    const stem = stemOf(path);
    const first = byStem.get(stem);
    const { size } = await stat(path);
    byStem.set(stem, { path: first?.path ?? path, bytes: (first?.bytes ?? 0) + size });
  }
  return [...byStem.values()];
}

/** So that part 2 comes before part 10. */
const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** What the names of all parts of a log begin with; a file of another name stands for itself. */
function stemOf(path: string): string {
  const stem = readLogName(basename(path))?.stem;
  return stem === undefined ? path : join(dirname(path), stem);
}

const noLogIn = (path: string): GreenroomError =>
  new GreenroomError('E_LOG_FORMAT', `there is no event log in ${path}`, {
    remedy: 'Name a folder with files such as AJ_x.1.jsonl; a worker writes them to EVENT_LOG_DIR.',
  });

function asProblem(path: string, cause: unknown): GreenroomError {
  if (cause instanceof GreenroomError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new GreenroomError('E_LOG_FORMAT', `${path} cannot be read: ${reason}`, {
    cause,
    remedy: 'Correct the path; it is read from the working directory.',
  });
}
