import { readFile, writeFile } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { bareServices } from '../../../src/io/compose/bare-services.ts';
import { JobMachines } from '../../../src/io/compose/job-machines.ts';
import { JobSystem, type JobSystemOptions } from '../../../src/io/compose/job-system.ts';
import { jobMachineOf } from '../../../src/io/compose/log-machines.ts';
import { resumeJob } from '../../../src/io/compose/resume-job.ts';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';
import { readLog } from '../../../src/io/event-log/reader.ts';
import { replay } from '../../../src/io/replay/replayer.ts';
import { Director } from '../../../src/io/simulated/director.ts';
import { SimulatedServer } from '../../../src/io/simulated/server.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { passBy } from '../../../src/io/virtual-time.ts';
import type { JobEmitted } from '../../../src/machines/worker/events.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';
import { findLogs } from '../../support/event-log/replay-logs.ts';
import { jobConfig } from '../../support/job-stage.ts';
import { monitorMetadata, monitorSettings } from '../../support/monitor-facts.ts';
import { T0 } from '../../support/session-facts.ts';
import { scriptOf } from '../../support/simulated-agent.ts';

const SCRIPT = `
0:00 bob joins with microphone
0:01 alice joins with microphone and camera
0:02 alice speaks for 2s
0:06 alice speaks for 1s
`;

/** A job that is killed after some time in which alice spoke twice, in a room whose life goes on. */
async function killedJob(script = '', attempt = {}, lifeMs = 10_000) {
  const directory = await temporaryFolder();
  const clock = new VirtualClock(T0);
  const server = new SimulatedServer({ clock });
  const director = new Director(server.room('support'), clock);
  const problems: unknown[] = [];
  const onProblem = (problem: unknown): void => void problems.push(problem);
  const openLogs = (folder: string) =>
    new EventLogs({ directory: folder, clock, maxBytes: 1e9, maxAgeMs: 1e12, onProblem });
  const optionsOf = (identity: string, fault = {}) => {
    const facts: JobEmitted[] = [];
    const options: Omit<JobSystemOptions, 'logs' | 'onFact'> = {
      offer: {
        jobId: 'AJ_1',
        dispatchId: 'AD_1',
        agent: participantMonitor.name,
        jobType: participantMonitor.jobType,
        room: { name: 'support', sid: '' },
        participant: null,
        metadata: { ok: true, value: monitorMetadata, key: 'alice', target: 'alice' },
      },
      agent: participantMonitor,
      settings: monitorSettings,
      serves: null,
      config: jobConfig,
      room: server.client('support', { identity, ...fault }),
      services: { ...bareServices, ...server.services },
      clock,
      statsPhaseMs: 0,
      machines: new JobMachines(),
      onLogProblem: onProblem,
      onClosed: () => {},
    };
    return { options, facts };
  };

  director.play(scriptOf(`${SCRIPT}${script}`));
  const firstLogs = openLogs(directory);
  const first = optionsOf('agent-1');
  const killed = new JobSystem({
    ...first.options,
    logs: firstLogs,
    onFact: (fact) => first.facts.push(fact),
  });
  await passBy(clock, lifeMs);
  const view = killed.view();
  killed.stop();
  await firstLogs.close();
  // As a SIGKILL leaves it: a log without its end, and a room without its agent.
  const [logPath] = await findLogs(directory);
  if (logPath === undefined) throw new Error('the job wrote no log');
  const written = await readFile(logPath, 'utf8');
  await writeFile(logPath, written.slice(0, written.indexOf('{"kind":"stop"')));

  const resumeIt = async () => {
    const { options, facts } = optionsOf('agent-2', attempt);
    const logs = openLogs(directory);
    const job = await resumeJob({
      ...options,
      logs,
      logPath,
      onFact: (fact) => {
        facts.push(fact);
        if (fact.type !== 'job.ending') return;
        job.control({ type: 'control.statusReported', at: clock.now() });
      },
    });
    const finish = async () => {
      await passBy(clock, 1_000);
      await logs.close();
      return replay(readLog(logPath), jobMachineOf(participantMonitor));
    };
    return { job, facts, finish };
  };
  onTestFinished(() => {
    director.stop();
    server.stop();
    expect(problems).toEqual([]);
  });
  return { clock, server, view, resumeIt };
}

const summaryOf = (facts: readonly JobEmitted[]) =>
  facts.flatMap((fact) => (fact.type === 'job.summaryMade' ? [fact.summary] : []));

it('[RSM-8] goes on in its room with the totals that a killed job had, and brings one summary', async () => {
  const { clock, view, resumeIt } = await killedJob(
    '0:13.500 alice speaks for 2s\n0:25 room deleted',
  );
  expect(view).toMatchObject({ state: 'connected', turns: 2 });
  await passBy(clock, 2_000);
  const { job, facts, finish } = await resumeIt();
  await passBy(clock, 800);
  expect(job.view()).toMatchObject({ state: 'connected', turns: 2, speakingMs: view.speakingMs });
  await passBy(clock, 8_000);
  expect(job.view()).toMatchObject({ state: 'connected', turns: 3, reconnects: 0 });
  expect(job.view().tracks).toEqual(view.tracks);
  expect(job.view().speakingMs).toBeGreaterThan(view.speakingMs + 1_900);

  await passBy(clock, 5_000);
  expect(summaryOf(facts)).toMatchObject([{ turns: 3, tracks: 2, endReason: 'room_deleted' }]);
  const { divergence, ending } = await finish();
  expect({ divergence, ending }).toEqual({ divergence: undefined, ending: 'closed' });
});

it('[RSM-8] sees who left in the downtime as gone, and who came as there', async () => {
  const { clock, server, view, resumeIt } = await killedJob(`
0:11 alice leaves
0:11.500 bob leaves
0:12 cem joins
0:30 alice joins with microphone
0:32 alice speaks for 1s
0:40 room deleted`);
  await passBy(clock, 3_000);
  const { job, facts, finish } = await resumeIt();
  await passBy(clock, 5_000);
  expect(job.view()).toMatchObject({ state: 'disconnected', turns: 2 });
  await passBy(clock, 15_000);
  expect(job.view()).toMatchObject({ state: 'connected', turns: 3, reconnects: 1 });
  const told = server.room('support').messagesTo('cem');
  expect(told.filter(({ topic }) => topic === 'speaking_detection')).not.toEqual([]);
  await passBy(clock, 10_000);
  const [summary] = summaryOf(facts);
  expect(summary).toMatchObject({ turns: 3, reconnects: 1 });
  expect(view.state).toBe('connected');
  expect((await finish()).divergence).toBeUndefined();
});

it('[RSM-8] knows from a checkpoint who was in its room', async () => {
  const { clock, view, resumeIt } = await killedJob('5:06.500 alice leaves', {}, 306_000);
  await passBy(clock, 2_000);
  const { job, finish } = await resumeIt();
  await passBy(clock, 5_000);
  expect(view.state).toBe('connected');
  expect(job.view()).toMatchObject({ state: 'disconnected', turns: 2, tracks: [] });
  job.stop();
  expect((await finish()).divergence).toBeUndefined();
});

it.each([
  ['was deleted, and made anew', '0:11 room deleted', {}, 'room_deleted'],
  [
    'cannot be joined',
    '',
    { fault: { code: 'E_ROOM_JOIN', message: 'refused', retryable: true } },
    'connection_lost',
  ],
])('[RSM-9] ends as it should where the room %s', async (_, script, attempt, endReason) => {
  const { clock, resumeIt } = await killedJob(script, attempt);
  await passBy(clock, 3_000);
  const { job, facts, finish } = await resumeIt();
  await passBy(clock, 10_000);
  expect(job.view().endReason).toBe(endReason);
  expect(summaryOf(facts)).toMatchObject([{ turns: 2, endReason }]);
  expect((await finish()).divergence).toBeUndefined();
});
