/** Writes all golden logs anew: `npm run golden`, after machines, settings or the format were changed on purpose. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { machineOfLog } from '../../src/io/compose/log-machines.ts';
import { notesOf } from '../../src/io/replay/machine-changes.ts';
import { noteMachines } from '../../src/io/replay/machine-notes.ts';
import { readHead } from './event-log/log-folder.ts';
import {
  goldenAgents,
  goldenFolder,
  keepInGoldenFolder,
  recordGoldenLogs,
} from './golden-cases.ts';

// What is noted of machines that no log is of any more goes away with it.
await rm(join(goldenFolder, 'machines.json'), { force: true });
await recordGoldenLogs(async (name, path) => {
  await keepInGoldenFolder(name, path);
  const kept = join(goldenFolder, `${name}.1.jsonl`);
  await noteMachines(kept, notesOf(machineOfLog(await readHead(kept), goldenAgents)));
  process.stdout.write(`${kept}\n`);
});
