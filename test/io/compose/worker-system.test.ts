import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setup } from 'xstate';
import { expect, it } from 'vitest';
import { defineAgent } from '../../../src/agents/define-agent.ts';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import type { AgentFact } from '../../../src/machines/events.ts';
import type { AgentInput } from '../../../src/machines/job/job.events.ts';
import { port } from '../../../src/machines/slots.ts';
import { SimulatedWorker } from '../../support/simulated-worker.ts';
import { plainAgent } from '../../support/plain-agent.ts';

/** The ports of {@link fragile} that are open. */
let openPorts = 0;

const countedPort = port<null>(() => {
  openPorts += 1;
  return () => {
    openPorts -= 1;
  };
});

/** Breaks as soon as somebody comes in. */
const fragile = defineAgent({
  name: 'fragile',
  ...plainAgent,
  machine: () =>
    setup({
      types: {} as { input: AgentInput; events: AgentFact },
      actors: { counted: countedPort },
      actions: {
        breakDown: () => {
          throw new Error('not today');
        },
      },
    }).createMachine({
      id: 'fragile',
      invoke: { src: 'counted', input: null },
      on: { 'participant.connected': { actions: 'breakDown' } },
    }),
  view: () => ({ state: 'fine', mood: 'fragile' }),
});

const reasonOf = (worker: SimulatedWorker, jobId: string): unknown =>
  worker.emitted.find((fact) => fact.type === 'job.ended' && fact.jobId === jobId);

it('[COMP-1] runs jobs of several agents side by side; one that breaks harms no other', async () => {
  const worker = await SimulatedWorker.start([participantMonitor, fragile]);
  worker.offer('participant-monitor', 'AJ_fine', 'shared', { participant_identity: 'alice' });
  worker.offer('fragile', 'AJ_fragile', 'shared');
  await worker.until(() => worker.session('AJ_fragile')?.state === 'fine');
  expect(worker.session('AJ_fragile')).toMatchObject({ mood: 'fragile', identity: null });
  worker
    .director('shared')
    .perform({ type: 'join', identity: 'alice', kind: 'standard', sources: ['microphone'] });
  await worker.until(() => worker.session('AJ_fine')?.state === 'connected');
  await worker.until(() => reasonOf(worker, 'AJ_fragile') !== undefined);

  expect(reasonOf(worker, 'AJ_fragile')).toMatchObject({ reason: 'agent_error' });
  expect(worker.dispatcher('fragile').job('AJ_fragile')).toMatchObject({
    status: 'failed',
    error: 'not today',
  });
  await worker.pass(5_000);
  expect(worker.session('AJ_fine')).toMatchObject({ state: 'connected', endReason: null });
  expect(worker.session('AJ_fragile')).toMatchObject({ state: 'ended', endReason: 'agent_error' });
  expect(worker.problems).toEqual([]);
});

it('[COMP-17] lets no actor of a job run on after its end, also where its agent broke', async () => {
  const worker = await SimulatedWorker.start([fragile]);
  const idle = worker.system.actorCount;
  worker.offer('fragile', 'AJ_1', 'shared');
  await worker.until(() => worker.session('AJ_1')?.state === 'fine');
  expect(openPorts).toBe(1);
  expect(worker.system.actorCount).toBeGreaterThan(idle);
  worker
    .director('shared')
    .perform({ type: 'join', identity: 'alice', kind: 'standard', sources: [] });
  await worker.until(() => worker.system.view().worker.jobs === 0);
  await worker.until(() => worker.system.actorCount === idle);
  expect(openPorts).toBe(0);
});

it('[COMP-2] counts the health of all sessions, and reports it every 30 s', async () => {
  const worker = await SimulatedWorker.start([participantMonitor]);
  worker.offer('participant-monitor', 'AJ_1', 'one', { participant_identity: 'alice' });
  worker.offer('participant-monitor', 'AJ_2', 'two', { participant_identity: 'bob' });
  const director = worker.director('one');
  director.perform({ type: 'join', identity: 'alice', kind: 'standard', sources: ['microphone'] });
  await worker.until(() => worker.session('AJ_1')?.state === 'connected');
  director.perform({ type: 'speak', identity: 'alice', level: 0.1, durationMs: null });
  await worker.until(() => worker.health.length > 0, 31_000);
  expect(worker.health).toMatchObject([
    { sessions: 2, active: 1, speaking: 1, poorQuality: 0, suspect: 0, alertsOpen: 0 },
  ]);
});

it('[COMP-3] drains: every job ends with its final status, then the worker', async () => {
  const worker = await SimulatedWorker.start([participantMonitor]);
  worker.offer('participant-monitor', 'AJ_1', 'one', { participant_identity: 'alice' });
  await worker.until(() => worker.session('AJ_1')?.state === 'awaitingParticipant');
  worker.system.drain(143);
  worker.offer('participant-monitor', 'AJ_2', 'one', { participant_identity: 'bob' });
  await worker.until(() => worker.system.view().worker.state === 'ended');
  expect(await worker.system.finished).toEqual({ exitCode: 143, message: '' });
  expect(worker.emitted).toContainEqual(
    expect.objectContaining({ type: 'offer.answered', jobId: 'AJ_2', answer: 'unavailable' }),
  );
  expect(worker.jobFacts.filter(({ type }) => type === 'job.ending')).toMatchObject([
    { jobId: 'AJ_1', reason: 'drained', status: 'success' },
  ]);
  expect(worker.jobFacts.filter(({ type }) => type === 'job.summaryMade')).toHaveLength(1);
});

it('[COMP-4] keeps a hundred ended sessions in sight, and lets go of all else', async () => {
  const worker = await SimulatedWorker.start([participantMonitor]);
  for (let n = 0; n < 105; n += 1) {
    const jobId = `AJ_${n}`;
    worker.offer('participant-monitor', jobId, `room-${n}`, { participant_identity: 'alice' });
    await worker.until(() => worker.session(jobId)?.state === 'awaitingParticipant');
    worker.dispatcher('participant-monitor').terminate(jobId);
    await worker.until(() => worker.session(jobId)?.endReason === 'dispatch_deleted');
  }
  await worker.until(() => worker.system.view().sessions.length === 100);
  expect(worker.session('AJ_4')).toBeUndefined();
  expect(worker.session('AJ_104')).toMatchObject({ state: 'ended', identity: 'alice' });
  expect(worker.system.view().worker.jobs).toBe(0);
});

it('[COMP-5] writes no identity and no room into the name of a log, and no token into any', async () => {
  const worker = await SimulatedWorker.start([participantMonitor]);
  worker.offer('participant-monitor', 'AJ_1', 'secret-room', { participant_identity: 'alice' });
  await worker.until(() => worker.session('AJ_1')?.state === 'awaitingParticipant');
  await worker.system.close();
  await worker.logs.close();
  const files = (await readdir(worker.directory, { recursive: true })).filter((file) =>
    file.endsWith('.jsonl'),
  );
  expect(files.sort()).toEqual(['2026-01-01/AJ_1.1.jsonl', '2026-01-01/worker-simulated.1.jsonl']);
  for (const file of files) {
    const log = await readFile(join(worker.directory, file), 'utf8');
    expect(log).toContain('"kind":"end"');
    expect(log).not.toContain('token-of-');
  }
});
