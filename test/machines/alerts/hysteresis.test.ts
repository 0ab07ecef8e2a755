import { createActor, type EventObject } from 'xstate';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startUnderParent } from '../../../src/io/testing/start-under-parent.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { alertsMachine } from '../../../src/machines/alerts/alerts.machine.ts';
import type { AlertReport } from '../../../src/machines/events.ts';
import { T0 } from '../../support/session-facts.ts';

const openAfterMs = 1_000;
const resolveAfterMs = 1_500;
const updateEveryMs = 5_000;

type Happening = {
  readonly afterMs: number;
  readonly key: string;
  readonly isMet: boolean;
  readonly people: number;
};

const happening: fc.Arbitrary<Happening> = fc.record({
  // The limits themselves, too.
  afterMs: fc.oneof(fc.nat({ max: 2_500 }), fc.constantFrom(0, 999, 1_000, 1_499, 1_500)),
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  isMet: fc.boolean(),
  people: fc.nat({ max: 2 }),
});
const story = fc.array(happening, { maxLength: 60 });

type Told = AlertReport & { readonly toldAt: number };

const isReport = (event: EventObject): event is AlertReport => event.type.startsWith('alert.');

function play(happenings: readonly Happening[], maxConditions: number): readonly Told[] {
  const clock = new VirtualClock(T0);
  const told: Told[] = [];
  const input = { maxConditions, updateEveryMs };
  const { actor, stop } = startUnderParent(
    clock,
    (under) => createActor(alertsMachine, { ...under, clock, input }),
    (inspection) => {
      if (inspection.type !== '@xstate.event' || !isReport(inspection.event)) return;
      // The conditions tell it first, below.
      const { sourceRef } = inspection;
      if (!sourceRef || !('id' in sourceRef) || sourceRef.id !== 'child') return;
      told.push({ ...inspection.event, toldAt: clock.now() });
    },
  );
  for (const { afterMs, key, isMet, people } of happenings) {
    clock.advanceBy(afterMs);
    const at = clock.now();
    const words = { severity: 'info', message: 'many', evidence: { people } } as const;
    if (!isMet) actor.send({ type: 'condition.gone', at, key });
    else actor.send({ type: 'condition.met', at, key, ...words, openAfterMs, resolveAfterMs });
  }
  clock.advanceBy(60_000);
  stop();
  return told;
}

/** What must have been told of one key: openings and resolutions, by the definition of the two times. */
function expectedOf(key: string, happenings: readonly Happening[]): string[] {
  const said: string[] = [];
  const is = { now: T0, metAt: Infinity, goneAt: Infinity, open: false };
  const letPass = (afterMs: number): void => {
    is.now += afterMs;
    if (!is.open && is.now >= is.metAt + openAfterMs) {
      is.open = true;
      said.push(`opened ${is.metAt}`);
    }
    if (is.open && is.now >= is.goneAt + resolveAfterMs) {
      said.push(`resolved ${is.goneAt}`);
      Object.assign(is, { metAt: Infinity, goneAt: Infinity, open: false });
    }
  };
  for (const { afterMs, isMet, ...each } of happenings) {
    letPass(afterMs);
    if (each.key !== key) continue;
    if (isMet) {
      is.metAt = Math.min(is.metAt, is.now);
      is.goneAt = Infinity;
    } else if (is.open) is.goneAt = Math.min(is.goneAt, is.now);
    else is.metAt = Infinity;
  }
  letPass(60_000);
  return said;
}

const saidOf = (key: string, told: readonly Told[]): string[] =>
  told.flatMap(({ type, alert }) => {
    if (alert.key !== key || type === 'alert.updated') return [];
    return type === 'alert.opened'
      ? [`opened ${alert.openedAt}`]
      : [`resolved ${String(alert.resolvedAt)}`];
  });

it('[ALR-9] opens and resolves each alert in turn, after exactly the times that are asked for', () => {
  fc.assert(
    fc.property(story, (happenings) => {
      const told = play(happenings, 10);
      for (const key of ['a', 'b', 'c', 'd']) {
        expect(saidOf(key, told)).toEqual(expectedOf(key, happenings));
      }
    }),
    { numRuns: 300 },
  );
});

it('[ALR-9] never has two of a key open, nor tells of one more often than every 5 s', () => {
  fc.assert(
    // Two places for four keys: the overflow is among them.
    fc.property(story, (happenings) => {
      const lastTold = new Map<string, number>();
      for (const { type, alert, toldAt } of play(happenings, 2)) {
        const { key } = alert;
        const last = lastTold.get(key);
        if (type === 'alert.opened') expect(last).toBeUndefined();
        else expect(last).toBeDefined();
        if (type === 'alert.updated') expect(toldAt - (last ?? 0)).toBeGreaterThanOrEqual(5_000);
        if (type === 'alert.resolved') lastTold.delete(key);
        else lastTold.set(key, toldAt);
      }
    }),
    { numRuns: 300 },
  );
});
