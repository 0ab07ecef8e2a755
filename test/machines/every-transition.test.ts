import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ownRoots } from '../../src/io/diagrams/own-machines.ts';
import { findMachines } from '../../src/machines/actor-tree.ts';

const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');

/** `describeMachine` fails where a transition is neither taken nor in its list with a reason. */
it.each(ownRoots.flatMap(findMachines).map(({ id }) => id))(
  '[COV-7] has every transition of %s taken by a test, or a reason why not',
  (id) => {
    const name = id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    expect(tests).toContain(`describeMachine(${name}Machine,`);
  },
);
