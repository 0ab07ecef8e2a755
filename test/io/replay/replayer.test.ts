import { join } from 'node:path';
import { createMachine, type AnyStateMachine } from 'xstate';
import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/io/clock.ts';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';
import {
  isStimulus,
  logVersion,
  type FileLine,
  type LogProblem,
} from '../../../src/io/event-log/log-line.ts';
import { readLog } from '../../../src/io/event-log/reader.ts';
import { replay } from '../../../src/io/replay/replayer.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { port } from '../../../src/machines/slots.ts';
import { guestMachine } from '../../support/event-log/guest.machine.ts';
import { houseMachine } from '../../support/event-log/house.machine.ts';
import {
  houseConfig,
  seededRandom,
  simulatedHouse,
} from '../../support/event-log/house-simulation.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';
import { houseHead, startRecorded } from '../../support/event-log/record-house.ts';
import {
  houseStartedAt,
  recordHouse,
  recordedHouse,
} from '../../support/event-log/recorded-house.ts';

const exact = { overdueToleranceMs: 0 };

const loudGuest = (loudLevel: number): AnyStateMachine =>
  houseMachine.provide({
    actors: {
      guest: guestMachine.provide({
        guards: { isLoud: (_, { rms }) => rms > loudLevel },
      }),
    },
  });

it.each(Array.from({ length: 25 }, (_, seed) => seed))(
  '[RPL-1] replays the file of a recorded house without a difference, seed %i',
  async (seed) => {
    const directory = await temporaryFolder();
    const clock = new VirtualClock(houseStartedAt);
    const problems: LogProblem[] = [];
    const logs = new EventLogs({
      directory,
      clock,
      maxBytes: 1e9,
      maxAgeMs: 1e9,
      partBytes: 64 * 1024,
      onProblem: (problem) => problems.push(problem),
    });
    const log = logs.open('AJ_house', houseHead(houseMachine, houseStartedAt));
    const { root } = recordHouse(seed, log.write, clock);
    for (let second = 0; second < 60; second += 1) {
      clock.advanceBy(1_000);
      await new Promise(setImmediate);
    }
    root.send({ type: 'house.lock' });
    clock.advanceBy(houseConfig.closingMs);
    expect(root.getSnapshot().status).toBe('done');
    await logs.close();
    expect(problems).toEqual([]);

    const replayed = await replay(
      readLog(join(directory, '2026-03-01', 'AJ_house.1.jsonl')),
      houseMachine,
      exact,
    );
    expect(replayed.divergence).toBeUndefined();
    expect(replayed.ending).toBe('closed');
    expect(replayed.stimuli).toBeGreaterThan(500);
    expect(replayed.root.getPersistedSnapshot()).toEqual(root.getPersistedSnapshot());
  },
);

it('[RPL-1] has the last line of a root that closes its log when it is done', async () => {
  const directory = await temporaryFolder();
  const clock = new VirtualClock(houseStartedAt);
  const onProblem = (problem: LogProblem) => {
    throw new Error(problem.message);
  };
  const logs = new EventLogs({ directory, clock, maxBytes: 1e9, maxAgeMs: 1e9, onProblem });
  const log = logs.open('AJ_house', houseHead(houseMachine, houseStartedAt));
  const { root } = recordHouse(6, log.write, clock);
  root.subscribe({ complete: () => void log.close() });
  root.send({ type: 'house.lock' });
  clock.advanceBy(houseConfig.closingMs);
  await logs.close();

  const path = join(directory, '2026-03-01', 'AJ_house.1.jsonl');
  const { divergence, ending } = await replay(readLog(path), houseMachine, exact);
  expect({ divergence, ending }).toEqual({ divergence: undefined, ending: 'closed' });
});

it('[RPL-2] names the first step at which a changed machine does something else', async () => {
  const { divergence } = await replay(recordedHouse(1), loudGuest(0.9), exact);
  expect(divergence).toMatchObject({
    reason: 'the replay does not do this',
    path: expect.stringMatching(/^house\/guest:/) as unknown,
    recorded: { kind: 'state', value: { present: 'loud' } },
    replayed: undefined,
  });
});

it('[RPL-2] shows both sides where a changed machine does more', async () => {
  const { divergence } = await replay(recordedHouse(1), loudGuest(0.1), exact);
  expect(divergence).toMatchObject({
    reason: 'the replay does more',
    replayed: { kind: 'state', value: { present: 'loud' } },
  });
  expect(divergence?.seq).toBe(divergence?.replayed?.seq);
});

it('[RPL-3] names the timer that a changed delay makes due', async () => {
  const lines = recordedHouse(1).map((line) =>
    line.kind === 'head'
      ? { ...line, input: { street: 'main', config: { ...houseConfig, checkMs: 600 } } }
      : line,
  );
  const { divergence } = await replay(lines, houseMachine, exact);
  expect(divergence?.reason).toMatch(/^timer 1 was due at 600 ms and is not in the log$/);
});

it('[RPL-4] notices each single consequence that is taken out of the log', async () => {
  const lines = recordedHouse(2);
  const consequences = lines.flatMap((line, index) =>
    line.kind === 'head' || isStimulus(line) ? [] : [index],
  );
  for (const index of consequences.filter((_, n) => n % 7 === 0)) {
    const { divergence } = await replay(lines.toSpliced(index, 1), houseMachine, exact);
    expect(divergence?.seq).toBe(Reflect.get(lines[index] ?? {}, 'seq'));
  }
  expect(consequences.length).toBeGreaterThan(100);
});

it('[RPL-4] notices each single stimulus that is taken out of the log', async () => {
  const lines = recordedHouse(2);
  const stimuli = lines.flatMap((line, index) => (isStimulus(line) ? [index] : []));
  for (const index of stimuli.filter((_, n) => n % 23 === 0)) {
    const { divergence } = await replay(lines.toSpliced(index, 1), houseMachine, exact);
    expect(divergence).toBeDefined();
  }
  expect(stimuli.length).toBeGreaterThan(100);
});

it('[RPL-5] notices a changed root input by what the actors knew at their end', async () => {
  const lines = recordedHouse(1).map((line) =>
    line.kind === 'head' ? { ...line, input: { street: 'high', config: houseConfig } } : line,
  );
  const { divergence } = await replay(lines, houseMachine, exact);
  expect(divergence).toMatchObject({
    reason: 'different',
    path: 'house',
    recorded: { kind: 'ended', context: { street: 'main' } },
    replayed: { kind: 'ended', context: { street: 'high' } },
  });
});

it('[RPL-6] does not care that timers were late and inputs slipped in front of them', async () => {
  const lines: FileLine[] = [
    { kind: 'head', version: logVersion, part: 1, ...houseHead(houseMachine, houseStartedAt) },
  ];
  const time = new VirtualClock(houseStartedAt);
  const late = {
    now: () => time.now(),
    setTimeout: (callback: () => void, delayMs: number) => time.setTimeout(callback, delayMs + 40),
    clearTimeout: (handle: unknown) => time.clearTimeout(handle),
  };
  const machine = simulatedHouse(time, seededRandom(3));
  const { root } = startRecorded(machine, { clock: late, write: (line) => lines.push(line) });
  onTestFinished(() => void root.stop());
  time.advanceBy(20_000);

  expect((await replay(lines, houseMachine)).divergence).toBeUndefined();
  expect((await replay(lines, houseMachine, exact)).divergence?.reason).toMatch(
    /^timer \d+ was due/,
  );
});

it.each([-3_600_000, 3_600_000])(
  '[RPL-7] replays what a real clock timed, whose wall clock was set by %i ms meanwhile',
  async (jumpMs) => {
    const lines: FileLine[] = [
      { kind: 'head', version: logVersion, part: 1, ...houseHead(houseMachine, systemClock.now()) },
    ];
    const machine = simulatedHouse(systemClock, seededRandom(4));
    const { root } = startRecorded(machine, {
      clock: systemClock,
      write: (line) => lines.push(line),
    });
    onTestFinished(() => void root.stop());
    const stimuli = () => lines.filter(isStimulus);

    await vi.waitUntil(() => stimuli().length >= 8, { timeout: 10_000 });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + jumpMs });
    onTestFinished(() => void vi.useRealTimers());
    await vi.waitUntil(() => stimuli().length >= 16, { timeout: 10_000 });

    const times = stimuli().map(({ t }) => t);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(25_000);
    expect((await replay([...lines], houseMachine)).divergence).toBeUndefined();
  },
);

it('[RPL-7] replays timers that a blocked event loop let fire seconds late, behind what came later', async () => {
  const lines: FileLine[] = [
    { kind: 'head', version: logVersion, part: 1, ...houseHead(houseMachine, houseStartedAt) },
  ];
  const { clock, root } = recordHouse(3, (line) => lines.push(line));
  clock.advanceBy(5_000);
  clock.setTime(clock.now() + 5_000);
  root.send({ type: 'house.lock' });
  clock.advanceBy(houseConfig.closingMs);
  expect(root.getSnapshot().status).toBe('done');
  expect((await replay(lines, houseMachine)).divergence).toBeUndefined();
});

it('[RPL-23] replays a timer that fired seconds after an input had slipped in front of it', async () => {
  const machine = createMachine({
    id: 'late',
    initial: 'waiting',
    states: { waiting: { on: { poke: {} }, after: { 1_000: 'over' } }, over: { type: 'final' } },
  });
  const lines: FileLine[] = [
    { kind: 'head', version: logVersion, part: 1, ...houseHead(machine, houseStartedAt) },
  ];
  const clock = new VirtualClock(houseStartedAt);
  const { root } = startRecorded(machine, { clock, write: (line) => lines.push(line) });
  clock.setTime(houseStartedAt + 1_010);
  root.send({ type: 'poke' });
  clock.setTime(houseStartedAt + 4_000);
  clock.advanceBy(1);
  expect(root.getSnapshot().status).toBe('done');
  expect(lines.filter(isStimulus).map(({ kind }) => kind)).toEqual(['sent', 'timer']);
  expect((await replay(lines, machine)).divergence).toBeUndefined();
});

it('[RPL-24] replays what was set in a step that took seconds, as due from its beginning', async () => {
  const clock = new VirtualClock(houseStartedAt);
  const machine = createMachine({
    id: 'heavy',
    initial: 'starting',
    on: { poke: {} },
    states: {
      starting: {
        entry: () => clock.setTime(houseStartedAt + 5_700),
        after: { 30_000: 'over' },
      },
      over: { type: 'final' },
    },
  });
  const lines: FileLine[] = [
    { kind: 'head', version: logVersion, part: 1, ...houseHead(machine, houseStartedAt) },
  ];
  const { root } = startRecorded(machine, { clock, write: (line) => lines.push(line) });
  for (let second = 6; second < 60; second += 1) {
    clock.advanceTo(houseStartedAt + second * 1_000);
    if (root.getSnapshot().status === 'active') root.send({ type: 'poke' });
  }
  expect(lines.filter(isStimulus).at(-1)).toMatchObject({ kind: 'timer', t: 30_000 });
  expect((await replay(lines, machine)).divergence).toBeUndefined();
});

it('[RPL-12] replays a root that was stopped from outside', async () => {
  const lines: FileLine[] = [
    { kind: 'head', version: logVersion, part: 1, ...houseHead(houseMachine, houseStartedAt) },
  ];
  const clock = new VirtualClock(houseStartedAt);
  const machine = simulatedHouse(clock, seededRandom(5));
  const { root, recorder } = startRecorded(machine, { clock, write: (line) => lines.push(line) });
  clock.advanceBy(5_000);
  recorder.stop(root);
  recorder.stop(root);
  expect(lines.filter(({ kind }) => kind === 'stop')).toHaveLength(1);
  expect(lines.at(-1)).toMatchObject({ kind: 'ended', actor: 1, status: 'stopped' });

  const replayed = await replay(lines, houseMachine, exact);
  expect(replayed.divergence).toBeUndefined();
  expect(replayed.root.getSnapshot()).toMatchObject({ status: 'stopped' });
});

it('[RPL-8] refuses to start a port that was spawned in place, and says so', async () => {
  let started = 0;
  const real = port(() => {
    started += 1;
    return () => {};
  });
  const machine = createMachine({
    context: ({ spawn }) => ({ hidden: spawn(real, { id: 'hidden' }) }),
  });
  const { divergence } = await replay(recordedHouse(1), machine, exact);
  expect(divergence?.reason).toBe(
    'house/hidden would touch the world: it is no port of the replay',
  );
  expect(started).toBe(0);
});

it('[RPL-9] says where lines are missing instead of going on', async () => {
  const lines = recordedHouse(1);
  const gap: FileLine = { kind: 'dropped', count: 17 };
  const { divergence } = await replay(lines.toSpliced(100, 17, gap), houseMachine, exact);
  expect(divergence).toMatchObject({
    reason: '17 lines were dropped here when the disk was too slow',
    recorded: gap,
  });
});

it('[RPL-10] rejects a log without a head', async () => {
  const lines = recordedHouse(1).slice(1);
  await expect(replay(lines, houseMachine)).rejects.toMatchObject({
    code: 'E_LOG_FORMAT',
  });
});
