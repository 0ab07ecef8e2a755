import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GreenroomError } from '../errors.ts';
import { replaceFile } from './replace-file.ts';

/**
 * By fingerprint, the transitions that a machine had: a log names its machines by fingerprints alone,
 * which say that one has changed and not what of it.
 */
export type MachineNotes = Readonly<
  Record<string, { readonly machine: string; readonly transitions: readonly string[] }>
>;

const machineNotes = z.record(
  z.string(),
  z.strictObject({ machine: z.string(), transitions: z.array(z.string()) }),
);

/** Of a log; all logs in a folder share it. */
const notesPath = (logPath: string): string => join(dirname(logPath), 'machines.json');

/**
 * What is noted beside a log; nothing where there is no such file.
 *
 * @throws GreenroomError `E_LOG_FORMAT` where the file is no such notes.
 */
export async function readMachineNotes(logPath: string): Promise<MachineNotes> {
  const path = notesPath(logPath);
  try {
    return machineNotes.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new GreenroomError('E_LOG_FORMAT', `${path} has no transitions of machines`, {
      cause,
      remedy: 'Delete the file; replay --accept writes it anew.',
    });
  }
}

/** Adds notes to those beside a log. */
export async function noteMachines(logPath: string, added: MachineNotes): Promise<void> {
  const known = await readMachineNotes(logPath);
  const missing = Object.keys(added).filter((fingerprint) => !Object.hasOwn(known, fingerprint));
  if (missing.length === 0) return;
  const text = `${JSON.stringify({ ...known, ...added }, null, 2)}\n`;
  await replaceFile(notesPath(logPath), (file) => file.appendFile(text));
}
