import { expect, it } from 'vitest';
import { nextTurn } from '../../../src/io/clock.ts';
import { watchDispatch } from '../../../src/io/cli/dispatch-outcome.ts';
import type { ListedJob } from '../../../src/io/doctor/server-api.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { passBy } from '../../../src/io/virtual-time.ts';
import { ScriptedServer } from '../../support/scripted-doctor-world.ts';

const jobOf = (isRunning: boolean): ListedJob => ({ isRunning, identity: '', startedAt: 0 });

function watch(participant: string | null = null) {
  const clock = new VirtualClock();
  const server = new ScriptedServer();
  server.participants.set('r', [{ identity: 'alice', isAgent: false }]);
  const list = (...jobs: readonly ListedJob[]) => {
    const dispatch = { agent: 'a', metadata: '', createdAt: 0 };
    server.dispatches.set('r', [
      // The one that every room has, which nobody asked for.
      { ...dispatch, id: 'AD_0', jobs: [jobOf(true)] },
      { ...dispatch, id: 'AD_1', jobs },
    ]);
  };
  list();
  let outcome: string | null = null;
  void watchDispatch(server.api, clock, { id: 'AD_1', room: 'r', participant }).then(
    (known) => (outcome = known),
  );
  const pass = async (ms: number) => {
    // Its first question is answered before its first wait begins.
    await new Promise<void>(nextTurn);
    await passBy(clock, ms);
  };
  return { list, pass, outcome: () => outcome };
}

it('[CLI-65] waits longer for a job than a server that does not know its workers yet', async () => {
  const { list, pass, outcome } = watch();
  await pass(5_500);
  expect(outcome()).toBe(null);
  list(jobOf(true));
  await pass(500);
  expect(outcome()).toBe('taken');
});

it.each([
  ['untaken', []],
  ['refused', [jobOf(false)]],
])('[CLI-66] gives a dispatch up as %s after 7 s', async (expected, jobs) => {
  const { list, pass, outcome } = watch('alice');
  list(...jobs);
  await pass(6_900);
  expect(outcome()).toBe(null);
  await pass(250);
  expect(outcome()).toBe(expected);
});

it('[CLI-67] waits for no job about somebody who is not there', async () => {
  const { pass, outcome } = watch('bob');
  await pass(0);
  expect(outcome()).toBe('early');
});
