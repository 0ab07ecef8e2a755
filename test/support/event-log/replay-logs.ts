import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentDefinition } from '../../../src/agents/define-agent.ts';
import { machineOfLog } from '../../../src/io/compose/log-machines.ts';
import { readHead } from './log-folder.ts';
import { readLog } from '../../../src/io/event-log/reader.ts';
import { replay } from '../../../src/io/replay/replayer.ts';

/** Of each log in a folder, and in the folders below, the first part. */
export async function findLogs(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => /\.1\.jsonl/.test(file)).map((file) => join(folder, file));
}

/**
 * Replays every log of a folder, and returns how many there are: a worker that is killed early has none.
 *
 * @throws where one of them differs, with the difference.
 */
export async function replayAll(
  folder: string,
  agents: readonly AgentDefinition[],
): Promise<number> {
  const paths = await findLogs(folder);
  for (const path of paths) {
    const { divergence } = await replay(readLog(path), machineOfLog(await readHead(path), agents));
    if (divergence) throw new Error(`${path} replays differently: ${JSON.stringify(divergence)}`);
  }
  return paths.length;
}
