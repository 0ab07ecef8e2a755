import { createActor } from 'xstate';
import { expect, it, onTestFinished } from 'vitest';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import {
  supervisorMachine,
  type HealthReport,
} from '../../../src/machines/supervisor/supervisor.machine.ts';

const quiet = { active: true, speaking: false, poorQuality: false, suspect: false };
const alert = {
  key: 'suspect',
  severity: 'warning',
  message: '',
  openedAt: 0,
  evidence: {},
} as const;

function start() {
  const clock = new VirtualClock();
  const reports: HealthReport[] = [];
  const actor = createActor(supervisorMachine, { input: { reportEveryMs: 30_000 }, clock });
  actor.on('health.reported', (report) => reports.push(report));
  actor.start();
  onTestFinished(() => void actor.stop());
  return { actor, clock, reports };
}

it('[SUP-1] reports the health of all sessions at each interval', () => {
  const { actor, clock, reports } = start();
  for (const jobId of ['a', 'b', 'c']) actor.send({ type: 'job.joined', jobId, at: 0 });
  actor.send({ type: 'job.healthChanged', jobId: 'a', at: 0, health: quiet });
  actor.send({
    type: 'job.healthChanged',
    jobId: 'b',
    at: 0,
    health: { ...quiet, speaking: true, suspect: true },
  });
  actor.send({ type: 'job.alertOpened', jobId: 'b', at: 0, alert });
  clock.advanceTo(30_000);
  expect(reports).toEqual([
    {
      type: 'health.reported',
      sessions: 3,
      active: 2,
      speaking: 1,
      poorQuality: 0,
      suspect: 1,
      alertsOpen: 1,
      alertsOpenBySeverity: { info: 0, warning: 1, critical: 0 },
    },
  ]);
  clock.advanceTo(90_000);
  expect(reports).toHaveLength(3);
});

it('[SUP-2] forgets a session that has ended, and hears nothing of it afterwards', () => {
  const { actor, clock, reports } = start();
  actor.send({ type: 'job.joined', jobId: 'a', at: 0 });
  actor.send({ type: 'job.alertOpened', jobId: 'a', at: 0, alert });
  actor.send({ type: 'job.ended', jobId: 'a', at: 0, reason: 'drained' });
  actor.send({ type: 'job.healthChanged', jobId: 'a', at: 0, health: quiet });
  clock.advanceTo(30_000);
  expect(reports).toMatchObject([{ sessions: 0, active: 0, alertsOpen: 0 }]);
});

it('[ALR-10] counts an open alert by the severity that it has now', () => {
  const { actor, clock, reports } = start();
  const critical = { ...alert, severity: 'critical' } as const;
  const other = { ...alert, key: 'crowd' };
  actor.send({ type: 'job.joined', jobId: 'a', at: 0 });
  for (const each of [alert, other])
    actor.send({ type: 'job.alertOpened', jobId: 'a', at: 0, alert: each });
  actor.send({ type: 'job.alertUpdated', jobId: 'a', at: 0, alert: critical });
  clock.advanceTo(30_000);
  actor.send({ type: 'job.alertResolved', jobId: 'a', at: 0, alert: critical });
  clock.advanceTo(60_000);
  expect(reports).toMatchObject([
    { alertsOpen: 2, alertsOpenBySeverity: { info: 0, warning: 1, critical: 1 } },
    { alertsOpen: 1, alertsOpenBySeverity: { info: 0, warning: 1, critical: 0 } },
  ]);
});

const about = { jobId: 'a', at: 0 };

describeMachine(supervisorMachine, {
  ruleId: 'MPT-22',
  input: { reportEveryMs: 30_000 },
  events: [
    { type: 'job.joined', ...about },
    { type: 'job.ended', ...about, reason: 'drained' },
    { type: 'job.healthChanged', ...about, health: quiet },
    { type: 'job.alertOpened', ...about, alert },
    { type: 'job.alertUpdated', ...about, alert },
    { type: 'job.alertResolved', ...about, alert },
  ],
  keyOf: ({ context: { sessions } }) => Object.keys(sessions),
});
