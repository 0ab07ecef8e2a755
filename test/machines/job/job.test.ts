import type { EventObject } from 'xstate';
import { describe, expect, it } from 'vitest';
import type { Alert, AgentCommand, EndReason } from '../../../src/machines/events.ts';
import type { AgentInput } from '../../../src/machines/job/job.events.ts';
import { JobStage, listener } from '../../support/job-stage.ts';
import { T0, alice } from '../../support/session-facts.ts';

const running = (...[config, agent]: ConstructorParameters<typeof JobStage>) => {
  const stage = new JobStage(config, agent);
  stage.join();
  return stage;
};

/** Lets the worker confirm the status and the room confirm the leave. */
const finish = (stage: JobStage) => {
  stage.worker('control.statusReported');
  stage.disconnect('client_initiated');
};

const told = (reason: EndReason, status: 'success' | 'failed', error = '') => ({
  type: 'job.ending',
  reason,
  status,
  error,
});

describe('joining', () => {
  it('[JOB-1] joins at once, and says so once it is in', () => {
    const stage = new JobStage();
    expect(stage.room.commands).toEqual([{ type: 'room.join' }]);
    stage.pass(300);
    stage.join();
    expect(stage.emitted).toEqual([{ type: 'job.joined' }]);
    expect(stage.value).toEqual({ live: { running: 'steady' } });
  });

  it('[JOB-1] tries three times: two failures do not matter', () => {
    const stage = new JobStage();
    for (const failures of [1, 2]) {
      stage.failToJoin();
      stage.pass(999);
      expect(stage.room.commands).toHaveLength(failures);
      stage.pass(1);
      expect(stage.room.commands).toHaveLength(failures + 1);
    }
    stage.join();
    expect(stage.value).toEqual({ live: { running: 'steady' } });
  });

  it('[JOB-1] fails with the third failure, and has no room to leave', () => {
    const stage = new JobStage();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      stage.failToJoin();
      stage.pass(1_000);
    }
    expect(stage.ending).toEqual(told('join_failed', 'failed', 'no way in'));
    stage.worker('control.statusReported');
    expect(stage.value).toBe('ended');
    expect(stage.emitted.at(-1)).toEqual({ type: 'job.ended', reason: 'join_failed' });
  });

  it('[JOB-2] ends as room_deleted in a room with another SID, and leaves it', () => {
    const stage = new JobStage();
    stage.join([], 'RM_2');
    expect(stage.ending).toEqual(told('room_deleted', 'success'));
    expect(stage.emitted).not.toContainEqual({ type: 'job.joined' });
    stage.worker('control.statusReported');
    expect(stage.value).toBe('leaving');
    expect(stage.room.commands.at(-1)).toEqual({ type: 'room.leave' });
    stage.disconnect('client_initiated');
    expect(stage.value).toBe('ended');
  });

  it.each([
    ['JOB-4', 'control.terminated', told('dispatch_deleted', 'success')],
    ['JOB-6', 'control.draining', told('drained', 'success')],
  ] as const)('[%s] ends at once with %s while joining', (_id, type, ending) => {
    const stage = new JobStage();
    stage.worker(type);
    expect(stage.ending).toEqual(ending);
    stage.worker('control.statusReported');
    expect(stage.value).toBe('ended');
  });

  it('[JOB-12] tells the agent when it joined, and who is here', () => {
    const heard: EventObject[] = [];
    const inputs: AgentInput[] = [];
    const stage = new JobStage({}, listener(heard, inputs));
    stage.pass(4_000);
    stage.join();
    expect(inputs).toMatchObject([{ startedAt: T0 + 4_000, job: { jobId: 'AJ_1' } }]);
    expect(heard).toMatchObject([{ type: 'room.connected', sid: 'RM_1' }]);
  });
});

describe('a JobTermination', () => {
  it('[JOB-4] ends the job as dispatch_deleted when the room gives no reason within 500 ms', () => {
    const stage = running();
    stage.worker('control.terminated');
    stage.pass(499);
    expect(stage.value).toEqual({ live: { running: 'terminating' } });
    stage.pass(1);
    stage.say({ type: 'job.end', reason: 'dispatch_deleted' });
    expect(stage.ending).toEqual(told('dispatch_deleted', 'success'));
  });

  it.each(['room_deleted', 'participant_removed'] as const)(
    '[JOB-4] is explained by the disconnect %s, whichever comes first',
    (reason) => {
      const expected = reason === 'room_deleted' ? 'room_deleted' : 'agent_removed';
      const before = running();
      before.worker('control.terminated');
      before.pass(400);
      before.disconnect(reason);
      before.pass(2_000);
      expect(before.ending).toEqual(told(expected, 'success'));
      const after = running();
      after.disconnect(reason);
      after.worker('control.terminated');
      after.pass(2_000);
      after.worker('control.terminated');
      expect(after.ending).toEqual(told(expected, 'success'));
      expect(after.emitted.filter(({ type }) => type === 'job.ending')).toHaveLength(1);
    },
  );

  it.each([
    ['just before our own reconnect', ['terminated', 400, 'reconnecting', 300, 'reconnected']],
    ['during our own reconnect', ['reconnecting', 200, 'terminated', 300, 'reconnected']],
    ['at the end of the 5 s after it', ['reconnecting', 300, 'reconnected', 4_999, 'terminated']],
    [
      'during a second reconnect',
      [
        'reconnecting',
        300,
        'reconnected',
        2_000,
        'reconnecting',
        9_000,
        'terminated',
        100,
        'reconnected',
      ],
    ],
  ] as const)(
    '[JOB-5] is the server’s mistake %s: the session lives on, untracked',
    (_when, happenings) => {
      const stage = running();
      for (const happening of happenings) {
        if (typeof happening === 'number') stage.pass(happening);
        else if (happening === 'terminated') stage.worker('control.terminated');
        else stage.own(`room.${happening}`);
      }
      expect(stage.actor.getSnapshot().context.tracked).toBe(false);
      stage.pass(60_000);
      expect(stage.value).toEqual({ live: { running: 'steady' } });
      stage.disconnect('room_deleted');
      stage.pass(1_000);
      expect(stage.ending).toEqual(told('room_deleted', 'success'));
    },
  );

  it('[JOB-5] counts again 5 s after our own reconnect', () => {
    const stage = running();
    stage.own('room.reconnecting');
    stage.own('room.reconnected');
    stage.pass(5_000);
    stage.worker('control.terminated');
    stage.pass(1_500);
    expect(stage.ending).toEqual(told('dispatch_deleted', 'success'));
    expect(stage.actor.getSnapshot().context.tracked).toBe(true);
  });

  it('[JOB-5] does not matter where the server no longer knows of the job', () => {
    const stage = running();
    stage.worker('control.untracked');
    expect(stage.actor.getSnapshot().context.tracked).toBe(false);
    expect(stage.value).toEqual({ live: { running: 'steady' } });
  });
});

describe('the drain', () => {
  it('[JOB-6] leaves the agent its time, and ends the job after it', () => {
    const heard: EventObject[] = [];
    const stage = running({}, listener(heard));
    stage.worker('control.draining');
    expect(heard.at(-1)).toEqual({ type: 'job.draining', at: T0 });
    stage.pass(14_999);
    expect(stage.value).toEqual({ live: { running: 'steady' } });
    stage.pass(1);
    expect(heard.at(-1)).toEqual({ type: 'job.ending', at: T0 + 15_000, reason: 'drained' });
    stage.pass(1_000);
    expect(stage.ending).toEqual(told('drained', 'success'));
  });

  it('[JOB-6] is not needed where the agent ends by itself before', () => {
    const stage = running();
    stage.worker('control.draining');
    stage.pass(3_000);
    stage.say({ type: 'job.end', reason: 'participant_left' });
    expect(stage.ending).toEqual(told('participant_left', 'success'));
    finish(stage);
    stage.pass(60_000);
    expect(stage.emitted.filter(({ type }) => type === 'job.ending')).toHaveLength(1);
  });

  it('[JOB-6] is not prolonged by being told again', () => {
    const heard: EventObject[] = [];
    const stage = running({}, listener(heard));
    stage.worker('control.draining');
    stage.pass(10_000);
    stage.worker('control.draining');
    stage.pass(6_000);
    expect(heard.slice(1)).toEqual([
      { type: 'job.draining', at: T0 },
      { type: 'job.ending', at: T0 + 15_000, reason: 'drained' },
    ]);
    expect(stage.ending).toEqual(told('drained', 'success'));
  });

  it('[JOB-6] goes on while our own connection is away', () => {
    const stage = running();
    stage.worker('control.draining');
    stage.own('room.reconnecting');
    stage.pass(16_000);
    expect(stage.ending).toEqual(told('drained', 'success'));
  });
});

describe('the limit of its duration', () => {
  it('[JOB-7] ends a job, counted from its assignment', () => {
    const stage = new JobStage({ maxDurationMs: 60_000 });
    stage.pass(10_000);
    stage.join();
    stage.pass(49_999);
    expect(stage.value).toEqual({ live: { running: 'steady' } });
    stage.pass(1_001);
    expect(stage.ending).toEqual(told('max_duration', 'success'));
  });

  it('[JOB-7] ends a job that is still joining', () => {
    const stage = new JobStage({ maxDurationMs: 5_000 });
    stage.pass(5_000);
    expect(stage.ending).toEqual(told('max_duration', 'success'));
  });

  it('[JOB-7] is none where none is set', () => {
    const stage = running();
    stage.pass(30 * 24 * 3_600_000);
    expect(stage.value).toEqual({ live: { running: 'steady' } });
  });
});

describe('a broken agent', () => {
  const data = {
    type: 'data.received',
    at: T0,
    sender: null,
    topic: '',
    sizeBytes: 0,
    text: '',
    truncated: false,
  } as const;
  const text = {
    type: 'text.received',
    at: T0,
    senderIdentity: 'bob',
    topic: '',
    text: '',
    truncated: false,
    attributes: {},
  } as const;

  it('[JOB-8] ends its job as agent_error, with what it said', () => {
    const stage = running();
    stage.say(data);
    expect(stage.ending).toEqual(told('agent_error', 'failed', 'the agent broke'));
    finish(stage);
    expect(stage.value).toBe('ended');
  });

  it('[JOB-8] ends its job also where it breaks while ending', () => {
    const stage = running();
    stage.disconnect('room_deleted');
    stage.say(data);
    expect(stage.ending).toEqual(told('agent_error', 'failed', 'the agent broke'));
  });

  it('[JOB-8] ends its job where it finishes without saying why', () => {
    const stage = running();
    stage.say(text);
    const said = 'the agent reached a final state without telling its job to end (job.end)';
    expect(stage.ending).toEqual(told('agent_error', 'failed', said));
  });

  it('[JOB-8] may finish while its job ends', () => {
    const stage = running();
    stage.disconnect('room_closed');
    stage.say(text);
    expect(stage.ending).toEqual(told('room_closed', 'success'));
  });
});

describe('the final status', () => {
  const ends = [
    ['the agent', (stage: JobStage) => stage.say({ type: 'job.end', reason: 'participant_left' })],
    [
      'the drain',
      (stage: JobStage) => {
        stage.worker('control.draining');
        stage.pass(16_000);
      },
    ],
    [
      'a termination',
      (stage: JobStage) => {
        stage.worker('control.terminated');
        stage.pass(1_500);
      },
    ],
  ] as const;

  it.each(ends)('[JOB-9] is reported once, before the room is left: ended by %s', (_by, end) => {
    const stage = running();
    end(stage);
    expect(stage.value).toBe('reporting');
    expect(stage.room.commands).not.toContainEqual({ type: 'room.leave' });
    stage.say({ type: 'job.end', reason: 'duplicate' });
    stage.worker('control.terminated');
    stage.worker('control.statusReported');
    expect(stage.value).toBe('leaving');
    stage.disconnect('client_initiated');
    stage.pass(60_000);
    expect(stage.story).toEqual([
      'room.join',
      'job.joined',
      'job.ending',
      'room.leave',
      'job.ended',
    ]);
  });

  it('[JOB-9] is reported also where the room is gone already', () => {
    const stage = running();
    stage.disconnect('server_shutdown');
    stage.say({ type: 'job.end', reason: 'connection_lost' });
    expect(stage.value).toBe('reporting');
    stage.worker('control.statusReported');
    expect(stage.value).toBe('ended');
  });

  it('[JOB-10] is waited for no longer than 2 s', () => {
    const stage = running();
    stage.say({ type: 'job.end', reason: 'participant_left' });
    stage.pass(1_999);
    expect(stage.value).toBe('reporting');
    stage.pass(1);
    expect(stage.value).toBe('leaving');
  });
});

describe('the waits', () => {
  it('[JOB-10] leaves for no longer than 3 s', () => {
    const stage = running();
    stage.say({ type: 'job.end', reason: 'participant_left' });
    stage.worker('control.statusReported');
    stage.pass(2_999);
    expect(stage.value).toBe('leaving');
    stage.pass(1);
    expect(stage.value).toBe('ended');
    expect(stage.room.isOpen).toBe(false);
  });

  it('[JOB-10] waits for the agent’s summary for no longer than 1 s', () => {
    const stage = running();
    stage.disconnect('room_closed');
    stage.pass(999);
    expect(stage.value).toEqual({ live: 'closing' });
    stage.pass(1);
    expect(stage.value).toBe('reporting');
  });

  it('[JOB-10] leaves no timer behind', () => {
    const stage = running({ maxDurationMs: 3_600_000 });
    stage.worker('control.draining');
    stage.say({ type: 'job.end', reason: 'participant_left' });
    finish(stage);
    expect(stage.clock.pendingCount).toBe(0);
  });
});

describe('between the room and the agent', () => {
  const alert: Alert = {
    key: 'suspect',
    severity: 'warning',
    message: '',
    openedAt: T0,
    evidence: {},
  };

  it('[JOB-12] takes the agent’s commands to the room', () => {
    const stage = running();
    const commands: AgentCommand[] = [
      { type: 'data.publish', topic: 't', payload: {}, to: ['bob'] },
      { type: 'track.setMedia', trackSid: 'TR_1', mode: 'signal' },
      { type: 'participant.setAttributes', attributes: { a: '1' } },
    ];
    stage.say(...commands, { type: 'roster.request' });
    expect(stage.room.commands.slice(1)).toEqual(commands);
    expect(stage.roster.commands).toEqual([{ type: 'roster.request' }]);
  });

  it('[JOB-12] takes no more commands once it reports', () => {
    const stage = running();
    stage.say({ type: 'job.end', reason: 'participant_left' });
    stage.say({ type: 'data.publish', topic: 't', payload: {}, to: ['bob'] });
    expect(stage.room.commands).toEqual([{ type: 'room.join' }]);
  });

  it('[JOB-12] takes facts to the agent, in every state of its connection', () => {
    const heard: EventObject[] = [];
    const stage = running({}, listener(heard));
    const active = { type: 'participant.active', at: T0, ...alice } as const;
    stage.say(active);
    stage.own('room.reconnecting');
    stage.say(active);
    stage.own('room.reconnected');
    stage.say(active);
    stage.pass(5_000);
    stage.own('room.reconnecting');
    stage.worker('control.terminated');
    stage.say(active);
    expect(heard.slice(1).map(({ type }) => type)).toEqual([
      'participant.active',
      'room.reconnecting',
      'participant.active',
      'room.reconnected',
      'participant.active',
      'room.reconnecting',
      'participant.active',
    ]);
  });

  it('[JOB-12] emits alerts and health, and keeps the open alerts', () => {
    const stage = running();
    const health = { active: true, speaking: false, poorQuality: false, suspect: false };
    stage.say({ type: 'alert.opened', alert }, { type: 'health.changed', health });
    expect(stage.actor.getSnapshot().context.openAlerts).toEqual([alert]);
    const resolved = { ...alert, resolvedAt: T0 + 1 };
    stage.say({ type: 'alert.resolved', alert: resolved });
    expect(stage.actor.getSnapshot().context.openAlerts).toEqual([]);
    expect(stage.emitted.slice(1)).toEqual([
      { type: 'job.alertOpened', alert },
      { type: 'job.healthChanged', health },
      { type: 'job.alertResolved', alert: resolved },
    ]);
  });

  it('[ALR-1] opens an alert once, and changes and resolves only what is open', () => {
    const stage = running();
    const critical = { ...alert, severity: 'critical', updatedAt: T0 + 1 } as const;
    stage.say(
      { type: 'alert.updated', alert },
      { type: 'alert.resolved', alert },
      { type: 'alert.opened', alert },
      { type: 'alert.opened', alert: critical },
      { type: 'alert.updated', alert: critical },
    );
    expect(stage.emitted.slice(1)).toEqual([
      { type: 'job.alertOpened', alert },
      { type: 'job.alertUpdated', alert: critical },
    ]);
    expect(stage.actor.getSnapshot().context.openAlerts).toEqual([critical]);
  });

  it('[ALR-1] opens no more than 200 at once', () => {
    const stage = running();
    for (let count = 0; count < 220; count += 1) {
      stage.say({ type: 'alert.opened', alert: { ...alert, key: `alert-${count}` } });
    }
    expect(stage.emitted.filter(({ type }) => type === 'job.alertOpened')).toHaveLength(200);
    stage.say({ type: 'alert.resolved', alert: { ...alert, key: 'alert-7' } });
    stage.say({ type: 'alert.opened', alert: { ...alert, key: 'alert-219' } });
    const { openAlerts } = stage.actor.getSnapshot().context;
    expect(openAlerts).toHaveLength(200);
    expect(openAlerts.at(-1)?.key).toBe('alert-219');
  });

  it('[ALR-2] makes alerts of the conditions that its agent reports', () => {
    const stage = running();
    const met = { ...alert, type: 'condition.met', at: T0, resolveAfterMs: 1_000 } as const;
    stage.say(met, met, { type: 'condition.gone', at: T0 + 5, key: alert.key });
    stage.pass(999);
    expect(stage.emitted.slice(1)).toMatchObject([{ type: 'job.alertOpened' }]);
    stage.pass(1);
    expect(stage.emitted.slice(2)).toMatchObject([
      { type: 'job.alertResolved', alert: { key: alert.key, resolvedAt: T0 + 5 } },
    ]);
  });

  it.each([
    ['its agent says so', 'participant_left', { type: 'job.end', reason: 'participant_left' }],
    [
      'its agent breaks',
      'agent_error',
      {
        type: 'data.received',
        ...{ at: T0, sender: null, topic: 'x', sizeBytes: 0, text: '', truncated: false },
      },
    ],
    [
      'the room ends',
      'room_deleted',
      { type: 'room.disconnected', at: T0, reason: 'room_deleted' },
    ],
    ['it is drained', 'drained', { type: 'control.draining', at: T0 }],
  ] as const)('[ALR-3] resolves what is open when %s', (_why, reason, event) => {
    const stage = running();
    stage.say({ type: 'alert.opened', alert }, event);
    stage.pass(60_000);
    const told = stage.story.filter(
      (type) => type.startsWith('job.alert') || type === 'job.ending',
    );
    expect(told).toEqual(['job.alertOpened', 'job.alertResolved', 'job.ending']);
    expect(stage.emitted).toContainEqual({
      type: 'job.alertResolved',
      alert: { ...alert, evidence: { ...alert.evidence, ended: reason } },
    });
    expect(stage.actor.getSnapshot().context.openAlerts).toEqual([]);
  });
});
