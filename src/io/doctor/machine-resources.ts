import {
  access,
  constants,
  mkdtemp,
  readdir,
  readFile,
  rmdir,
  stat,
  statfs,
} from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { codeOf, reasonOf } from '../error-reason.ts';
import type { ResourcesWorld } from './resources.checks.ts';

/** What this machine, and the container around this process, lets it take. */
export const machineResources: ResourcesWorld = {
  readOpenFilesLimit: async () => {
    try {
      return openFilesLimitIn(await readFile('/proc/self/limits', 'utf8'));
    } catch {
      // Linux alone has it.
      return null;
    }
  },
  lookAtFolder: async (path) => {
    const folder = resolve(path);
    const existing = await nearestExisting(folder);
    const { bavail, bsize } = await statfs(existing);
    const problem = await findWriteProblem(existing);
    return {
      problem,
      freeBytes: bavail * bsize,
      usedBytes: problem === null && existing === folder ? await usedBytesIn(folder) : 0,
    };
  },
  memoryLimitBytes: () => {
    // Without a limit it is 0, or more than there is, depending on the system.
    const limit = process.constrainedMemory();
    return limit > 0 && limit < totalmem() ? limit : null;
  },
  totalMemoryBytes: () => totalmem(),
};

/** The soft limit; Node.js raises its own to the hard one when it starts. */
export function openFilesLimitIn(limits: string): number | null {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (found === undefined) return null;
  return found === 'unlimited' ? Infinity : Number(found);
}

/** The worker makes folders that are missing: what matters is the one above them. */
async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    return nearestExisting(dirname(path));
  }
}

async function findWriteProblem(folder: string): Promise<string | null> {
  try {
    // `access` says yes to root, also where the disk is mounted read-only: so it is tried.
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    await rmdir(await mkdtemp(join(folder, '.greenroom-doctor-')));
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

async function usedBytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // Another process may sweep the logs meanwhile.
    bytes += await stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return bytes;
}
