import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readWholeLog } from '../support/event-log/log-folder.ts';

/** @param name of the job, or of the worker. */
export async function readLogOf(directory: string, name: string) {
  const files = await readdir(directory, { recursive: true });
  const file = files.find((path) => basename(path) === `${name}.1.jsonl`);
  if (!file) throw new Error(`There is no log of ${name}.`);
  return readWholeLog(join(directory, file));
}
