import type { AnyActor } from 'xstate';
import { expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../../src/actors/ports.ts';
import { isStimulus, type FileLine, type LogProblem } from '../../../src/io/event-log/log-line.ts';
import { persist } from '../../../src/io/event-log/persist.ts';
import { LogPorts } from '../../../src/io/replay/log-ports.ts';
import { replacePorts } from '../../../src/io/replay/replace-ports.ts';
import { replay } from '../../../src/io/replay/replayer.ts';
import { resume, type ResumeOptions } from '../../../src/io/replay/resume.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { guestMachine } from '../../support/event-log/guest.machine.ts';
import { houseMachine } from '../../support/event-log/house.machine.ts';
import {
  houseConfig,
  seededRandom,
  simulatedHouse,
} from '../../support/event-log/house-simulation.ts';
import { houseStartedAt, recordedHouse } from '../../support/event-log/recorded-house.ts';

const exact = { overdueToleranceMs: 0 };
/** For each seed. */
const CUTS = 10;

const throwProblem = ({ message, where }: LogProblem): never => {
  throw new Error(`${message} ${where ?? ''}`);
};

/** Houses whose ports are played by whoever holds `world`. */
function silentHouse() {
  const world = new LogPorts();
  const machine = replacePorts(houseMachine, world.standInFor);
  return { world, machine };
}

async function resumeHouse(log: readonly FileLine[], options: Partial<ResumeOptions> = {}) {
  const { world, machine } = silentHouse();
  const clock = new VirtualClock(houseStartedAt + timeOf(log));
  const written: FileLine[] = [];
  const resumed = await resume({
    log,
    machine,
    clock,
    write: (line) => written.push(line),
    onProblem: throwProblem,
    ...options,
  });
  onTestFinished(() => void resumed.root.stop());
  return { ...resumed, world, clock, written };
}

/** When the last step of a log was, or of its part. */
const timeOf = (log: readonly FileLine[]): number => log.findLast((line) => 't' in line)?.t ?? 0;

const without = (kind: FileLine['kind'], lines: readonly FileLine[]): FileLine[] =>
  lines.filter((line) => line.kind !== kind);

/** What the recorded ports said from a line on, and whoever sent something, in the order of the log. */
function playOn(
  lines: readonly FileLine[],
  from: number,
  { clock, world, root }: { clock: VirtualClock; world: LogPorts; root: AnyActor },
): void {
  const paths = new Map(
    lines.flatMap((line) => (line.kind === 'actor' ? [[line.actor, line.path]] : [])),
  );
  for (const line of lines.slice(from).filter(isStimulus)) {
    clock.setTime(houseStartedAt + line.t);
    if (line.kind === 'timer') clock.fire(clock.next?.id ?? NaN);
    if (line.kind === 'input') world.say(paths.get(line.actor) ?? '', line.event);
    if (line.kind === 'sent') root.send(line.event);
  }
}

/** A line before which the log may break off: what is due in the same millisecond has come. */
function cutIn(lines: readonly FileLine[], random: () => number): number {
  const stimuli = lines.flatMap((line, index) => (isStimulus(line) ? [{ index, t: line.t }] : []));
  for (;;) {
    const cut = 1 + Math.floor(random() * (lines.length - 30));
    const next = stimuli.find(({ index }) => index >= cut);
    if (next && next.t > timeOf(lines.slice(0, cut))) return cut;
  }
}

const seeds = Array.from({ length: 5 }, (_, seed) => seed);

it.each([
  ...seeds.map((seed) => ({ seed, from: 'its beginning', checkpointEveryMs: Infinity })),
  ...seeds.map((seed) => ({ seed, from: 'checkpoints', checkpointEveryMs: 1_500 })),
])(
  '[RSM-1] goes on from anywhere as if nothing had happened, seed $seed, from $from',
  async ({ seed, checkpointEveryMs }) => {
    const random = seededRandom(seed);
    const lines = recordedHouse(seed, checkpointEveryMs);
    const [head] = lines;
    if (!head) throw new Error('no head');
    const whole = await replay(lines, houseMachine, exact);
    for (let n = 0; n < CUTS; n += 1) {
      const cut = cutIn(lines, random);
      const before = lines.slice(0, cut);
      const last = before.findLastIndex(({ kind }) => kind === 'checkpoint');
      const tail = last < 0 ? before : [head, ...before.slice(last)];
      const resumed = await resumeHouse(tail);
      playOn(lines, cut, resumed);

      const goneOn = [...before, ...resumed.written];
      expect(without('checkpoint', goneOn)).toEqual(without('checkpoint', lines));
      expect(persist(resumed.root)).toEqual(persist(whole.root));
      expect((await replay(goneOn, houseMachine, exact)).divergence).toBeUndefined();
    }
  },
);

const leaving = { type: 'door.closed', name: 'ann' };

/** What the written timers were, and when they were due. */
const timersOf = (lines: readonly FileLine[]) =>
  lines.flatMap((line) =>
    line.kind === 'timer' ? [`${line.timer} ${line.event} ${line.dueAt}`] : [],
  );

/** The log of a house at some time after it was opened, while guests are there. */
const brokenOff = (): FileLine[] => recordedHouse(1, 1_500).slice(0, 400);

it('[RSM-2] lets every timer of the downtime fire when it was due, with those that follow from it', async () => {
  const before = brokenOff();
  const awake = await resumeHouse(before);
  awake.clock.advanceBy(6_000);
  const clock = new VirtualClock(houseStartedAt + timeOf(before) + 6_000);
  const asleep = await resumeHouse(before, { clock });

  expect(asleep.downtimeMs).toBe(6_000);
  expect(timersOf(asleep.written).length).toBeGreaterThan(5);
  expect(asleep.written).toEqual(awake.written);
  const timers = asleep.written.filter((line) => line.kind === 'timer');
  for (const { t, dueAt } of timers) expect(t).toBe(dueAt);
  expect(persist(asleep.root)).toEqual(persist(awake.root));

  const goneOn = [...before, ...asleep.written];
  expect((await replay(goneOn, houseMachine, exact)).divergence).toBeUndefined();
});

it('[RSM-2] starts no port of actors that came to their end in the downtime', async () => {
  const lines = recordedHouse(1);
  const locked = lines.findIndex(({ kind }) => kind === 'sent');
  const before = lines.slice(0, locked + 1);
  const clock = new VirtualClock(houseStartedAt + timeOf(before) + houseConfig.closingMs);
  const { root, world, written } = await resumeHouse(before, { clock });
  expect(root.getSnapshot()).toMatchObject({ status: 'done' });
  expect(world.say('house/door', leaving)).toBe(false);
  expect(written.at(-1)).toMatchObject({ kind: 'ended', actor: 1, status: 'done' });
});

it('[RSM-3] hands its timers over to a clock that is late, and writes a log that replays', async () => {
  const before = brokenOff();
  const time = new VirtualClock(houseStartedAt + timeOf(before) + 500);
  const late: Clock = {
    now: () => time.now(),
    setTimeout: (callback, delayMs) => time.setTimeout(callback, delayMs + 40),
    clearTimeout: (handle) => time.clearTimeout(handle),
  };
  const machine = simulatedHouse(time, seededRandom(9));
  const { written } = await resumeHouse(before, { clock: late, machine });
  time.advanceBy(20_000);

  const lateTimers = written.filter((line) => line.kind === 'timer' && line.t === line.dueAt + 40);
  expect(lateTimers.length).toBeGreaterThan(10);
  expect(written.filter(({ kind }) => kind === 'input').length).toBeGreaterThan(50);
  const { divergence } = await replay([...before, ...written], houseMachine);
  expect(divergence).toBeUndefined();
});

it('[RSM-3] goes on from where the log ends where the clock was set back meanwhile', async () => {
  const before = brokenOff();
  const clock = new VirtualClock(houseStartedAt - 3_600_000);
  const { written, downtimeMs } = await resumeHouse(before, { clock });
  clock.advanceBy(5_000);
  expect(downtimeMs).toBe(0);
  const times = written.filter(isStimulus).map(({ t }) => t);
  expect(times.at(0)).toBeGreaterThan(timeOf(before));
  expect(times.at(-1)).toBeLessThanOrEqual(timeOf(before) + 5_000);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  const { divergence } = await replay([...before, ...written], houseMachine, exact);
  expect(divergence).toBeUndefined();
});

it('[RSM-4] starts the real ports in the actors that stand, once, when these are where the log ends', async () => {
  const before = brokenOff();
  const story: string[] = [];
  const { world, machine } = silentHouse();
  const clock = new VirtualClock(houseStartedAt + timeOf(before) + 100);
  const { root } = await resumeHouse(before, {
    clock,
    machine,
    write: (line) => story.push(line.kind),
    onRestored: () => {
      story.push('restored');
      expect(world.say('house/door', leaving)).toBe(false);
    },
  });
  expect(story.indexOf('restored')).toBeGreaterThan(story.indexOf('checkpoint'));
  expect(world.say('house/door', leaving)).toBe(true);
  expect(story.at(-1)).toBe('input');
  root.stop();
  expect(world.say('house/door', leaving)).toBe(false);
});

it.each([
  ['a torn last line', (lines: FileLine[]) => [...lines, { kind: 'torn' } as const]],
  ['no line but its head', (lines: FileLine[]) => lines.slice(0, 1)],
])('[RSM-5] resumes a log that has %s', async (_, change) => {
  const before = recordedHouse(1).slice(0, 200);
  const written: FileLine[] = [];
  const { machine } = silentHouse();
  const log = change(before);
  const clock = new VirtualClock(houseStartedAt + timeOf(before));
  const options = { machine, clock, onProblem: throwProblem };
  const { root } = await resume({ ...options, log, write: (line) => written.push(line) });
  onTestFinished(() => void root.stop());
  const whole = log.flatMap((line) => (line.kind === 'torn' ? [] : [line]));
  const { divergence } = await replay([...whole, ...written], houseMachine, exact);
  expect(divergence).toBeUndefined();
});

const changedHouse = () =>
  replacePorts(
    houseMachine.provide({
      actors: {
        guest: guestMachine.provide({ guards: { isLoud: (_, { rms }) => rms > 0.9 } }),
      },
    }),
    new LogPorts().standInFor,
  );

it.each<[string, (lines: FileLine[]) => FileLine[], string, Partial<ResumeOptions>]>([
  [
    'was closed in order',
    (lines) => [...lines, { kind: 'end', lines: lines.length, dropped: 0 }],
    'the log was closed in order: there is nothing to resume',
    {},
  ],
  ['has ended', () => recordedHouse(1), 'the actors of the log have come to their end', {}],
  [
    'has a gap',
    (lines) => [...lines, { kind: 'dropped', count: 3 }],
    '3 lines are missing in the log',
    {},
  ],
  [
    'is of other machines',
    (lines) =>
      lines.map((line) =>
        line.kind === 'head'
          ? { ...line, fingerprints: { ...line.fingerprints, guest: '0123456789ab' } }
          : line,
      ),
    'since the log was recorded these machines have changed: guest',
    {},
  ],
  [
    'comes out differently',
    (lines) => lines,
    'the actors part from the log in step',
    { machine: changedHouse() },
  ],
])('[RSM-6] refuses a log that %s', async (_, change, message, options) => {
  const resuming = resumeHouse(change(brokenOff()), options);
  await expect(resuming).rejects.toMatchObject({
    code: 'E_RESUME',
    message: expect.stringContaining(message) as unknown,
  });
});

it('[RSM-6] goes on with changed machines where it is told to', async () => {
  const before = brokenOff().map((line) =>
    line.kind === 'head' ? { ...line, fingerprints: {} } : line,
  );
  const { root } = await resumeHouse(before, { allowChangedMachines: true });
  expect(root.getSnapshot()).toMatchObject({ status: 'active' });
});

it('[RSM-6] names a log without a head', async () => {
  await expect(resumeHouse([])).rejects.toMatchObject({ code: 'E_LOG_FORMAT' });
});
