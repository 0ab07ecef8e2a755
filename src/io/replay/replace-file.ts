import { open, rename, rm, type FileHandle } from 'node:fs/promises';

/**
 * Writes a file beside its place, and puts it there when it is whole: whatever fails, the old one stays.
 *
 * Rejects with what `write` threw, or with the system's error.
 */
export async function replaceFile(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const beside = `${path}.new`;
  try {
    const file = await open(beside, 'w', 0o600);
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
