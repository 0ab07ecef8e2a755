import { createActor, createMachine, type EventObject } from 'xstate';
import { expect, it, onTestFinished } from 'vitest';
import { createJobsActor } from '../../src/actors/jobs.actor.ts';
import type { JobSystems } from '../../src/actors/worker-ports.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { ControlFact } from '../../src/machines/events.ts';
import type { JobEmitted, JobOffer, JobsCommand } from '../../src/machines/worker/events.ts';

const offer: JobOffer = {
  jobId: 'AJ_1',
  dispatchId: 'AD_1',
  agent: 'monitor',
  jobType: 'participant',
  room: { name: 'class', sid: 'RM_1' },
  participant: null,
  metadata: { ok: true, value: {}, key: 'k', target: null },
};
const joined: JobEmitted = { type: 'job.joined', at: 1 };

class FakeJobSystems implements JobSystems {
  readonly controls: { jobId: string; fact: ControlFact }[] = [];
  readonly listeners = new Map<string, (fact: JobEmitted) => void>();
  breaks = false;
  answersAtOnce = false;

  start({ jobId }: JobOffer, listener: (fact: JobEmitted) => void): void {
    if (this.breaks) throw new Error('no agent of this name');
    this.listeners.set(jobId, listener);
    if (this.answersAtOnce) listener(joined);
  }

  control(jobId: string, fact: ControlFact): void {
    if (this.breaks) throw new Error('cannot reach it');
    this.controls.push({ jobId, fact });
    if (this.answersAtOnce) this.listeners.get(jobId)?.(joined);
  }
}

function start() {
  const clock = new VirtualClock(1_000);
  const systems = new FakeJobSystems();
  const told: EventObject[] = [];
  const root = createActor(
    createMachine({
      invoke: { id: 'jobs', src: createJobsActor({ systems, clock }), input: null },
      on: { '*': { actions: ({ event }) => told.push(event) } },
    }),
  ).start();
  onTestFinished(() => {
    root.stop();
    expect(clock.pendingCount).toBe(0);
  });
  const command = (given: JobsCommand) => root.getSnapshot().children['jobs']?.send(given);
  return { clock, systems, told, command, root };
}

it('[WRK-70] tells what a job says, with its id, in its order', () => {
  const { clock, systems, told, command } = start();
  command({ type: 'job.start', offer });
  const say = systems.listeners.get('AJ_1');
  say?.(joined);
  say?.({ type: 'job.ended', at: 2, reason: 'drained' });
  clock.advanceBy(0);
  expect(told).toEqual([
    { jobId: 'AJ_1', type: 'job.joined', at: 1 },
    { jobId: 'AJ_1', type: 'job.ended', at: 2, reason: 'drained' },
  ]);
});

it('[WRK-71] says nothing inside a command, also where the job answers at once', () => {
  const { clock, systems, told, command } = start();
  systems.answersAtOnce = true;
  command({ type: 'job.start', offer });
  command({ type: 'job.drain', jobId: 'AJ_1' });
  expect(told).toEqual([]);
  clock.advanceBy(0);
  expect(told).toHaveLength(2);
});

it('[WRK-72] brings every word of the worker to its job', () => {
  const { systems, command } = start();
  command({ type: 'job.start', offer });
  for (const type of ['job.terminate', 'job.drain', 'job.statusReported', 'job.untrack'] as const) {
    command({ type, jobId: 'AJ_1' });
  }
  expect(systems.controls.map(({ fact }) => fact)).toEqual([
    { type: 'control.terminated', at: 1_000 },
    { type: 'control.draining', at: 1_000 },
    { type: 'control.statusReported', at: 1_000 },
    { type: 'control.untracked', at: 1_000 },
  ]);
});

it('[WRK-73] turns an exception of a job system into a failed job', () => {
  const { clock, systems, told, command } = start();
  systems.breaks = true;
  command({ type: 'job.start', offer });
  command({ type: 'job.terminate', jobId: 'AJ_2' });
  clock.advanceBy(0);
  const error = { code: 'E_JOB_BROKEN', retryable: false };
  expect(told).toEqual([
    {
      jobId: 'AJ_1',
      type: 'job.failed',
      at: 1_000,
      error: { ...error, message: 'no agent of this name' },
    },
    {
      jobId: 'AJ_2',
      type: 'job.failed',
      at: 1_000,
      error: { ...error, message: 'cannot reach it' },
    },
  ]);
});

it('[WRK-74] says nothing after its end', () => {
  const { clock, systems, told, command, root } = start();
  command({ type: 'job.start', offer });
  const say = systems.listeners.get('AJ_1');
  say?.(joined);
  root.stop();
  say?.(joined);
  clock.advanceBy(0);
  expect(told).toEqual([]);
});
