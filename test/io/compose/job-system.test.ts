import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMachine } from 'xstate';
import { expect, it, onTestFinished } from 'vitest';
import { defineAgent, type AgentDefinition } from '../../../src/agents/define-agent.ts';
import { sleep } from '../../../src/io/clock.ts';
import { bareServices } from '../../../src/io/compose/bare-services.ts';
import { JobMachines } from '../../../src/io/compose/job-machines.ts';
import { JobSystem } from '../../../src/io/compose/job-system.ts';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';
import { giveToItsJob } from '../../../src/io/job-scope.ts';
import { SimulatedServer } from '../../../src/io/simulated/server.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { RoomFact } from '../../../src/machines/events.ts';
import { port } from '../../../src/machines/slots.ts';
import { jobConfig } from '../../support/job-stage.ts';
import { ScriptedRoomClient } from '../../support/scripted-room-client.ts';
import { plainAgent } from '../../support/plain-agent.ts';

/** An agent that starts one port, which does what the test says. */
const silent = (view: () => object, start: () => void): AgentDefinition =>
  defineAgent({
    name: 'silent',
    ...plainAgent,
    machine: () =>
      createMachine({
        id: 'silent',
        invoke: {
          src: port(() => {
            start();
            return () => {};
          }),
          input: null,
        },
      }),
    // As a view in JavaScript may be.
    view: view as AgentDefinition['view'],
  });

async function startJob(
  view: () => object = () => ({ state: 'fine' }),
  start: () => void = () => {},
) {
  const directory = await mkdtemp(join(tmpdir(), 'greenroom-job-'));
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const problems: { readonly code: string; readonly message: string }[] = [];
  const onLogProblem = problems.push.bind(problems);
  const logs = new EventLogs({
    directory,
    clock,
    maxBytes: 1e9,
    maxAgeMs: 1e12,
    onProblem: onLogProblem,
  });
  const room = new ScriptedRoomClient();
  const story: unknown[] = room.calls;
  const job = new JobSystem({
    offer: {
      jobId: 'AJ_1',
      dispatchId: 'AD_1',
      agent: 'silent',
      jobType: 'room',
      room: { name: 'support', sid: '' },
      participant: null,
      metadata: { ok: true, value: {}, key: 'AJ_1', target: 'alice' },
    },
    agent: silent(view, start),
    settings: {},
    serves: null,
    config: jobConfig,
    room,
    services: { ...bareServices, ...new SimulatedServer({ clock }).services },
    clock,
    statsPhaseMs: 0,
    machines: new JobMachines(),
    logs,
    onLogProblem,
    onFact: ({ type }) => story.push(type),
    onClosed: () => story.push('closed'),
  });
  onTestFinished(async () => {
    job.stop();
    await logs.close();
    await rm(directory, { recursive: true });
  });
  const enter = (): void =>
    room.facts$.next({
      type: 'room.connected',
      at: clock.now(),
      sid: 'RM_1',
      name: 'support',
      metadata: '',
      local: { identity: 'agent', sid: 'PA_agent' },
      participants: [],
    });
  return { job, room, story, clock, problems, enter };
}

it('[COMP-11] shows whom a job is for before its agent runs', async () => {
  const { job, enter } = await startJob();
  expect(job.view()).toMatchObject({ state: 'joining', identity: 'alice', endReason: null });
  enter();
  expect(job.view()).toMatchObject({ state: 'fine', identity: 'alice' });
});

const circle: { state: string; self?: object } = { state: 'round' };
circle.self = circle;

it.each([
  ['throws', () => Reflect.get(null as unknown as object, 'x') as object],
  ['gives nothing', () => undefined as unknown as object],
  ['has no state', () => ({ mood: 'good' })],
  ['has a text as state', () => ({ state: 'x'.repeat(65) })],
  ['has tracks that are none', () => ({ state: 'fine', tracks: 7 })],
  ['has alerts of an unknown severity', () => ({ state: 'fine', alerts: [{ severity: 'oh' }] })],
  ['is a circle', () => circle],
])('[COMP-12] stays visible, and says once what is wrong, where a view %s', async (_what, view) => {
  const { job, enter, problems } = await startJob(view);
  enter();
  expect(job.view()).toMatchObject({ jobId: 'AJ_1', state: 'unknown', tracks: [], alerts: [] });
  job.view();
  expect(problems).toMatchObject([{ code: 'E_AGENT_VIEW' }]);
});

it('[COMP-13] tells of a job that broke before it leaves the room', async () => {
  const { job, room, story, clock } = await startJob();
  // Nothing like it ever comes: whatever breaks the root, the end is the same.
  room.facts$.next({ type: 'room.connected', at: clock.now() } as unknown as RoomFact);
  expect(job.view()).toMatchObject({ endReason: 'agent_error', state: 'ended' });
  expect(story).toEqual(['join', 'job.failed']);
  clock.advanceBy(0);
  await expect.poll(() => story).toContain('closed');
  // The port and the job each close the room.
  expect([...new Set(story)]).toEqual(['join', 'job.failed', 'close', 'closed']);
});

it('[COMP-14] ends a job for what its port throws later, where nobody catches it', async () => {
  const given: boolean[] = [];
  const { job, story, clock, enter } = await startJob(undefined, () => {
    // As the handler of the process is called, in the place of what threw.
    void sleep(1).then(() => given.push(giveToItsJob(new Error('too late'))));
  });
  enter();
  await expect.poll(() => given).toEqual([true]);
  clock.advanceBy(0);
  clock.advanceBy(jobConfig.summaryMs);
  expect(job.view()).toMatchObject({ endReason: 'agent_error' });
  expect(story).toEqual(['join', 'job.joined', 'job.ending']);
});

it('[COMP-15] logs once what a port throws after the end of its job', async () => {
  const given: boolean[] = [];
  const { job, problems, enter } = await startJob(undefined, () => {
    const throwLate = (): void => void given.push(giveToItsJob(new Error('too late')));
    void sleep(1).then(throwLate);
    void sleep(2).then(throwLate);
  });
  enter();
  job.stop();
  await expect.poll(() => given).toEqual([true, true]);
  expect(problems).toMatchObject([
    { code: 'E_JOB_BROKEN', message: 'after the end of its job: too late' },
  ]);
});
