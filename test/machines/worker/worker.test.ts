import { createActor, type EventObject } from 'xstate';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createWorkerSocketActor } from '../../../src/actors/worker-socket.actor.ts';
import { noFaults, type DispatchFaults } from '../../../src/io/simulated/dispatch-faults.ts';
import { seededRandom } from '../../../src/io/simulated/seeded-random.ts';
import {
  SimulatedWorkerServer,
  type SimulatedJob,
} from '../../../src/io/simulated/worker-socket.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { JobsCommand, JobsFact, VitalsFact } from '../../../src/machines/worker/events.ts';
import {
  defaultWorkerConfig,
  type WorkerConfig,
} from '../../../src/machines/worker/worker-config.ts';
import { workerConnectionMachine } from '../../../src/machines/worker/worker-connection.machine.ts';
import type { WorkerEmitted } from '../../../src/machines/worker/worker.events.ts';
import {
  disconnectedReason,
  workerMachine,
  workerView,
} from '../../../src/machines/worker/worker.machine.ts';
import { PortSlot } from '../../support/port-slot.ts';
import { readTarget } from '../../support/read-target.ts';

/** Longer than any message takes through the simulated server. */
const settleMs = 100;

type Options = {
  readonly config?: Partial<WorkerConfig>;
  readonly agents?: readonly string[];
  readonly faults?: DispatchFaults;
  /** The HTTP status that refuses every connection from the beginning. */
  readonly refusedWith?: number;
};

function startWorker({ config, agents = ['monitor'], faults, refusedWith }: Options = {}) {
  const clock = new VirtualClock();
  const servers = new Map(
    agents.map((agent) => [
      agent,
      new SimulatedWorkerServer(
        { agent, jobType: 'participant', readMetadata: readTarget },
        { clock, random: seededRandom(1, agent), ...(faults && { faults }) },
      ),
    ]),
  );
  const serverOf = (agent: string) => {
    const server = servers.get(agent);
    if (!server) throw new Error(`There is no agent "${agent}".`);
    return server;
  };
  if (refusedWith) for (const server of servers.values()) server.refuse(refusedWith);
  const jobs = new PortSlot<null, JobsCommand, JobsFact>();
  const vitals = new PortSlot<null, EventObject, VitalsFact>();
  const supervised: string[] = [];
  const machine = workerMachine.provide({
    actors: {
      jobs: jobs.logic,
      vitals: vitals.logic,
      connection: workerConnectionMachine.provide({
        actors: {
          socket: createWorkerSocketActor({ openSocket: (agent) => serverOf(agent).socket }),
        },
      }),
    },
  });
  const actor = createActor(machine, {
    input: {
      agents: agents.map((agent) => ({ agent, jobType: 'participant' as const })),
      config: { ...defaultWorkerConfig, ...config },
    },
    clock,
    inspect: (inspection) => {
      if (inspection.type !== '@xstate.event') return;
      const { supervisor } = actor.getSnapshot().children;
      if (inspection.actorRef === supervisor) supervised.push(inspection.event.type);
    },
  });
  const emitted: WorkerEmitted[] = [];
  actor.on('*', (fact) => emitted.push(fact));
  actor.start();
  onTestFinished(() => {
    actor.stop();
    expect(clock.pendingCount).toBe(0);
  });
  clock.advanceBy(settleMs);
  return {
    actor,
    clock,
    jobs,
    vitals,
    server: serverOf(agents[0] ?? ''),
    serverOf,
    supervised,
    emitted,
    emittedOf: <TType extends WorkerEmitted['type']>(type: TType) =>
      emitted.filter((fact): fact is Extract<WorkerEmitted, { type: TType }> => fact.type === type),
    /** Offers a job and lets everything that follows happen. */
    offer: (job: Partial<SimulatedJob> & { jobId: string }, agent = agents[0] ?? '') => {
      serverOf(agent).offer({ ...jobOf(job.jobId), ...job });
      clock.advanceBy(settleMs);
    },
    /** The job's own end, from its final status to its last word. */
    endJob: (jobId: string) => {
      jobs.say({
        jobId,
        type: 'job.ending',
        at: clock.now(),
        reason: 'participant_left',
        status: 'success',
        error: '',
      });
      jobs.say({ jobId, type: 'job.ended', at: clock.now(), reason: 'participant_left' });
      clock.advanceBy(settleMs);
    },
    commandsTo: (jobId: string) =>
      jobs.commands.filter((command) =>
        command.type === 'job.start' ? command.offer.jobId === jobId : command.jobId === jobId,
      ),
    view: () => workerView(actor.getSnapshot()),
  };
}

/** A job of a dispatch of its own, caused by its target. */
const jobOf = (jobId: string): SimulatedJob => ({
  jobId,
  dispatchId: `AD_of_${jobId}`,
  room: { name: 'class', sid: 'RM_1' },
  participant: { identity: 'alice', sid: 'PA_1' },
  metadata: JSON.stringify({ target: 'alice' }),
});

const vitalsOf = (changed: Partial<VitalsFact>): VitalsFact => ({
  type: 'vitals.sampled',
  at: 0,
  eventLoopP99Ms: 0,
  rssBytes: 100,
  ...changed,
});

describe('connections', () => {
  it('[WRK-30] opens one for each agent', () => {
    const { view, actor } = startWorker({ agents: ['monitor', 'analyst'] });
    expect(view().connections).toMatchObject([
      { agent: 'monitor', jobType: 'participant', state: 'available', workerId: 'AW_simulated1' },
      { agent: 'analyst', jobType: 'participant', state: 'available', workerId: 'AW_simulated1' },
    ]);
    expect(disconnectedReason(actor.getSnapshot())).toBeNull();
  });

  it('[WRK-31] says which agent is not connected, and why', () => {
    const { actor, clock, serverOf } = startWorker({ agents: ['monitor', 'analyst'] });
    serverOf('analyst').refuse(null);
    serverOf('analyst').drop('gone');
    clock.advanceBy(settleMs);
    const reason = disconnectedReason(actor.getSnapshot());
    expect(reason).toBe('The agent "analyst" is not connected (backoff). gone');
    serverOf('analyst').welcome();
    clock.advanceBy(60_000);
    expect(disconnectedReason(actor.getSnapshot())).toBeNull();
  });

  it('[WRK-32] ends with exit code 1 where the key is wrong from the beginning', () => {
    const { actor, view } = startWorker({ refusedWith: 401 });
    expect(actor.getSnapshot().output).toEqual({
      exitCode: 1,
      message: 'The server refused the connection (401): the API key or the API secret is wrong.',
    });
    expect(view()).toMatchObject({ state: 'ended', connections: [{ state: 'failed' }] });
  });

  it('[WRK-32] goes on where the key is refused later', () => {
    const { actor, clock, server, offer, view, emittedOf } = startWorker();
    offer({ jobId: 'AJ_1' });
    server.refuse(401);
    server.drop();
    clock.advanceBy(600_000);
    expect(actor.getSnapshot().status).toBe('active');
    expect(view()).toMatchObject({ jobs: 1, connections: [{ state: 'backoff' }] });
    const warnings = emittedOf('connection.unreachable');
    expect(warnings.length).toBeGreaterThan(5);
    expect(warnings.length).toBeLessThanOrEqual(10);
    server.welcome();
    clock.advanceBy(60_000);
    expect(view().connections[0]?.state).toBe('available');
  });

  it('[WRK-33] counts what the server says and nobody understands', () => {
    const { clock, server, emittedOf, view } = startWorker();
    server.sendGarbage();
    server.registerAgain();
    server.terminate('AJ_nowhere');
    clock.advanceBy(settleMs);
    expect(emittedOf('message.rejected').map(({ what }) => what)).toEqual([
      'a message of an unknown kind',
      'a second answer to the registration',
      'the termination of job AJ_nowhere, which is not here',
    ]);
    expect(view().connections[0]?.state).toBe('available');
  });
});

describe('offers', () => {
  it('[OFF-10] starts an accepted job once it is assigned', () => {
    const { offer, server, commandsTo, emittedOf } = startWorker();
    offer({ jobId: 'AJ_1' });
    expect(server.job('AJ_1')).toMatchObject({ answer: 'accept', status: 'running' });
    expect(commandsTo('AJ_1')).toMatchObject([{ type: 'job.start', offer: { jobId: 'AJ_1' } }]);
    expect(emittedOf('offer.answered')).toMatchObject([{ answer: 'accept', reason: 'accepted' }]);
  });

  it('[OFF-10] lets the participant of an accepted job say what it serves, and no other', () => {
    const { offer, server } = startWorker();
    offer({ jobId: 'AJ_1', dispatchId: 'AD_1' });
    offer({ jobId: 'AJ_2', dispatchId: 'AD_1' });
    expect([server.job('AJ_1'), server.job('AJ_2')]).toMatchObject([
      {
        answer: 'accept',
        attributes: { 'greenroom.agent': 'monitor', 'greenroom.serves': 'AD_1/alice' },
      },
      { answer: 'terminate', attributes: {} },
    ]);
  });

  it('[OFF-11] gives the times from the offer to the join', () => {
    const { offer, jobs, clock, emittedOf } = startWorker();
    offer({ jobId: 'AJ_1' });
    jobs.say({ jobId: 'AJ_1', type: 'job.joined', at: clock.now() });
    const [joined] = emittedOf('job.joined');
    expect(joined?.joinedAt).toBe(clock.now());
    expect(joined?.assignedAt).toBeGreaterThan(joined?.offeredAt ?? Number.NaN);
  });

  it('[OFF-2] terminates an offer with bad metadata, and says what is wrong with it', () => {
    const { offer, server, jobs, emittedOf, view } = startWorker();
    offer({ jobId: 'AJ_1', metadata: '{"target' });
    expect(server.job('AJ_1')?.answer).toBe('terminate');
    expect(emittedOf('offer.answered')).toMatchObject([
      { reason: 'metadata_invalid', problems: [{ path: '', expected: 'JSON' }] },
    ]);
    expect(jobs.commands).toEqual([]);
    expect(view().jobs).toBe(0);
  });

  it('[OFF-3] has one session for each dispatch and target', () => {
    const { offer, server, endJob } = startWorker();
    const dispatchId = 'AD_1';
    const bob = { identity: 'bob', sid: 'PA_2' };
    offer({ jobId: 'AJ_1', dispatchId, participant: bob });
    offer({ jobId: 'AJ_2', dispatchId });
    offer({ jobId: 'AJ_3', dispatchId: 'AD_2' });
    endJob('AJ_1');
    offer({ jobId: 'AJ_4', dispatchId, participant: bob });
    offer({ jobId: 'AJ_5', dispatchId });
    const answers = [1, 2, 3, 4, 5].map((job) => server.job(`AJ_${job}`)?.answer);
    expect(answers).toEqual(['accept', 'terminate', 'accept', 'terminate', 'accept']);
  });

  it('[OFF-12] never takes more jobs than there are places, however many offers come at once', () => {
    const { clock, server, view } = startWorker({ config: { maxJobs: 3 } });
    for (let job = 0; job < 20; job += 1) server.offer(jobOf(`AJ_${job}`));
    clock.advanceBy(settleMs);
    const answers = Array.from({ length: 20 }, (_, job) => server.job(`AJ_${job}`)?.answer);
    expect(answers.filter((answer) => answer === 'accept')).toHaveLength(3);
    expect(answers.filter((answer) => answer === 'unavailable')).toHaveLength(17);
    expect(view()).toMatchObject({ jobs: 3, load: 0.69, fullReason: 'at_capacity' });
  });

  it('[OFF-13] shares its places among all agents, and tells all servers', () => {
    const { offer, serverOf } = startWorker({
      agents: ['monitor', 'analyst'],
      config: { maxJobs: 2 },
    });
    offer({ jobId: 'AJ_1' }, 'monitor');
    expect(serverOf('analyst').status).toEqual({ load: 0.345, jobCount: 1, full: false });
    offer({ jobId: 'AJ_2' }, 'analyst');
    expect(serverOf('monitor').status).toEqual({ load: 0.69, jobCount: 2, full: true });
    offer({ jobId: 'AJ_3' }, 'monitor');
    expect(serverOf('monitor').job('AJ_3')?.answer).toBe('unavailable');
  });

  it('[OFF-16] lets no agent take the places that are kept for another, and tells its server', () => {
    const { offer, serverOf } = startWorker({
      agents: ['monitor', 'analyst'],
      config: { maxJobs: 8 },
    });
    for (let job = 1; job <= 6; job += 1) offer({ jobId: `AJ_${job}` }, 'monitor');
    expect(serverOf('monitor').status).toMatchObject({ jobCount: 6, full: true });
    expect(serverOf('analyst').status).toMatchObject({ jobCount: 6, full: false });
    offer({ jobId: 'AJ_7' }, 'monitor');
    expect(serverOf('monitor').job('AJ_7')?.answer).toBe('unavailable');
    offer({ jobId: 'AJ_8' }, 'analyst');
    expect(serverOf('analyst').job('AJ_8')?.answer).toBe('accept');
    // The place that was kept for it is taken by it, so that nothing more is closed to the other.
    expect(serverOf('monitor').status).toMatchObject({ jobCount: 7, full: true });
    offer({ jobId: 'AJ_9' }, 'analyst');
    expect(serverOf('analyst').status).toMatchObject({ jobCount: 8, full: true });
  });

  it('[OFF-14] gives a place back when the assignment does not come', () => {
    const { clock, offer, view, emittedOf, jobs } = startWorker({
      faults: { ...noFaults, lost: 1 },
    });
    offer({ jobId: 'AJ_1' });
    expect(view().jobs).toBe(1);
    clock.advanceBy(defaultWorkerConfig.reservationMs);
    expect(view().jobs).toBe(0);
    expect(emittedOf('reservation.expired')).toMatchObject([{ jobId: 'AJ_1' }]);
    expect(jobs.commands).toEqual([]);
  });

  it('[OFF-15] takes an offer anew whose place was given back', () => {
    const { clock, offer, server } = startWorker({
      faults: { ...noFaults, lost: 1 },
    });
    offer({ jobId: 'AJ_1', dispatchId: 'AD_1' });
    clock.advanceBy(defaultWorkerConfig.reservationMs);
    offer({ jobId: 'AJ_2', dispatchId: 'AD_1', participant: { identity: 'bob', sid: 'PA_2' } });
    expect(server.job('AJ_2')?.answer).toBe('accept');
  });

  it('[OFF-16] answers a late assignment with a failed job', () => {
    const { clock, offer, server, jobs, emittedOf } = startWorker({
      faults: { ...noFaults, late: 1 },
    });
    offer({ jobId: 'AJ_1' });
    clock.advanceBy(10_000);
    expect(server.job('AJ_1')).toMatchObject({ answer: 'accept', status: 'failed' });
    expect(jobs.commands).toEqual([]);
    expect(emittedOf('message.rejected')).toMatchObject([
      { what: 'a late assignment of job AJ_1' },
    ]);
  });

  it('[OFF-17] ignores the second of the same offer and of the same assignment', () => {
    const { offer, clock, server, commandsTo, emittedOf, view } = startWorker();
    offer({ jobId: 'AJ_1' });
    server.assign('AJ_1');
    clock.advanceBy(settleMs);
    offer({ jobId: 'AJ_1' });
    expect(commandsTo('AJ_1')).toHaveLength(1);
    expect(view().jobs).toBe(1);
    expect(emittedOf('message.rejected').map(({ what }) => what)).toEqual([
      'a second assignment of job AJ_1',
      'a second offer of job AJ_1',
    ]);
    expect(server.job('AJ_1')?.status).toBeNull();
  });

  it('[OFF-18] gives a place back when the job is terminated before its assignment', () => {
    const { clock, offer, server, view } = startWorker({
      faults: { ...noFaults, lost: 1 },
    });
    offer({ jobId: 'AJ_1' });
    server.terminate('AJ_1');
    clock.advanceBy(settleMs);
    expect(view().jobs).toBe(0);
  });
});

describe('jobs', () => {
  it('[WRK-40] brings the final status to the server before the job leaves its room', () => {
    const { offer, jobs, clock, server, commandsTo, emittedOf } = startWorker();
    offer({ jobId: 'AJ_1' });
    jobs.say({
      jobId: 'AJ_1',
      type: 'job.ending',
      at: clock.now(),
      reason: 'duplicate_identity',
      status: 'failed',
      error: 'somebody else has this identity',
    });
    expect(server.job('AJ_1')).toMatchObject({
      status: 'failed',
      error: 'somebody else has this identity',
    });
    expect(commandsTo('AJ_1').at(-1)).toEqual({ type: 'job.statusReported', jobId: 'AJ_1' });
    expect(emittedOf('job.reported')).toMatchObject([{ status: 'failed', delivered: true }]);
  });

  it('[WRK-41] reports a final status once, whatever the job says', () => {
    const { offer, jobs, clock, endJob, emittedOf } = startWorker();
    offer({ jobId: 'AJ_1' });
    endJob('AJ_1');
    endJob('AJ_1');
    jobs.say({
      jobId: 'AJ_1',
      type: 'job.failed',
      at: clock.now(),
      error: { code: 'E_X', message: 'late', retryable: false },
    });
    expect(emittedOf('job.reported')).toHaveLength(1);
    expect(emittedOf('job.ended')).toMatchObject([{ reason: 'participant_left', error: null }]);
  });

  it('[WRK-42] holds the place until the job has ended, and gives it back once', () => {
    const { offer, jobs, clock, view } = startWorker();
    offer({ jobId: 'AJ_1' });
    const at = clock.now();
    const reason = 'drained';
    jobs.say({ jobId: 'AJ_1', type: 'job.ending', at, reason, status: 'success', error: '' });
    expect(view().jobs).toBe(1);
    jobs.say({ jobId: 'AJ_1', type: 'job.ended', at, reason });
    expect(view().jobs).toBe(0);
  });

  it('[WRK-43] reports a job that broke as failed, once, and gives its place back', () => {
    const { offer, jobs, clock, server, view, emittedOf, supervised } = startWorker();
    offer({ jobId: 'AJ_1' });
    offer({ jobId: 'AJ_2' });
    const error = { code: 'E_AGENT', message: 'cannot read undefined', retryable: false };
    jobs.say({ jobId: 'AJ_1', type: 'job.failed', at: clock.now(), error });
    expect(server.job('AJ_1')).toMatchObject({ status: 'failed', error: 'cannot read undefined' });
    expect(server.job('AJ_2')?.status).toBe('running');
    expect(view().jobs).toBe(1);
    expect(emittedOf('job.ended')).toMatchObject([{ jobId: 'AJ_1', reason: 'agent_error', error }]);
    expect(supervised).toContain('job.ended');
  });

  it('[WRK-44] reports a job that ended without a word as failed', () => {
    const { offer, jobs, clock, server } = startWorker();
    offer({ jobId: 'AJ_1' });
    jobs.say({ jobId: 'AJ_1', type: 'job.ended', at: clock.now(), reason: 'room_closed' });
    expect(server.job('AJ_1')?.status).toBe('failed');
  });

  it('[WRK-45] brings a termination to its job, and to no other', () => {
    const { offer, clock, server, commandsTo } = startWorker();
    offer({ jobId: 'AJ_1' });
    offer({ jobId: 'AJ_2' });
    server.terminate('AJ_1');
    clock.advanceBy(settleMs);
    expect(commandsTo('AJ_1').at(-1)).toEqual({ type: 'job.terminate', jobId: 'AJ_1' });
    expect(commandsTo('AJ_2')).toHaveLength(1);
  });

  it('[WRK-46] lets jobs run on when the connection is lost, as unknown to the server', () => {
    const { offer, clock, serverOf, commandsTo, emittedOf, view } = startWorker({
      agents: ['monitor', 'analyst'],
    });
    offer({ jobId: 'AJ_1' }, 'monitor');
    offer({ jobId: 'AJ_2' }, 'analyst');
    serverOf('monitor').drop();
    clock.advanceBy(settleMs);
    expect(commandsTo('AJ_1').at(-1)).toEqual({ type: 'job.untrack', jobId: 'AJ_1' });
    expect(commandsTo('AJ_2')).toHaveLength(1);
    expect(emittedOf('job.untracked')).toHaveLength(1);
    clock.advanceBy(60_000);
    expect(view()).toMatchObject({ jobs: 2, connections: [{ state: 'available' }, {}] });
    expect(serverOf('monitor').status).toMatchObject({ jobCount: 2 });
  });

  it('[WRK-47] lets a job leave at once where its status cannot be brought to the server', () => {
    const { offer, clock, server, endJob, commandsTo, emittedOf } = startWorker();
    offer({ jobId: 'AJ_1' });
    server.refuse(null);
    server.drop();
    clock.advanceBy(settleMs);
    endJob('AJ_1');
    expect(commandsTo('AJ_1').at(-1)).toEqual({ type: 'job.statusReported', jobId: 'AJ_1' });
    expect(emittedOf('job.reported')).toMatchObject([{ delivered: false }]);
  });

  it('[WRK-48] voids reservations when the connection is lost', () => {
    const { offer, clock, server, view } = startWorker({
      faults: { ...noFaults, lost: 1 },
    });
    offer({ jobId: 'AJ_1' });
    expect(view().jobs).toBe(1);
    server.drop();
    clock.advanceBy(settleMs);
    expect(view().jobs).toBe(0);
  });

  it('[WRK-49] tells the supervisor what the jobs say', () => {
    const { offer, jobs, clock, endJob, supervised } = startWorker();
    offer({ jobId: 'AJ_1' });
    const jobId = 'AJ_1';
    const at = clock.now();
    jobs.say({ jobId, type: 'job.joined', at });
    const health = { active: true, speaking: false, poorQuality: false, suspect: false };
    jobs.say({ jobId, type: 'job.healthChanged', at, health });
    jobs.say({ jobId, type: 'job.summaryMade', at, summary: {} });
    endJob(jobId);
    expect(supervised.filter((type) => type.startsWith('job.'))).toEqual([
      'job.joined',
      'job.healthChanged',
      'job.summaryMade',
      'job.ended',
    ]);
  });
});

describe('capacity', () => {
  it('[WRK-22] takes no jobs while the event loop lags, and says why', () => {
    const { offer, vitals, server, emittedOf, view } = startWorker();
    vitals.say(vitalsOf({ eventLoopP99Ms: 251 }));
    expect(server.status).toEqual({ load: 0, jobCount: 0, full: true });
    expect(view().connections[0]?.state).toBe('full');
    offer({ jobId: 'AJ_1' });
    expect(server.job('AJ_1')?.answer).toBe('unavailable');
    vitals.say(vitalsOf({ eventLoopP99Ms: 250 }));
    offer({ jobId: 'AJ_2' });
    expect(server.job('AJ_2')?.answer).toBe('accept');
    expect(emittedOf('worker.fullChanged').map(({ reason }) => reason)).toEqual([
      'event_loop_lag',
      null,
    ]);
  });

  it('[RECYCLE-1] drains and ends with exit code 0 when it has grown too big', () => {
    const { actor, offer, vitals, endJob, view, commandsTo } = startWorker({
      config: { maxRssBytes: 512 * 2 ** 20 },
    });
    offer({ jobId: 'AJ_1' });
    vitals.say(vitalsOf({ rssBytes: 512 * 2 ** 20 }));
    expect(view().state).toBe('running');
    vitals.say(vitalsOf({ rssBytes: 520 * 2 ** 20 }));
    expect(view()).toMatchObject({ state: 'draining', fullReason: 'max_rss' });
    expect(commandsTo('AJ_1').at(-1)).toEqual({ type: 'job.drain', jobId: 'AJ_1' });
    endJob('AJ_1');
    expect(actor.getSnapshot().output).toEqual({
      exitCode: 0,
      message: 'The resident memory of the process is 520 MiB, over MAX_RSS (512 MiB).',
    });
  });

  it('[RECYCLE-1] has no limit unless it is given one', () => {
    const { vitals, view } = startWorker();
    vitals.say(vitalsOf({ rssBytes: 1e15 }));
    expect(view().state).toBe('running');
  });
});

describe('the jobs of a life', () => {
  const config = { maxJobsTotal: 3, maxJobs: 10 };

  it('[RECYCLE-2] drains with the last job that it may take, and ends with exit code 0', () => {
    const { actor, offer, endJob, server, commandsTo, emittedOf, view } = startWorker({ config });
    offer({ jobId: 'AJ_1' });
    endJob('AJ_1');
    offer({ jobId: 'AJ_2' });
    expect(view()).toMatchObject({ state: 'running', fullReason: null });
    offer({ jobId: 'AJ_3' });
    expect(view()).toMatchObject({ state: 'draining', jobs: 2, fullReason: 'max_jobs_total' });
    expect(commandsTo('AJ_2').map(({ type }) => type)).toEqual(['job.start', 'job.drain']);
    expect(commandsTo('AJ_3').map(({ type }) => type)).toEqual(['job.start', 'job.drain']);
    offer({ jobId: 'AJ_4' });
    expect(server.job('AJ_4')?.answer).toBe('unavailable');
    expect(emittedOf('offer.answered').at(-1)).toMatchObject({ reason: 'max_jobs_total' });
    endJob('AJ_2');
    endJob('AJ_3');
    expect(actor.getSnapshot().output).toEqual({
      exitCode: 0,
      message: 'The worker has taken all jobs that it may take in its life, MAX_JOBS_TOTAL (3).',
    });
  });

  it('[RECYCLE-2] takes no more than them where many are offered at once', () => {
    const { clock, server, jobs } = startWorker({ config });
    for (let n = 1; n <= 6; n += 1) server.offer(jobOf(`AJ_${n}`));
    clock.advanceBy(settleMs);
    expect(jobs.commands.filter(({ type }) => type === 'job.start')).toHaveLength(3);
  });

  it('[RECYCLE-3] counts no job that was accepted and not assigned', () => {
    const { clock, offer, server, view } = startWorker({
      config: { maxJobsTotal: 1 },
      faults: { ...noFaults, lost: 1 },
    });
    offer({ jobId: 'AJ_1' });
    expect(view()).toMatchObject({ state: 'running', fullReason: 'max_jobs_total' });
    clock.advanceBy(defaultWorkerConfig.reservationMs);
    expect(view()).toMatchObject({ state: 'running', fullReason: null });
    offer({ jobId: 'AJ_2' });
    expect(server.job('AJ_2')?.answer).toBe('accept');
  });

  it('[RECYCLE-4] says once why it takes no more, and then that it drains', () => {
    const { offer, emitted } = startWorker({ config: { maxJobsTotal: 1 } });
    offer({ jobId: 'AJ_1' });
    expect(emitted).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ type: 'worker.fullChanged', reason: 'max_jobs_total' }),
        expect.objectContaining({ type: 'worker.stateChanged', state: 'draining' }),
      ]),
    );
    expect(emitted.filter(({ type }) => type === 'worker.fullChanged')).toHaveLength(1);
  });

  it('[RECYCLE-4] keeps its reason and its exit code when a signal comes while it drains', () => {
    const { actor, offer, endJob, view } = startWorker({ config: { maxJobsTotal: 1 } });
    offer({ jobId: 'AJ_1' });
    actor.send({ type: 'worker.drain', at: 0, exitCode: 143 });
    expect(view().fullReason).toBe('max_jobs_total');
    endJob('AJ_1');
    expect(actor.getSnapshot().output?.exitCode).toBe(0);
  });
});

describe('the end', () => {
  const drain = { type: 'worker.drain', at: 0, exitCode: 143 } as const;

  it('[WRK-50] ends at once where nothing runs', () => {
    const { actor, server, clock } = startWorker();
    actor.send(drain);
    expect(actor.getSnapshot().output).toEqual({ exitCode: 143, message: '' });
    clock.advanceBy(60_000);
    expect(server.registrations).toBe(1);
  });

  it('[WRK-50] lets the jobs end first, and takes no others', () => {
    const { actor, offer, endJob, server, commandsTo, view } = startWorker();
    offer({ jobId: 'AJ_1' });
    offer({ jobId: 'AJ_2' });
    actor.send(drain);
    expect(server.status).toMatchObject({ full: true });
    expect(view()).toMatchObject({ state: 'draining', fullReason: 'draining' });
    for (const jobId of ['AJ_1', 'AJ_2']) {
      expect(commandsTo(jobId).at(-1)).toEqual({ type: 'job.drain', jobId });
    }
    offer({ jobId: 'AJ_3' });
    expect(server.job('AJ_3')?.answer).toBe('unavailable');
    endJob('AJ_1');
    expect(actor.getSnapshot().status).toBe('active');
    endJob('AJ_2');
    expect(actor.getSnapshot().output).toEqual({ exitCode: 143, message: '' });
  });

  it('[WRK-51] drains a job that is assigned after the signal', () => {
    const { actor, clock, server, commandsTo } = startWorker();
    server.offer(jobOf('AJ_1'));
    clock.advanceBy(6);
    expect(server.job('AJ_1')).toMatchObject({ answer: 'accept', status: null });
    actor.send(drain);
    clock.advanceBy(settleMs);
    expect(commandsTo('AJ_1').map(({ type }) => type)).toEqual(['job.start', 'job.drain']);
  });

  it('[WRK-52] does not connect again once it drains, and still sees its jobs to their end', () => {
    const { actor, offer, clock, server, endJob, view } = startWorker();
    offer({ jobId: 'AJ_1' });
    actor.send(drain);
    server.drop();
    clock.advanceBy(600_000);
    expect(server.registrations).toBe(1);
    expect(view().connections[0]?.state).toBe('stopped');
    endJob('AJ_1');
    expect(actor.getSnapshot().output?.exitCode).toBe(143);
  });

  it('[WRK-53] ends at once when it is told to', () => {
    const { actor, offer, jobs } = startWorker();
    offer({ jobId: 'AJ_1' });
    actor.send(drain);
    actor.send({ type: 'worker.stop', at: 0, exitCode: 130 });
    expect(actor.getSnapshot().output).toEqual({ exitCode: 130, message: '' });
    expect(jobs.isOpen).toBe(false);
  });

  it('[WRK-53] brings the final status of jobs that are cut off to the server', () => {
    const { actor, offer, server, emittedOf } = startWorker();
    offer({ jobId: 'AJ_1' });
    // The server forgets its jobs with the connection, which closes right after.
    const perform = vi.spyOn(server.socket, 'perform');
    actor.send({ type: 'worker.stop', at: 0, exitCode: 130 });
    expect(perform).toHaveBeenCalledExactlyOnceWith({
      type: 'job.report',
      jobId: 'AJ_1',
      status: 'success',
      error: '',
    });
    expect(emittedOf('job.ended')).toMatchObject([{ jobId: 'AJ_1', reason: 'drained' }]);
  });

  it('[WRK-54] says each of its states', () => {
    const { actor, offer, endJob, emittedOf } = startWorker();
    offer({ jobId: 'AJ_1' });
    actor.send(drain);
    endJob('AJ_1');
    expect(emittedOf('worker.stateChanged').map(({ state }) => state)).toEqual([
      'running',
      'draining',
      'ended',
    ]);
  });
});
