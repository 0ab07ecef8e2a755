import fc from 'fast-check';
import { createActor, type Actor } from 'xstate';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { RosterEntry, RosterFact } from '../../../src/machines/events.ts';
import { claimMachine } from '../../../src/machines/job/claim.machine.ts';
import { jobConfig } from '../../support/job-stage.ts';
import { agentEntry, sharedClaim } from '../../support/roster-facts.ts';

const SEED = 20_260_801;
const LOOK_MS = jobConfig.claim.lookMs;

/** Agents of several workers, and the server that lists them. */
class Race {
  readonly clock = new VirtualClock();
  readonly #inside: RosterEntry[] = [];
  readonly #claims = new Map<string, Actor<typeof claimMachine>>();

  /** The server stores who joined before it tells them that they are in. */
  join(identity: string): void {
    if (this.#claims.has(identity)) return;
    this.#inside.push(agentEntry(identity, this.clock.now()));
    const startedAt = this.clock.now();
    const input = { ...sharedClaim, identity, startedAt, config: jobConfig.claim };
    this.#claims.set(identity, createActor(claimMachine, { input, clock: this.clock }).start());
  }

  /** No question is asked and answered within the millisecond of a join, which is a round trip itself. */
  answer(identity: string): void {
    this.clock.advanceBy(1);
    this.#tell(identity, {
      type: 'roster.listed',
      at: this.clock.now(),
      participants: [...this.#inside],
    });
  }

  fail(identity: string): void {
    const error = { code: 'E_ROSTER', message: 'no answer', retryable: true };
    this.#tell(identity, { type: 'roster.failed', at: this.clock.now(), error });
  }

  #tell(identity: string, fact: RosterFact): void {
    const claim = this.#claims.get(identity);
    if (claim?.getSnapshot().status === 'active') claim.send(fact);
  }

  /** All that is asked is answered, until all have decided or stand by. */
  settle(durationMs: number): void {
    for (let passed = 0; passed < durationMs; passed += LOOK_MS) {
      for (const identity of this.#claims.keys()) this.answer(identity);
      this.clock.advanceBy(LOOK_MS);
    }
  }

  kill(identity: string): void {
    const index = this.#inside.findIndex((entry) => entry.identity === identity);
    if (index >= 0) this.#inside.splice(index, 1);
  }

  get serving(): string[] {
    return [...this.#claims]
      .filter(([, claim]) => claim.getSnapshot().output?.serves)
      .map(([identity]) => identity);
  }

  stop(): void {
    for (const claim of this.#claims.values()) claim.stop();
  }

  get joined(): number {
    return this.#claims.size;
  }
}

const agents = ['agent-a', 'agent-b', 'agent-c'] as const;
const step = fc.oneof(
  fc.record({ type: fc.constantFrom('join', 'answer', 'fail'), who: fc.constantFrom(...agents) }),
  fc.record({ type: fc.constant('pass'), who: fc.constant(agents[0]) }),
);

it(
  '[JOB-20] lets exactly one of several agents serve, in whatever order they come and learn',
  { timeout: 60_000 },
  () => {
    const check = (steps: readonly { readonly type: string; readonly who: string }[]): void => {
      const race = new Race();
      for (const { type, who } of steps) {
        if (type === 'join') race.join(who);
        else if (type === 'answer') race.answer(who);
        else if (type === 'fail') race.fail(who);
        else race.clock.advanceBy(1);
        expect(race.serving.length).toBeLessThanOrEqual(1);
      }
      if (race.joined === 0) race.join('agent-a');
      race.settle(2_000);
      expect(race.serving).toHaveLength(1);
      const [first = ''] = race.serving;
      // It dies: with nobody else there is nobody to take over.
      race.kill(first);
      const others = race.joined - 1;
      race.settle(5_000);
      expect(race.serving.filter((identity) => identity !== first)).toHaveLength(
        Math.min(1, others),
      );
      race.stop();
    };
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 14 }), check), {
      seed: SEED,
      numRuns: 300,
    });
  },
);
