import { createActor } from 'xstate';
import { expect, it, onTestFinished } from 'vitest';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { roomsMachine, type RoomsReport } from '../../../src/machines/supervisor/rooms.machine.ts';
import { roomFigures } from '../../support/room-figures.ts';

const EVERY_MS = 60_000;

function start() {
  const clock = new VirtualClock();
  const reports: RoomsReport[] = [];
  const actor = createActor(roomsMachine, { input: { reportEveryMs: EVERY_MS }, clock });
  actor.on('rooms.reported', (report) => reports.push(report));
  actor.start();
  onTestFinished(() => void actor.stop());
  return { actor, clock, reports };
}

const reported = (jobId: string, figures: Readonly<Record<string, unknown>>) =>
  ({ type: 'job.figuresReported', jobId, at: 0, figures }) as const;

const ended = (jobId: string) => ({ type: 'job.ended', jobId, at: 0, reason: 'drained' }) as const;

it('[RPT-1] says nothing while no agent counts a room', () => {
  const { actor, clock, reports } = start();
  actor.send(reported('a', { kind: 'conversation', turns: 3 }));
  clock.advanceTo(10 * EVERY_MS);
  expect(reports).toEqual([]);
});

it('[RPT-1] reports all rooms with their sums at each interval, the biggest first', () => {
  const { actor, clock, reports } = start();
  const small = roomFigures({ room: 'small', participants: 2, messages: 5 });
  actor.send(reported('a', small));
  actor.send(reported('b', roomFigures({ room: 'big', participants: 9, messages: 1 })));
  actor.send(reported('a', { ...small, participants: 3 }));
  clock.advanceTo(EVERY_MS);
  expect(reports).toMatchObject([
    {
      rooms: [
        { room: 'big', state: 'active', participants: 9, tracks: 3 },
        { room: 'small', participants: 3 },
      ],
      ...{ unlisted: 0, active: 2, ended: 0, participants: 12, tracks: 6, messages: 6 },
    },
  ]);
});

it('[RPT-2] reports a room that has ended once more, and is silent when none is left', () => {
  const { actor, clock, reports } = start();
  actor.send(reported('a', roomFigures({ room: 'a' })));
  actor.send(reported('b', roomFigures({ room: 'b' })));
  actor.send(ended('a'));
  clock.advanceTo(EVERY_MS);
  actor.send(ended('b'));
  clock.advanceTo(5 * EVERY_MS);
  expect(reports.map(({ active, ended: over, rooms }) => [active, over, rooms.length])).toEqual([
    [1, 1, 2],
    [0, 1, 1],
  ]);
  actor.send(reported('c', roomFigures({ room: 'c' })));
  clock.advanceTo(6 * EVERY_MS);
  expect(reports).toHaveLength(3);
});

it('[RPT-3] lists a hundred rooms, and counts the others', () => {
  const { actor, clock, reports } = start();
  for (let job = 0; job < 130; job += 1) {
    actor.send(reported(`AJ_${job}`, roomFigures({ participants: job })));
  }
  clock.advanceTo(EVERY_MS);
  expect(reports[0]).toMatchObject({ unlisted: 30, active: 130, participants: (129 * 130) / 2 });
  expect(reports[0]?.rooms).toHaveLength(100);
  expect(reports[0]?.rooms[0]?.participants).toBe(129);
});

it('[RPT-3] keeps a thousand of those that ended within an interval', () => {
  const { actor, clock, reports } = start();
  for (let job = 0; job < 1_200; job += 1) {
    actor.send(reported(`AJ_${job}`, roomFigures({})));
    actor.send(ended(`AJ_${job}`));
  }
  clock.advanceTo(EVERY_MS);
  expect(reports[0]).toMatchObject({ ended: 1_000 });
});

it.each([
  ['a count that is none', { participants: Number.NaN }],
  ['a state that is none', { state: 'closed' }],
  ['tracks that are no counts', { tracks: { camera: 'two' } }],
])('[RPT-4] takes no figures for those of a room that have %s', (_, wrong) => {
  const { actor, clock, reports } = start();
  actor.send(reported('a', { ...roomFigures({}), ...wrong }));
  clock.advanceTo(EVERY_MS);
  expect(reports).toEqual([]);
});

describeMachine(roomsMachine, {
  ruleId: 'RPT-5',
  input: { reportEveryMs: EVERY_MS },
  events: [reported('a', roomFigures({})), ended('a')],
  keyOf: ({ context: { rooms } }) =>
    Object.entries(rooms).map(([id, { hasEnded }]) => [id, hasEnded]),
});
