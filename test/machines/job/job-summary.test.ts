import { expect, it } from 'vitest';
import type { DisconnectReason, EndReason } from '../../../src/machines/events.ts';
import { JobStage } from '../../support/job-stage.ts';
import { LevelPorts } from '../../support/level-ports.ts';
import { provideMonitor } from '../../support/monitor-stage.ts';
import { PortSlot } from '../../support/port-slot.ts';
import { alice, bob, microphone, participant } from '../../support/session-facts.ts';

/** A job with participant-monitor as its agent; alice is inside and speaks to bob. */
function inTheMiddle(metadata: { end_on_disconnect?: boolean } = {}) {
  const levels = new LevelPorts();
  const agent = provideMonitor(levels, new PortSlot<Record<string, never>>());
  const stage = new JobStage({ maxDurationMs: 600_000 }, agent, metadata);
  stage.join([participant(alice, { tracks: [microphone], active: true }), participant(bob)]);
  stage.say({ type: 'track.subscribed', at: stage.now, ...alice, trackSid: microphone.sid });
  stage.say({ type: 'participant.qualityChanged', at: stage.now, ...alice, quality: 'poor' });
  stage.pass(100);
  levels.say(microphone.sid, { type: 'audio.levelMeasured', rms: 0.2, at: stage.now });
  return stage;
}

const leave = (stage: JobStage) => {
  const track = { at: stage.now, ...alice, trackSid: microphone.sid };
  stage.say({ type: 'track.unsubscribed', ...track }, { type: 'track.unpublished', ...track });
  stage.say({ type: 'participant.disconnected', at: stage.now, ...alice });
};

const disconnected = (reason: DisconnectReason) => (stage: JobStage) => {
  stage.pass(10_000);
  leave(stage);
  stage.disconnect(reason);
};

type Way = readonly [reason: EndReason, end: (stage: JobStage) => void];

const ways: Way[] = [
  ['room_deleted', disconnected('room_deleted')],
  ['room_closed', disconnected('room_closed')],
  ['agent_removed', disconnected('participant_removed')],
  ['duplicate_identity', disconnected('duplicate_identity')],
  ['connection_lost', disconnected('connection_timeout')],
  [
    'dispatch_deleted',
    (stage) => {
      stage.worker('control.terminated');
      stage.pass(500);
    },
  ],
  [
    'drained',
    (stage) => {
      stage.worker('control.draining');
      stage.pass(15_000);
    },
  ],
  ['max_duration', (stage) => stage.pass(600_000)],
  [
    'participant_left',
    (stage) => {
      leave(stage);
      stage.pass(302_000);
    },
  ],
];

it.each(ways)(
  '[JOB-11] brings one summary at the end %s, and leaves nothing open',
  (reason, end) => {
    const stage = inTheMiddle();
    end(stage);
    expect(stage.ending?.reason).toBe(reason);
    const summaries = stage.emitted.filter(({ type }) => type === 'job.summaryMade');
    expect(summaries).toMatchObject([
      { summary: { identity: 'alice', endReason: reason, turns: 1 } },
    ]);
    expect(stage.story.indexOf('job.summaryMade')).toBeLessThan(stage.story.indexOf('job.ending'));
    expect(stage.emitted.filter(({ type }) => type === 'job.alertResolved')).toHaveLength(
      stage.emitted.filter(({ type }) => type === 'job.alertOpened').length,
    );
    const speaking = stage.published.filter(({ topic }) => topic === 'speaking_detection');
    expect(speaking.map(({ payload }) => payload['speaking'])).toEqual([true, false]);
  },
);

it('[JOB-11] brings one summary where the participant’s leave ends the job during its drain', () => {
  const stage = inTheMiddle({ end_on_disconnect: true });
  stage.worker('control.draining');
  leave(stage);
  stage.pass(2_000);
  expect(stage.ending).toMatchObject({ reason: 'participant_left', status: 'success' });
  expect(stage.emitted.filter(({ type }) => type === 'job.summaryMade')).toHaveLength(1);
});

it('[JOB-11] brings one summary where nobody ever came', () => {
  const agent = provideMonitor(new LevelPorts(), new PortSlot<Record<string, never>>());
  const stage = new JobStage({}, agent);
  stage.join();
  stage.pass(300_000);
  expect(stage.roster.commands).toEqual([{ type: 'roster.request' }]);
  const error = { code: 'E_TEST', message: 'no server', retryable: true };
  stage.say({ type: 'roster.failed', at: stage.now, error });
  expect(stage.ending).toMatchObject({ reason: 'participant_never_connected', status: 'failed' });
  expect(stage.emitted.filter(({ type }) => type === 'job.summaryMade')).toHaveLength(1);
});
