import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { RosterEntry, RosterFact } from '../../../src/machines/events.ts';
import { claimMachine, type ClaimInput } from '../../../src/machines/job/claim.machine.ts';
import { jobConfig } from '../../support/job-stage.ts';
import { agentEntry, sharedClaim } from '../../support/roster-facts.ts';
import { T0 } from '../../support/session-facts.ts';
import { startUnderParent } from '../../support/start-under-parent.ts';
import { throughJson } from '../../support/through-json.ts';

const input: ClaimInput = {
  ...sharedClaim,
  identity: 'agent-2',
  startedAt: T0,
  config: jobConfig.claim,
};
const self = agentEntry('agent-2', T0);
const elder = agentEntry('agent-1', T0 - 1);

/** A claim whose list is the test's. */
class ClaimStage {
  readonly clock = new VirtualClock(T0);
  readonly #started = startUnderParent(this.clock, (under) =>
    createActor(claimMachine, { input, ...under }),
  );
  readonly actor = this.#started.actor;

  get value() {
    return this.actor.getSnapshot().value;
  }

  get outcome() {
    return this.actor.getSnapshot().output;
  }

  get asked(): number {
    return this.#started.reports.filter(({ type }) => type === 'roster.request').length;
  }

  get elders() {
    return this.#started.reports.filter(({ type }) => type === 'claim.stoodBy');
  }

  list(...participants: RosterEntry[]): void {
    this.actor.send({ type: 'roster.listed', at: this.clock.now(), participants });
  }

  fail(): void {
    const error = { code: 'E_ROSTER', message: 'no such host', retryable: true };
    this.actor.send({ type: 'roster.failed', at: this.clock.now(), error });
  }

  pass(durationMs: number): void {
    this.clock.advanceBy(durationMs);
  }
}

describe('the first look', () => {
  it('[JOB-17] asks at once, and serves where nobody came earlier', () => {
    const stage = new ClaimStage();
    expect(stage.asked).toBe(1);
    stage.pass(5);
    stage.list(self);
    expect(stage.outcome).toEqual({ serves: true, at: T0 + 5, doubt: '' });
    expect(stage.clock.pendingCount).toBe(0);
  });

  it.each([
    ['a later one', agentEntry('agent-1', T0 + 1)],
    ['one of the same time with a greater identity', agentEntry('agent-3', T0)],
    [
      'one that serves something else',
      agentEntry('agent-1', T0 - 1, {
        attributes: { ...elder.attributes, 'greenroom.serves': 'AD_1/bob' },
      }),
    ],
    [
      'one of another agent',
      agentEntry('agent-1', T0 - 1, {
        attributes: { ...elder.attributes, 'greenroom.agent': 'greeter' },
      }),
    ],
    ['one of another vendor', agentEntry('agent-1', T0 - 1, { attributes: {} })],
  ])('[JOB-17] serves beside %s', (_who, other) => {
    const stage = new ClaimStage();
    stage.list(other, self);
    expect(stage.outcome).toMatchObject({ serves: true });
  });

  it.each([
    ['an earlier one', elder],
    ['one of the same time with a smaller identity', agentEntry('agent-1', T0)],
    ['one that is not active yet', agentEntry('agent-1', T0 - 1, { active: false })],
  ])('[JOB-17] stands by behind %s, and says so once', (_who, other) => {
    const stage = new ClaimStage();
    stage.list(other, self);
    expect(stage.value).toEqual({ standingBy: 'seen' });
    stage.pass(1_000);
    stage.list(other, self);
    expect(stage.elders).toEqual([{ type: 'claim.stoodBy', elders: ['agent-1'] }]);
  });

  it('[JOB-21] asks again until the list names the agent itself', () => {
    const stage = new ClaimStage();
    stage.list(agentEntry('agent-3'));
    stage.pass(199);
    expect(stage.asked).toBe(1);
    stage.pass(1);
    expect(stage.asked).toBe(2);
    stage.list(self, elder);
    expect(stage.value).toEqual({ standingBy: 'seen' });
  });

  it.each([
    ['no answer', () => {}, 'the server did not answer'],
    ['failures', (stage: ClaimStage) => stage.fail(), 'no such host'],
    [
      'lists without the agent itself',
      (stage: ClaimStage) => stage.list(elder),
      'the server’s list does not name this agent',
    ],
  ])('[JOB-21] serves after 3 s of %s, and says why', (_what, answer, doubt) => {
    const stage = new ClaimStage();
    for (let passed = 0; passed < 3_000; passed += 200) {
      expect(stage.outcome).toBeUndefined();
      answer(stage);
      stage.pass(200);
    }
    expect(stage.outcome).toEqual({ serves: true, at: T0 + 3_000, doubt });
  });
});

describe('standing by', () => {
  const standBy = () => {
    const stage = new ClaimStage();
    stage.list(elder, self);
    return stage;
  };

  it('[JOB-17] looks once a second, and ends as a duplicate after 25 s', () => {
    const stage = standBy();
    for (let looks = 1; looks < 25; looks += 1) {
      stage.pass(1_000);
      expect(stage.asked).toBe(1 + looks);
      stage.list(elder, self);
    }
    expect(stage.outcome).toBeUndefined();
    stage.pass(1_000);
    expect(stage.outcome).toEqual({ serves: false, at: T0 + 25_000, doubt: '' });
  });

  it('[JOB-17] serves once the earlier one was missed at two looks in a row', () => {
    const stage = standBy();
    stage.pass(1_000);
    stage.list(self);
    expect(stage.value).toEqual({ standingBy: 'missed' });
    stage.pass(1_000);
    stage.list(self);
    expect(stage.outcome).toEqual({ serves: true, at: T0 + 2_000, doubt: '' });
  });

  it('[JOB-17] stays behind one whose connection was made anew, and is a later one since', () => {
    const stage = standBy();
    stage.pass(1_000);
    stage.list(self);
    stage.pass(1_000);
    stage.list(self, agentEntry('agent-1', T0 + 1_500));
    expect(stage.value).toEqual({ standingBy: 'seen' });
  });

  it('[JOB-17] waits for all who came earlier, and for nobody else', () => {
    const stage = new ClaimStage();
    const second = agentEntry('agent-0', T0 - 2);
    const later = agentEntry('agent-3', T0 + 1);
    stage.list(elder, self, second);
    for (let looks = 0; looks < 3; looks += 1) {
      stage.pass(1_000);
      stage.list(self, second, later);
    }
    expect(stage.value).toEqual({ standingBy: 'seen' });
    for (let looks = 0; looks < 2; looks += 1) {
      stage.pass(1_000);
      stage.list(self, later);
    }
    expect(stage.outcome).toMatchObject({ serves: true });
  });

  it('[JOB-21] learns nothing from a failure or a list without itself', () => {
    const stage = standBy();
    for (let looks = 0; looks < 12; looks += 1) {
      stage.pass(1_000);
      stage.fail();
      stage.pass(1_000);
      stage.list();
    }
    expect(stage.value).toEqual({ standingBy: 'seen' });
    stage.pass(1_000);
    expect(stage.outcome).toMatchObject({ serves: false });
  });
});

const listed = (...participants: RosterEntry[]): RosterFact => ({
  type: 'roster.listed',
  at: T0 + 10,
  participants,
});

describeMachine(claimMachine, {
  ruleId: 'JOB-13',
  input,
  events: [
    listed(self),
    listed(elder, self),
    listed(),
    {
      type: 'roster.failed',
      at: T0 + 10,
      error: { code: 'E_ROSTER', message: 'no such host', retryable: true },
    },
  ],
  also: {
    // Else the looks of a standby come before its end, again and again.
    'short standby': { input: { ...input, config: { ...input.config, standbyMs: 500 } } },
  },
  invariants: ({ context }) => expect(findNotJson(context)).toBeUndefined(),
});

it('[JOB-14] comes back from its snapshot as JSON, and goes on', () => {
  const stage = new ClaimStage();
  stage.list(elder, self);
  const snapshot = throughJson(stage.actor.getPersistedSnapshot());
  const restored = createActor(claimMachine, { input, snapshot, clock: new VirtualClock(T0) });
  expect(restored.getSnapshot().value).toEqual(stage.value);
  expect(restored.getSnapshot().context).toEqual(stage.actor.getSnapshot().context);
});
