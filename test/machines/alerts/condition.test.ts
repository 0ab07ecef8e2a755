import { createActor } from 'xstate';
import { expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { ConditionMet } from '../../../src/machines/alerts/alert.logic.ts';
import { conditionMachine } from '../../../src/machines/alerts/condition.machine.ts';
import { T0 } from '../../support/session-facts.ts';
import { startUnderParent } from '../../support/start-under-parent.ts';

const updateEveryMs = 5_000;
const first: ConditionMet = {
  ...{ type: 'condition.met', at: T0, key: 'crowd', severity: 'warning', message: 'too many' },
  evidence: { people: 11 },
};
const gone = { type: 'condition.gone', at: T0 + 500, key: 'crowd' } as const;

describeMachine(conditionMachine, {
  ruleId: 'ALR-5',
  input: { met: { ...first, openAfterMs: 1_000, resolveAfterMs: 2_000 }, updateEveryMs },
  events: [first, { ...first, severity: 'critical' }, gone],
  also: { 'without any hysteresis': { input: { met: first, updateEveryMs } } },
  invariants: ({ context }) => {
    expect(findNotJson(context)).toBeUndefined();
  },
});

class Stage {
  readonly clock = new VirtualClock(T0);
  readonly #started;

  constructor(changes: Partial<ConditionMet> = {}) {
    const met = { ...first, ...changes };
    this.#started = startUnderParent(this.clock, (under) =>
      createActor(conditionMachine, { ...under, clock: this.clock, input: { met, updateEveryMs } }),
    );
  }

  get told() {
    return this.#started.reports.filter(({ type }) => type.startsWith('alert.'));
  }

  get words(): string[] {
    return this.told.map(({ type }) => type);
  }

  meet(people = 11): void {
    this.#started.actor.send({ ...first, at: this.clock.now(), evidence: { people } });
  }

  leave(): void {
    this.#started.actor.send({ ...gone, at: this.clock.now() });
  }

  pass(durationMs: number): void {
    this.clock.advanceBy(durationMs);
  }
}

it('[ALR-5] opens at once where nothing else is asked, and resolves at once', () => {
  const stage = new Stage();
  stage.pass(700);
  stage.leave();
  const alert = { key: 'crowd', severity: 'warning', message: 'too many', openedAt: T0 };
  expect(stage.told).toEqual([
    { type: 'alert.opened', alert: { ...alert, evidence: { people: 11 } } },
    {
      type: 'alert.resolved',
      alert: { ...alert, evidence: { people: 11 }, resolvedAt: T0 + 700 },
    },
  ]);
});

it('[ALR-5] is open since it was first met, with the words of the last report', () => {
  const stage = new Stage({ openAfterMs: 1_000 });
  stage.pass(999);
  stage.meet(12);
  expect(stage.told).toEqual([]);
  stage.pass(1);
  expect(stage.told).toMatchObject([
    { type: 'alert.opened', alert: { openedAt: T0, evidence: { people: 12 } } },
  ]);
});

it('[ALR-5] says nothing of a condition that is gone before', () => {
  const stage = new Stage({ openAfterMs: 1_000 });
  stage.pass(999);
  stage.leave();
  stage.pass(10_000);
  expect(stage.told).toEqual([]);
});

it('[ALR-5] stays the same alert while it is not gone for long enough', () => {
  const stage = new Stage({ resolveAfterMs: 1_000 });
  for (let round = 0; round < 3; round += 1) {
    stage.leave();
    stage.pass(999);
    stage.meet();
  }
  expect(stage.words).toEqual(['alert.opened']);
  stage.pass(100);
  stage.leave();
  stage.pass(300);
  stage.leave();
  stage.pass(700);
  expect(stage.told.slice(1)).toMatchObject([
    { type: 'alert.resolved', alert: { openedAt: T0, resolvedAt: T0 + 3 * 999 + 100 } },
  ]);
});

it('[ALR-6] tells of changes every 5 s at most, and always of the last', () => {
  const stage = new Stage();
  for (let people = 12; people < 32; people += 1) {
    stage.pass(400);
    stage.meet(people);
  }
  // 8 s have passed.
  stage.pass(60_000);
  const updates = stage.told.slice(1);
  expect(updates).toMatchObject([
    { type: 'alert.updated', alert: { updatedAt: T0 + 4_800, evidence: { people: 23 } } },
    { type: 'alert.updated', alert: { updatedAt: T0 + 8_000, evidence: { people: 31 } } },
  ]);
  stage.meet(40);
  expect(stage.told.at(-1)).toMatchObject({ type: 'alert.updated', alert: { openedAt: T0 } });
});

it('[ALR-6] tells nothing of a report that says the same', () => {
  const stage = new Stage();
  for (let count = 0; count < 100; count += 1) {
    stage.pass(1_000);
    stage.meet();
  }
  expect(stage.words).toEqual(['alert.opened']);
});

it('[ALR-6] is resolved with what is still to be told', () => {
  const stage = new Stage();
  stage.meet(12);
  stage.pass(10);
  stage.leave();
  expect(stage.told.slice(1)).toMatchObject([
    { type: 'alert.resolved', alert: { evidence: { people: 12 }, updatedAt: T0 } },
  ]);
});
