import { createActor, initialTransition, transition } from 'xstate';
import { expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import {
  jobMachine,
  type JobContext,
  type JobEvent,
} from '../../../src/machines/job/job.machine.ts';
import { JobStage, jobInput, listener } from '../../support/job-stage.ts';
import { T0 } from '../../support/session-facts.ts';
import { shortestPaths, statesNotReached, walk } from '../../support/shortest-paths.ts';
import { throughJson } from '../../support/through-json.ts';

const at = T0 + 1_000;
const error = { code: 'E_TEST', message: 'no way in', retryable: true };
const connected = (sid: string): JobEvent => ({
  type: 'room.connected',
  at,
  sid,
  name: 'support',
  metadata: '',
  local: { identity: 'agent', sid: 'PA_agent' },
  participants: [],
});

const events: JobEvent[] = [
  connected('RM_1'),
  connected('RM_2'),
  { type: 'room.joinFailed', at, error },
  { type: 'room.reconnecting', at },
  { type: 'room.reconnected', at },
  { type: 'room.disconnected', at, reason: 'room_deleted' },
  { type: 'control.terminated', at },
  { type: 'control.draining', at },
  { type: 'control.statusReported', at },
  { type: 'job.end', reason: 'participant_left' },
];

const config = { maxDurationMs: 3_600_000 };
const namedTimers = ['drain.isOver', 'duration.isOver'];

const walks = shortestPaths(jobMachine, {
  input: jobInput(config),
  events,
  namedTimers,
  keyOf: ({ joinsFailed, inRoom, drainingAt, ending }: JobContext) => [
    joinsFailed,
    inRoom,
    drainingAt,
    ending.reason,
  ],
});

it('[JOB-13] has a way to every state', () => {
  expect(statesNotReached(jobMachine, walks)).toEqual([]);
});

it.each(walks)('[JOB-13] reaches $state by: $steps', (path) => {
  const stage = new JobStage(config);
  walk(stage, stage.clock, path, namedTimers);
  expect(JSON.stringify(stage.value)).toBe(path.state);
  expect(findNotJson(stage.actor.getSnapshot().context)).toBeUndefined();
  const isOver = ['"reporting"', '"leaving"', '"ended"'].includes(path.state);
  expect(stage.story.filter((type) => type === 'job.ending')).toHaveLength(isOver ? 1 : 0);
});

it.each(['drain.isOver', 'duration.isOver'])('[JOB-13] ends by its timer %s', (timer) => {
  const stage = new JobStage(config);
  const steps = [connected('RM_1'), { type: 'control.draining', at } as const];
  const before = timer === 'drain.isOver' ? steps : steps.slice(0, 1);
  walk(
    stage,
    stage.clock,
    { state: '', steps: '', events: [...before, { type: timer }] },
    namedTimers,
  );
  expect(stage.value).toEqual({ live: 'closing' });
});

it('[JOB-2] takes any room where the job does not know the SID of its own', () => {
  const input = jobInput();
  const { agent } = input;
  const job = { ...agent.job, room: { name: 'support', sid: '' } };
  const [initial] = initialTransition(jobMachine, { ...input, agent: { ...agent, job } });
  const [joined] = transition(jobMachine, initial, connected('RM_9'));
  expect(joined.value).toEqual({ live: { running: 'steady' } });
});

it('[JOB-14] comes back from its snapshot as JSON', () => {
  const stage = new JobStage();
  stage.join();
  stage.own('room.reconnecting');
  const snapshot = throughJson(stage.actor.getPersistedSnapshot());
  const { room, roster, control, clock } = new JobStage();
  const machine = jobMachine.provide({
    actors: { room: room.logic, roster: roster.logic, control: control.logic, agent: listener() },
  });
  const restored = createActor(machine, {
    input: jobInput(),
    snapshot,
    clock: new VirtualClock(clock.now()),
  });
  expect(restored.getSnapshot().value).toEqual(stage.value);
  expect(restored.getSnapshot().context).toEqual(stage.actor.getSnapshot().context);
});
