import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machineDiagrams } from '../../../src/io/diagrams/machine-diagrams.ts';
import { ownRoots } from '../../../src/io/diagrams/own-machines.ts';

const folder = join(import.meta.dirname, '../../../visualizations/machines');

it('[DGM-1] keeps the diagrams as the machines are', async () => {
  const diagrams = await machineDiagrams(ownRoots);
  const wanted = new Map(diagrams.map(({ name, text }) => [name, text]));
  const kept = readdirSync(folder);
  const stale = [...new Set([...wanted.keys(), ...kept])].filter(
    (name) => !kept.includes(name) || readFileSync(join(folder, name), 'utf8') !== wanted.get(name),
  );
  expect(stale, 'a machine has changed: run `npm run diagrams`, and commit what it writes').toEqual(
    [],
  );
}, 60_000);
