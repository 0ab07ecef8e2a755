import { expect, it } from 'vitest';
import type { Alert, AgentReport } from '../../../src/machines/events.ts';
import { reportProblem } from '../../../src/machines/job/agent-report.logic.ts';
import type { JobEvent } from '../../../src/machines/job/job.machine.ts';
import { JobStage } from '../../support/job-stage.ts';

const alert: Alert = {
  key: 'loud',
  severity: 'info',
  message: 'it is loud',
  openedAt: 1,
  evidence: {},
};
const health = { active: true, speaking: false, poorQuality: false, suspect: false };

const wellFormed: readonly AgentReport[] = [
  { type: 'job.end', reason: 'participant_left' },
  { type: 'roster.request' },
  { type: 'alert.opened', alert },
  { type: 'alert.resolved', alert: { ...alert, resolvedAt: 2 } },
  { type: 'health.changed', health },
  { type: 'summary.made', summary: {} },
];

it.each(wellFormed)('[JOB-8] finds nothing wrong with $type', (report) => {
  expect(reportProblem(report)).toBeNull();
});

/** As a machine in JavaScript may say it. */
const malformed: readonly (readonly [string, object])[] = [
  ['"finished" is no end reason', { type: 'job.end', reason: 'finished' }],
  ['"toString" is no end reason', { type: 'job.end', reason: 'toString' }],
  ['"undefined" is no end reason', { type: 'job.end' }],
  ['alert.opened came without a whole alert', { type: 'alert.opened' }],
  [
    'alert.opened came without a whole alert',
    { type: 'alert.opened', alert: { ...alert, severity: 'very bad' } },
  ],
  [
    'alert.resolved came without a whole alert',
    { type: 'alert.resolved', alert: { ...alert, openedAt: NaN } },
  ],
  [
    'health.changed came without the four flags',
    { type: 'health.changed', health: { active: true } },
  ],
  ['summary.made came without a summary', { type: 'summary.made' }],
];

it.each(malformed)('[JOB-8] ends as agent_error where %s: %j', (error, report) => {
  const stage = new JobStage();
  stage.join();
  stage.say(report as JobEvent);
  expect(stage.ending).toMatchObject({ reason: 'agent_error', status: 'failed', error });
  expect(stage.emitted.map(({ type }) => type)).toEqual(['job.joined', 'job.ending']);
});

it('[JOB-8] ends as agent_error where the summary that it waits for is none', () => {
  const stage = new JobStage();
  stage.join();
  stage.disconnect('room_closed');
  stage.say({ type: 'summary.made' } as unknown as JobEvent);
  expect(stage.ending).toMatchObject({ reason: 'agent_error', status: 'failed' });
});

const stray: JobEvent = {
  type: 'control.broken',
  at: 5,
  error: { code: 'E_JOB_BROKEN', message: 'its port threw', retryable: false },
};

it('[JOB-8] ends as agent_error what threw where nobody could catch it, with its summary', () => {
  const stage = new JobStage();
  stage.join();
  stage.say(stray, { type: 'summary.made', summary: {} }, { type: 'job.end', reason: 'drained' });
  expect(stage.ending).toMatchObject({ reason: 'agent_error', error: 'its port threw' });
  stage.worker('control.statusReported');
  expect(stage.story).toEqual([
    'room.join',
    'job.joined',
    'job.summaryMade',
    'job.ending',
    'room.leave',
  ]);
});

it('[JOB-8] ends as agent_error also before the room is joined', () => {
  const stage = new JobStage();
  stage.say(stray);
  expect(stage.ending).toMatchObject({ reason: 'agent_error', error: 'its port threw' });
});
