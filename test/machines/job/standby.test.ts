import type { EventObject } from 'xstate';
import { describe, expect, it } from 'vitest';
import type { RosterEntry } from '../../../src/machines/events.ts';
import type { AgentInput } from '../../../src/machines/job/job.events.ts';
import { JobStage, listener } from '../../support/job-stage.ts';
import { agentEntry, sharedClaim } from '../../support/roster-facts.ts';
import { alice, bob, microphone, participant, T0 } from '../../support/session-facts.ts';
import { roomConnected } from '../../support/told-facts.ts';

/** As the stage joins. */
const self = agentEntry('agent', T0);
const elder = agentEntry('agent-AJ_0', T0 - 1);

function claiming(config: ConstructorParameters<typeof JobStage>[0] = {}) {
  const heard: EventObject[] = [];
  const inputs: AgentInput[] = [];
  const stage = new JobStage(config, listener(heard, inputs), {}, sharedClaim.serves);
  stage.join([participant(alice, { tracks: [microphone] })]);
  const list = (...participants: RosterEntry[]): void =>
    stage.say({ type: 'roster.listed', at: stage.now, participants });
  return { stage, heard, inputs, list };
}

function standingBy(config: ConstructorParameters<typeof JobStage>[0] = {}) {
  const stood = claiming(config);
  stood.list(elder, self);
  return stood;
}

describe('a job that serves what others may serve', () => {
  it('[JOB-17] asks for the list once it is in, and begins with the answer', () => {
    const { stage, inputs, heard, list } = claiming();
    expect(stage.roster.commands).toEqual([{ type: 'roster.request' }]);
    expect(inputs).toEqual([]);
    stage.pass(7);
    list(self);
    expect(stage.value).toEqual({ live: { running: 'steady' } });
    expect(inputs).toMatchObject([{ startedAt: T0 + 7 }]);
    expect(heard).toMatchObject([{ type: 'room.connected', at: T0 + 7, sid: 'RM_1' }]);
    expect(stage.story).toEqual(['room.join', 'job.joined']);
  });

  it('[JOB-17] stands by, and ends as a duplicate', () => {
    const { stage, inputs, list } = standingBy();
    expect(stage.emitted.at(-1)).toEqual({ type: 'job.stoodBy', elders: ['agent-AJ_0'] });
    for (let second = 0; second < 25; second += 1) {
      stage.pass(1_000);
      if (stage.value !== 'reporting') list(elder, self);
    }
    expect(stage.ending).toEqual({
      type: 'job.ending',
      reason: 'duplicate',
      status: 'success',
      error: '',
    });
    expect(inputs).toEqual([]);
    stage.worker('control.statusReported');
    stage.disconnect('client_initiated');
    expect(stage.story).toEqual([
      'room.join',
      'job.joined',
      'job.stoodBy',
      'job.ending',
      'room.leave',
      'job.ended',
    ]);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('[JOB-17] takes over when the earlier agent is gone', () => {
    const { stage, inputs, list } = standingBy();
    stage.pass(1_000);
    list(self);
    stage.pass(1_000);
    list(self);
    expect(stage.value).toEqual({ live: { running: 'steady' } });
    expect(stage.emitted.at(-1)).toEqual({ type: 'job.tookOver' });
    expect(inputs).toMatchObject([{ startedAt: T0 + 2_000 }]);
  });

  it('[JOB-17] looks at no list where it shares with nobody', () => {
    const stage = new JobStage();
    stage.join();
    expect(stage.roster.commands).toEqual([]);
    expect(stage.value).toEqual({ live: { running: 'steady' } });
  });

  it('[JOB-21] says why it serves without knowing', () => {
    const { stage } = claiming();
    const error = { code: 'E_ROSTER', message: 'no such host', retryable: true };
    stage.say({ type: 'roster.failed', at: stage.now, error });
    stage.pass(3_000);
    expect(stage.emitted.at(-1)).toEqual({ type: 'job.doubted', doubt: 'no such host' });
    expect(stage.value).toEqual({ live: { running: 'steady' } });
  });
});

describe('what an agent that begins later hears', () => {
  it('[JOB-18] is the room as it is by then', () => {
    const { stage, heard, list } = standingBy();
    const about = { at: stage.now, ...alice };
    const camera = { ...microphone, sid: 'TR_cam', kind: 'video', source: 'camera' } as const;
    const carol = { identity: 'carol', sid: 'PA_carol' };
    stage.say(
      { type: 'participant.active', ...about },
      { type: 'participant.metadataChanged', ...about, metadata: 'vip' },
      { type: 'participant.attributesChanged', ...about, attributes: { seat: '4' } },
      { type: 'participant.qualityChanged', ...about, quality: 'poor' },
      { type: 'participant.qualityChanged', ...about, quality: 'good' },
      { type: 'track.published', ...about, track: camera },
      { type: 'track.muted', ...about, trackSid: camera.sid },
      { type: 'track.unpublished', ...about, trackSid: microphone.sid },
      { type: 'participant.connected', at: stage.now, participant: participant(bob) },
      { type: 'participant.connected', at: stage.now, participant: participant(carol) },
      { type: 'participant.qualityChanged', at: stage.now, ...carol, quality: 'lost' },
      { type: 'participant.disconnected', at: stage.now, ...carol },
      { type: 'room.metadataChanged', at: stage.now, metadata: 'open' },
      { type: 'room.speakersChanged', at: stage.now, identities: ['alice'] },
    );
    expect(heard).toEqual([]);
    stage.pass(1_000);
    list(self);
    stage.pass(1_000);
    list(self);
    const at = T0 + 2_000;
    expect(heard).toEqual([
      roomConnected(
        at,
        [
          participant(alice, {
            active: true,
            metadata: 'vip',
            attributes: { seat: '4' },
            tracks: [{ ...camera, muted: true }],
          }),
          participant(bob),
        ],
        { metadata: 'open' },
      ),
      { type: 'participant.active', at, ...alice },
      { type: 'participant.qualityChanged', at, ...alice, quality: 'good' },
      { type: 'room.speakersChanged', at, identities: ['alice'] },
    ]);
    expect(stage.actor.getSnapshot().context.here).toBeNull();
  });

  it('[JOB-18] is that its own connection is away, where it is', () => {
    const { stage, heard, list } = standingBy();
    stage.own('room.reconnecting');
    stage.pass(1_000);
    list(self);
    stage.pass(1_000);
    list(self);
    expect(stage.value).toEqual({ live: { running: 'reconnecting' } });
    expect(heard.map(({ type }) => type)).toEqual(['room.connected', 'room.reconnecting']);
    stage.own('room.reconnected');
    expect(heard.at(-1)).toEqual({ type: 'room.reconnected', at: stage.now });
  });

  it('[JOB-18] is nothing of a message to those who were there', () => {
    const { stage, heard, list } = claiming();
    const text = { topic: 't', text: 'hello', truncated: false };
    stage.say({ type: 'data.received', at: stage.now, sender: bob, sizeBytes: 5, ...text });
    list(self);
    expect(heard.map(({ type }) => type)).toEqual(['room.connected']);
  });
});

describe('the end of a job whose agent has not begun', () => {
  const ends = [
    ['drained', (stage: JobStage) => stage.worker('control.draining')],
    ['room_deleted', (stage: JobStage) => stage.disconnect('room_deleted')],
    ['agent_removed', (stage: JobStage) => stage.disconnect('participant_removed')],
    ['connection_lost', (stage: JobStage) => stage.disconnect('connection_timeout')],
    [
      'dispatch_deleted',
      (stage: JobStage) => {
        stage.worker('control.terminated');
        stage.pass(500);
      },
    ],
    [
      'room_deleted',
      (stage: JobStage) => {
        stage.worker('control.terminated');
        stage.pass(400);
        stage.disconnect('room_deleted');
      },
    ],
    ['max_duration', (stage: JobStage) => stage.pass(20_000)],
    [
      'agent_error',
      (stage: JobStage) => {
        const error = { code: 'E_JOB_BROKEN', message: 'it broke', retryable: false };
        stage.say({ type: 'control.broken', at: stage.now, error });
      },
    ],
  ] as const;

  it.each(ends)('[JOB-19] is %s, without a summary, a message or a wish', (reason, end) => {
    const { stage, inputs } = standingBy({ maxDurationMs: 20_000 });
    end(stage);
    expect(stage.ending).toMatchObject({ reason });
    stage.worker('control.statusReported');
    if (stage.value === 'leaving') stage.disconnect('client_initiated');
    expect(stage.value).toBe('ended');
    expect(inputs).toEqual([]);
    expect(stage.story.filter((type) => !type.startsWith('room.'))).toEqual([
      'job.joined',
      'job.stoodBy',
      'job.ending',
      'job.ended',
    ]);
    expect(stage.room.commands.filter(({ type }) => !type.startsWith('room.'))).toEqual([]);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('[JOB-19] is no beginning for an answer that comes after a termination', () => {
    const { stage, inputs, list } = claiming();
    stage.worker('control.terminated');
    list(self);
    stage.pass(500);
    expect(stage.ending).toMatchObject({ reason: 'dispatch_deleted' });
    expect(inputs).toEqual([]);
  });
});
