import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMachine, type AnyStateMachine } from 'xstate';
import { expect, it } from 'vitest';
import { fingerprints } from '../../../src/io/event-log/head.ts';
import { findMachineChanges, notesOf } from '../../../src/io/replay/machine-changes.ts';
import { noteMachines, readMachineNotes } from '../../../src/io/replay/machine-notes.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';

const lamp = (guard: string): AnyStateMachine =>
  createMachine({
    id: 'lamp',
    initial: 'off',
    states: { off: { on: { press: { guard, target: 'on', actions: 'glow' } } }, on: {} },
  });

const headOf = (machine: AnyStateMachine) => ({
  rootId: 'lamp',
  startedAt: 0,
  agent: 'lamp',
  input: {},
  settings: {},
  versions: {},
  fingerprints: fingerprints(machine),
});

it('[RPC-40] names the transitions that changed since a log was recorded', async () => {
  const log = join(await temporaryFolder(), 'x.1.jsonl');
  await noteMachines(log, notesOf(lamp('isDark')));
  await noteMachines(log, notesOf(lamp('isNight')));
  const notes = await readMachineNotes(log);
  const head = headOf(lamp('isDark'));
  expect(findMachineChanges(head, lamp('isDark'), notes)).toEqual([]);
  expect(findMachineChanges(head, lamp('isNight'), notes)).toEqual([
    {
      machine: 'lamp',
      transitions: {
        gone: ['off: press [isDark] -> on / glow'],
        new: ['off: press [isNight] -> on / glow'],
      },
    },
  ]);
});

it('[RPC-41] names a changed machine of which nothing was noted', async () => {
  const log = join(await temporaryFolder(), 'x.1.jsonl');
  const changes = findMachineChanges(
    headOf(lamp('isDark')),
    lamp('isNight'),
    await readMachineNotes(log),
  );
  expect(changes).toEqual([{ machine: 'lamp', transitions: null }]);
});

it('[RPC-42] says so where the notes are none', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'machines.json'), '{"x": 1}');
  await expect(readMachineNotes(join(folder, 'x.1.jsonl'))).rejects.toMatchObject({
    code: 'E_LOG_FORMAT',
    message: expect.stringContaining('machines.json has no transitions') as string,
  });
});
