import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machineDiagrams } from './machine-diagrams.ts';
import { ownRoots } from './own-machines.ts';

/** Draws the machines of greenroom anew: `npm run diagrams`. A test holds them to the code. */
const folder = join(import.meta.dirname, '../../../visualizations/machines');

const diagrams = await machineDiagrams(ownRoots);
await mkdir(folder, { recursive: true });
// Those of machines that are no more.
for (const name of await readdir(folder)) await rm(join(folder, name));
for (const { name, text } of diagrams) await writeFile(join(folder, name), text);
process.stdout.write(`${diagrams.length} files in ${folder}\n`);
