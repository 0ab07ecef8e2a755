import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { endedWithJob, newAlert, resolved } from '../../../src/machines/alerts/alert.logic.ts';
import {
  alertsMachine,
  conditionActorId,
  OVERFLOW_KEY,
  type AlertsEvent,
} from '../../../src/machines/alerts/alerts.machine.ts';
import { T0 } from '../../support/session-facts.ts';
import { startUnderParent } from '../../support/start-under-parent.ts';

const words = { severity: 'warning', message: 'too many', evidence: {} } as const;
const alert = newAlert('a', T0, words);
const met = (key: string, at = T0, extra = {}): AlertsEvent => ({
  ...{ type: 'condition.met', at, key, ...words },
  ...extra,
});
const gone = (key: string, at = T0): AlertsEvent => ({ type: 'condition.gone', at, key });
const done = (actorId: string): AlertsEvent => ({
  type: `xstate.done.actor.${actorId}`,
  actorId,
  output: { goneAt: T0 },
});

describeMachine(alertsMachine, {
  ruleId: 'ALR-7',
  input: { maxConditions: 2, updateEveryMs: 5_000 },
  events: [
    ...['a', 'b', 'c'].flatMap((key) => [met(key), gone(key), done(conditionActorId(key))]),
    done('overflow'),
  ],
  childEvents: {
    [conditionActorId('a')]: [
      { type: 'alert.opened', alert },
      { type: 'alert.updated', alert },
      { type: 'alert.resolved', alert: resolved(alert, T0) },
    ],
  },
  keyOf: ({ context: { keys, refused } }) => [keys, Math.min(refused, 2)],
  invariants: ({ context, children }) => {
    expect(findNotJson(context)).toBeUndefined();
    expect(context.keys.length).toBeLessThanOrEqual(2);
    for (const key of context.keys) expect(children[conditionActorId(key)]).toBeDefined();
  },
});

describe('the alerts of a job', () => {
  const start = (maxConditions = 3) => {
    const clock = new VirtualClock(T0);
    const input = { maxConditions, updateEveryMs: 5_000 };
    const { actor, reports } = startUnderParent(clock, (under) =>
      createActor(alertsMachine, { ...under, clock, input }),
    );
    return { clock, actor, reports };
  };

  it('[ALR-7] follows each condition by an actor of its own, as long as it is met', () => {
    const { actor, reports } = start();
    for (const event of [met('a'), met('b'), met('a'), gone('a', T0 + 5)]) actor.send(event);
    expect(reports).toMatchObject([
      { type: 'alert.opened', alert: { key: 'a' } },
      { type: 'alert.opened', alert: { key: 'b' } },
      { type: 'alert.resolved', alert: { key: 'a', resolvedAt: T0 + 5 } },
    ]);
    expect(Object.keys(actor.getSnapshot().children)).toEqual([conditionActorId('b')]);
  });

  it('[ALR-7] says nothing of a condition that is gone and never was met', () => {
    const { actor, reports } = start();
    actor.send(gone('a'));
    expect(reports).toEqual([]);
  });

  it('[ALR-8] takes no more than it can hold, and says so', () => {
    const { actor, reports, clock } = start(2);
    for (const event of [met('a'), met('b'), met('c', T0 + 1), met('d', T0 + 2)]) actor.send(event);
    expect(reports.slice(2)).toMatchObject([
      {
        type: 'alert.opened',
        alert: { key: OVERFLOW_KEY, evidence: { followed: 2, reportsRefused: 1 } },
      },
    ]);
    clock.advanceBy(5_000);
    expect(reports.slice(3)).toMatchObject([
      { type: 'alert.updated', alert: { evidence: { followed: 2, reportsRefused: 2 } } },
    ]);
    for (const event of [gone('a', T0 + 6_000), met('c', T0 + 6_001)]) actor.send(event);
    expect(reports.slice(4)).toMatchObject([
      { type: 'alert.resolved', alert: { key: 'a' } },
      { type: 'alert.opened', alert: { key: 'c', openedAt: T0 + 6_001 } },
    ]);
    clock.advanceBy(10_000);
    expect(reports.slice(6)).toMatchObject([
      { type: 'alert.resolved', alert: { key: OVERFLOW_KEY, resolvedAt: T0 + 6_000 } },
    ]);
    actor.send(met('d', T0 + 20_000));
    expect(reports.at(-1)).toMatchObject({
      type: 'alert.opened',
      alert: { key: OVERFLOW_KEY, evidence: { reportsRefused: 1 } },
    });
  });

  it('[ALR-3] an alert that ends with its job says with which end, and leaves the time to who hears it', () => {
    expect(endedWithJob(alert, 'drained')).toEqual({ ...alert, evidence: { ended: 'drained' } });
    expect(resolved(alert, T0 - 1).resolvedAt).toBe(T0);
  });
});
