/** Writes the golden log of participant-monitor anew: `npm run golden`, after its machines were changed on purpose. */
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenLog, goldenScript, playJob } from './play-job.ts';

const directory = await mkdtemp(join(tmpdir(), 'greenroom-golden-'));
const script = await readFile(goldenScript, 'utf8');
await playJob({ script, directory, durationMs: 90_000 });
for (const file of await readdir(directory, { recursive: true })) {
  if (file.endsWith('.jsonl')) await rename(join(directory, file), goldenLog);
}
await rm(directory, { recursive: true });
process.stdout.write(`${goldenLog}\n`);
