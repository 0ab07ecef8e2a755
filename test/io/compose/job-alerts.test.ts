import { expect, it } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { partEvidence } from '../../../src/io/inspect/known-trace.ts';
import { isStimulus } from '../../../src/io/event-log/log-line.ts';
import { greenroomMatchers } from '../../../src/io/testing/matchers.ts';
import { runAgent, startAgent } from '../../../src/io/testing/run-agent.ts';

expect.extend(greenroomMatchers);

const SESSION = 'job/agent/participant:alice';

it('[ALR-12] traces an alert to the states and the step of the log that led to it', async () => {
  const run = await runAgent(participantMonitor, {
    metadata: { participant_identity: 'alice' },
    script: `
      0:01 alice joins with microphone
      0:10 alice has poor quality
      0:20 alice has excellent quality
      0:40 room deleted`,
  });
  const [alert] = run.alerts;
  if (!alert) throw new Error('no alert');
  const { said, trace } = partEvidence(alert);
  expect(said).toMatchObject({ quality: 'poor' });
  expect(trace).toMatchObject({ log: run.view?.jobId, startedAt: run.view?.startedAt });
  expect(trace?.steps.at(-1)).toMatchObject({
    t: alert.openedAt - (trace?.startedAt ?? 0),
    actor: SESSION,
    event: 'participant.qualityChanged',
    to: 'connected.quality.poor',
  });
  expect(trace?.states[SESSION]).toContain('connected.quality.poor');
  expect(JSON.stringify(trace).length).toBeLessThanOrEqual(4_096);
  // The slice: from the first step to the stimulus that resolved it.
  const resolvedBy = run.log.find((line) => isStimulus(line) && line.seq === trace?.toSeq);
  expect(resolvedBy).toMatchObject({ t: (alert.resolvedAt ?? 0) - (trace?.startedAt ?? 0) });
  expect(trace?.fromSeq).toBeLessThan(trace?.toSeq ?? 0);
  await expect(run).toReplay();
});

it('[ALR-13] shows the alerts of any agent that are open, and where they come from', async () => {
  const run = startAgent(participantMonitor, { metadata: { participant_identity: 'alice' } });
  run.happens('alice joins with microphone');
  await run.pass('5s');
  run.happens('alice has poor quality');
  await run.pass('20s');
  expect(run.view?.alerts).toMatchObject([{ key: 'poor_quality' }]);
  expect(run.view?.alerts).toEqual(run.alerts);
  run.happens('room deleted');
  await run.pass('5s');
  expect(run.view?.alerts).toEqual([]);
});
