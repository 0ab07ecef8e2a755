import { expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { isStimulus, type FileLine } from '../../../src/io/event-log/log-line.ts';
import { readLog } from '../../../src/io/event-log/reader.ts';
import { replay } from '../../../src/io/replay/replayer.ts';
import { guestMachine } from '../../support/event-log/guest.machine.ts';
import { houseMachine } from '../../support/event-log/house.machine.ts';
import { writeLog } from '../../support/event-log/log-folder.ts';
import { recordedHouse } from '../../support/event-log/recorded-house.ts';

const exact = { overdueToleranceMs: 0 };

/** Guests who are loud at another level than the recorded ones. */
const otherGuests = (loudLevel: number): AnyStateMachine =>
  houseMachine.provide({
    actors: {
      guest: guestMachine.provide({ guards: { isLoud: (_, { rms }) => rms > loudLevel } }),
    },
  });

async function firstDifference(lines: readonly FileLine[], machine: AnyStateMachine) {
  const path = await writeLog(lines);
  const { divergence } = await replay(readLog(path), machine, exact);
  if (!divergence) throw new Error('The replay does not differ.');
  return { path, divergence };
}

it('[RPL-13] names file and line of the first difference, the stimulus and its time', async () => {
  const lines = recordedHouse(1);
  const { path, divergence } = await firstDifference(lines, otherGuests(0.9));
  const { position, stimulus, recorded, seq, t } = divergence;
  expect(position?.file).toBe(path);
  expect(lines[(position?.line ?? 0) - 1]).toEqual(recorded);
  expect(recorded).toMatchObject({ kind: 'state', value: { present: 'loud' }, seq });
  expect(stimulus).toEqual(lines.find((line) => isStimulus(line) && line.seq === seq));
  expect(t).toBe(stimulus?.t);
});

it('[RPL-14] shows the ten steps before, with all that followed from each', async () => {
  const lines = recordedHouse(1);
  const { divergence } = await firstDifference(lines, otherGuests(0.9));
  const { before, seq } = divergence;
  expect(before.map(({ stimulus }) => stimulus.seq)).toEqual(
    Array.from({ length: 10 }, (_, index) => seq - 10 + index),
  );
  for (const { stimulus, path, consequences } of before) {
    const recorded = lines.filter((line) => 'seq' in line && line.seq === stimulus.seq);
    expect([stimulus, ...consequences]).toEqual(recorded);
    expect(path).toMatch(/^house/);
  }
});

it('[RPL-14] shows fewer steps where the difference comes sooner', async () => {
  const lines = recordedHouse(1);
  const third = lines.findIndex((line) => isStimulus(line) && line.seq === 3);
  const { divergence } = await firstDifference(
    lines.toSpliced(third, 0, { kind: 'state', seq: 2, actor: 1, value: 'never' }),
    houseMachine,
  );
  expect(divergence).toMatchObject({ seq: 2, reason: 'the replay does not do this' });
  expect(divergence.before.map(({ stimulus }) => stimulus.seq)).toEqual([1]);
});

it('[RPL-15] shows the way of the actor: its last 20 states, and when it came to them', async () => {
  const lines = recordedHouse(2);
  const passed = new Map<number, number>();
  const index = lines.findLastIndex((line) => {
    if (line.kind === 'state') passed.set(line.actor, (passed.get(line.actor) ?? 0) + 1);
    return line.kind === 'state' && line.actor !== 1;
  });
  const changed = lines[index];
  if (changed?.kind !== 'state') throw new Error('No guest has a state.');
  const { divergence } = await firstDifference(
    lines.with(index, { ...changed, value: 'never' }),
    houseMachine,
  );
  const timeOf = (seq: number) =>
    lines.find((line) => isStimulus(line) && line.seq === seq) as { readonly t: number };
  const way = lines
    .slice(0, index)
    .flatMap((line) =>
      line.kind === 'state' && line.actor === changed.actor
        ? [{ t: timeOf(line.seq).t, value: line.value }]
        : [],
    );
  expect(way.length).toBeGreaterThan(1);
  expect(divergence.states).toEqual(way.slice(-20));
  expect(divergence).toMatchObject({ reason: 'different', recorded: { value: 'never' } });
});

it('[RPL-16] finds in a file just what it finds in memory', async () => {
  const lines = recordedHouse(3);
  const consequences = lines.flatMap((line, index) =>
    line.kind === 'head' || isStimulus(line) ? [] : [index],
  );
  for (const index of consequences.filter((_, n) => n % 29 === 0)) {
    const mutated = lines.toSpliced(index, 1);
    const inMemory = await replay(mutated, houseMachine, exact);
    const { path, divergence } = await firstDifference(mutated, houseMachine);
    expect(divergence).toEqual({
      ...inMemory.divergence,
      position: { file: path, line: expect.any(Number) as number },
    });
  }
  expect(consequences.length).toBeGreaterThan(100);
});

it('[RPL-16] does not care in which order the fields of a line stand in a file', async () => {
  const lines = recordedHouse(4).map((line) => {
    if (line.kind !== 'state') return line;
    const { value, ...rest } = line;
    return { value, ...rest };
  });
  const { divergence } = await replay(readLog(await writeLog(lines)), houseMachine, exact);
  expect(divergence).toBeUndefined();
});
