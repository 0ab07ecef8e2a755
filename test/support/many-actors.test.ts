import { isMachineSnapshot, type AnyActorRef } from 'xstate';
import { describe, expect, it, onTestFinished } from 'vitest';
import { snapshotAt } from '../../src/io/compose/snapshot-at.ts';
import type { SystemInspector } from '../../src/io/inspect/inspected-system.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import { ManyActors } from './many-actors.ts';
import { T0 } from './session-facts.ts';

/** Ten jobs that take turns, and the one that is spared. */
const ACTORS = 132;
const CHANGES_OF_EACH = 3;

function start({ actors = ACTORS, changeEvery = 1 } = {}) {
  const clock = new VirtualClock(T0);
  let windows = 0;
  const inspector: SystemInspector = {
    attach: ({ root }) => {
      root.system.inspect((inspection) => {
        if (inspection.type !== '@xstate.event') return;
        if (inspection.event.type === 'audio.levelMeasured') windows += 1;
      });
    },
  };
  const load = new ManyActors({ actors, clock, inspector, changeEvery });
  onTestFinished(() => load.close());
  return { clock, load, countWindows: () => windows };
}

function countActors(ref: AnyActorRef): number {
  const snapshot: unknown = ref.getSnapshot();
  if (!isMachineSnapshot(snapshot)) return 1;
  const children = snapshot.children as Readonly<Record<string, AnyActorRef>>;
  return Object.values(children).reduce((sum, child) => sum + countActors(child), 1);
}

/** The states of all sessions, in order. */
const statesIn = ({ guests }: ManyActors): unknown[] =>
  guests.map(({ job, ref }) => {
    const session: unknown = snapshotAt(job.root, ['agent', `participant:${ref.identity}`]);
    const value: unknown = isMachineSnapshot(session) && session.value;
    return value;
  });

const connected = (quality: string) => ({
  connected: { presence: 'present', speech: 'silent', video: 'off', quality },
});

describe('many actors', () => {
  it('[LOAD-1] there are as many as were asked for, rounded up to whole jobs, and all are connected', () => {
    const { load } = start({ actors: 1_000 });
    const counts = load.guests.map(({ job }) => countActors(job.root));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1_008);
    expect(statesIn(load)).toEqual(load.guests.map(() => connected('excellent')));
  });

  it('[LOAD-2] where each fact is to change a state, it changes that of the next guest, the first spared', () => {
    const { load } = start();
    const [spared, ...others] = load.guests.map(() => connected('excellent'));
    others.forEach(() => load.tell());
    expect(statesIn(load)).toEqual([spared, ...others.map(() => connected('good'))]);
    load.tell();
    expect(statesIn(load).slice(1, 3)).toEqual([connected('excellent'), connected('good')]);
  });

  it('[LOAD-3] the others are windows that change nothing, and everybody has their turn at both', () => {
    const { load, countWindows } = start({ changeEvery: 10 });
    for (let fact = 0; fact < CHANGES_OF_EACH * 100; fact += 1) load.tell();
    expect(countWindows()).toBe(CHANGES_OF_EACH * 90);
    expect(statesIn(load).slice(1)).toEqual(Array(10).fill(connected('good')));
  });

  it('[LOAD-4] a steady load keeps its rate, catches up after a pause, and can be stopped', () => {
    const { clock, load } = start();
    const stop = load.tellSteadily(250);
    clock.advanceBy(1_000);
    expect(load.facts).toBe(250);
    clock.setTime(T0 + 3_000);
    clock.advanceBy(1_000);
    expect(load.facts).toBe(1_000);
    stop();
    clock.advanceBy(1_000);
    expect(load.facts).toBe(1_000);
  });
});
