import type { AnyActorRef, SnapshotFrom } from 'xstate';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import type { EndReason } from '../../../src/machines/events.ts';
import type { participantSessionMachine } from '../../../src/machines/session/participant-session.machine.ts';
import { JobStage } from '../../support/job-stage.ts';
import { LevelPorts } from '../../support/level-ports.ts';
import { provideMonitor } from '../../support/monitor-stage.ts';
import { PortSlot } from '../../support/port-slot.ts';
import { happening, RandomRoom, type Happening } from '../../support/random-room.ts';

const SEED = 20_260_731;

type Session = SnapshotFrom<typeof participantSessionMachine>;
type Parent = { readonly children: Readonly<Record<string, AnyActorRef | undefined>> };

/** The participant's session below the agent below the job. */
function sessionOf({ actor }: JobStage): Session | undefined {
  const agent = actor.getSnapshot().children['agent']?.getSnapshot() as Parent | undefined;
  return agent?.children['participant:alice']?.getSnapshot() as Session | undefined;
}

function start(monitoring_type: 'full' | 'basic') {
  const levels = new LevelPorts();
  const stats = new PortSlot<Record<string, never>>();
  const stage = new JobStage({}, provideMonitor(levels, stats), { monitoring_type });
  const room = new RandomRoom(stage, levels, stats);
  return { stage, room };
}

/** What alerts were opened and not resolved; fails where one is opened or resolved out of turn. */
function openAlerts({ emitted }: JobStage): string[] {
  const open = new Set<string>();
  for (const emission of emitted) {
    if (emission.type === 'job.alertOpened') {
      expect(open.has(emission.alert.key)).toBe(false);
      open.add(emission.alert.key);
    } else if (emission.type === 'job.alertResolved') {
      expect(open.delete(emission.alert.key)).toBe(true);
      expect(emission.alert.resolvedAt).toBeGreaterThanOrEqual(emission.alert.openedAt);
    }
  }
  return [...open].sort();
}

/** What bob was told of alice's speech; fails where he was told something out of turn. */
function toldToBob({ published }: JobStage): boolean {
  let isSpeaking = false;
  let announcedAt = -Infinity;
  for (const { topic, to, payload, sentAt } of published) {
    if (topic !== 'speaking_detection') continue;
    expect(to).toContain('bob');
    expect(payload['speaking']).toBe(!isSpeaking);
    isSpeaking = !isSpeaking;
    if (!isSpeaking) continue;
    expect(sentAt - announcedAt).toBeGreaterThanOrEqual(2_000);
    announcedAt = sentAt;
  }
  return isSpeaking;
}

function checkWhileLive(stage: JobStage, room: RandomRoom): void {
  const session = sessionOf(stage);
  if (room.isOver || !session) return;
  expect(Object.keys(session.children).sort()).toEqual(room.trackSids.map((sid) => `track:${sid}`));
  expect(findNotJson(session.context)).toBeUndefined();
  expect(openAlerts(stage)).toEqual(Object.keys(session.context.alerts).sort());
}

/** Nothing happens for 2 s: then bob knows the truth. */
function checkAtRest(stage: JobStage, room: RandomRoom): void {
  stage.pass(2_000);
  const session = sessionOf(stage);
  if (room.isOver || !session) return;
  expect(toldToBob(stage)).toBe(session.matches({ connected: { speech: 'speaking' } }));
}

function checkAtEnd(stage: JobStage, reason: EndReason | undefined): void {
  expect(stage.value).toBe('ended');
  expect(stage.clock.pendingCount).toBe(0);
  const summaries = stage.emitted.flatMap((emission) =>
    emission.type === 'job.summaryMade' ? [emission.summary] : [],
  );
  expect(summaries).toHaveLength(1);
  const figures = summaries[0] as Record<string, number>;
  expect(stage.ending?.reason).toBe(figures['endReason']);
  if (reason) expect(stage.ending?.reason).toBe(reason);
  expect(figures['speakingMs']).toBeLessThanOrEqual(figures['connectedMs'] ?? 0);
  expect(figures['connectedMs']).toBeLessThanOrEqual(figures['durationMs'] ?? 0);
  expect(figures['durationMs']).toBeLessThanOrEqual(stage.now);
  expect(openAlerts(stage)).toEqual([]);
  expect(toldToBob(stage)).toBe(false);
  expect(
    stage.story.filter(
      (type) =>
        type !== 'job.alertOpened' && type !== 'job.alertResolved' && type !== 'job.healthChanged',
    ),
  ).toEqual([
    'room.join',
    'job.joined',
    'job.summaryMade',
    'job.ending',
    'room.leave',
    'job.ended',
  ]);
}

const ways = {
  room_deleted: (stage: JobStage, room: RandomRoom) => {
    // Every room tells of everybody's end before its own.
    room.happen({ type: 'leave' });
    stage.disconnect('room_deleted');
  },
  dispatch_deleted: (stage: JobStage) => {
    stage.worker('control.terminated');
    stage.pass(500);
  },
  drained: (stage: JobStage) => {
    stage.worker('control.draining');
    stage.pass(15_000);
  },
} as const;

const wayNames = ['room_deleted', 'dispatch_deleted', 'drained'] as const;

it('[JOB-15] keeps its promises whatever happens in the room', { timeout: 60_000 }, () => {
  const life = fc.array(happening, { minLength: 280, maxLength: 320, size: 'max' });
  const check = (
    happenings: readonly Happening[],
    way: (typeof wayNames)[number],
    type: 'full' | 'basic',
  ) => {
    const { stage, room } = start(type);
    happenings.forEach((what, index) => {
      room.happen(what);
      if (index % 10 === 0) checkWhileLive(stage, room);
      if (index % 40 === 0) checkAtRest(stage, room);
    });
    const isOwnEnd = room.isOver;
    // Otherwise a termination would be the server's mistake.
    if (!isOwnEnd) {
      room.happen({ type: 'ownReturn' });
      stage.pass(5_000);
    }
    const isLive = !room.isOver;
    if (isLive) ways[way](stage, room);
    if (stage.value === 'reporting') stage.worker('control.statusReported');
    if (stage.value !== 'ended') stage.disconnect('client_initiated');
    checkAtEnd(stage, isLive ? way : undefined);
  };
  const types = fc.constantFrom('full' as const, 'full' as const, 'basic' as const);
  const property = fc.property(life, fc.constantFrom(...wayNames), types, check);
  fc.assert(property, { seed: SEED, numRuns: 50 });
});
