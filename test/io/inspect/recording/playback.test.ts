import fc from 'fast-check';
import type { AnyActorRef } from 'xstate';
import { expect, it } from 'vitest';
import { persist } from '../../../../src/io/event-log/persist.ts';
import { isMachineState } from '../../../../src/io/event-log/recorded-actors.ts';
import type { InspectedSystem } from '../../../../src/io/inspect/inspected-system.ts';
import type { OpenedRecording } from '../../../../src/io/inspect/recording/open-recording.ts';
import { Playback } from '../../../../src/io/inspect/recording/playback.ts';
import { openGolden } from '../../../support/recorded-view.ts';

/** A playback, and what can be told of its actors where it stands. */
function play(recording: OpenedRecording) {
  const attached: InspectedSystem[] = [];
  const playback = new Playback({
    recording,
    onJump: (jump) => jump(),
    onActors: (system) => attached.push(system),
  });
  playback.goTo(0);
  const whole = () => {
    const system = attached.at(-1);
    if (!system) throw new Error('there are no actors');
    return {
      step: playback.step,
      at: playback.at,
      snapshot: persist(system.root),
      timers: timersBelow(system, system.root),
    };
  };
  return { playback, attached, whole };
}

function timersBelow(system: InspectedSystem, actor: AnyActorRef): unknown[] {
  const snapshot: unknown = actor.getSnapshot();
  const children = isMachineState(snapshot) ? Object.values(snapshot.children) : [];
  const below = children.flatMap((child) => (child ? timersBelow(system, child) : []));
  return [...system.timersOf(actor), ...below];
}

it.each(['participant-monitor', 'greeter', 'standby', 'worker'])(
  '[REC-1] shows what a run to that step shows, wherever it came from: %s',
  async (name) => {
    const recording = await openGolden(name);
    const jumping = play(recording);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: recording.stimuli.length }), (step) => {
        const straight = play(recording);
        while (straight.playback.step < step) straight.playback.next();
        jumping.playback.goTo(step);
        expect(jumping.whole()).toEqual(straight.whole());
      }),
      { numRuns: 25 },
    );
  },
);

it('[REC-2] runs on where that is shorter, and goes back to a keyframe where it is not', async () => {
  const { playback, attached } = play(await openGolden('participant-monitor', 50));
  playback.goTo(40);
  expect(attached).toHaveLength(1);
  playback.goTo(39);
  expect(attached).toHaveLength(2);
  expect(playback.knownFrom).toBe(Date.UTC(2026, 0, 1));
  playback.goTo(700);
  expect(attached).toHaveLength(3);
  expect(playback.knownFrom).toBeGreaterThan(Date.UTC(2026, 0, 1));
  expect(playback.knownFrom).toBeLessThan(playback.at);
});

it('[REC-3] goes to the last step of a time, and stops at both ends', async () => {
  const { playback } = play(await openGolden('participant-monitor'));
  playback.goToTime(Date.UTC(2026, 0, 1, 0, 0, 30));
  expect(playback.at).toBe(Date.UTC(2026, 0, 1, 0, 0, 30));
  expect(playback.nextAt).toBeGreaterThan(playback.at);
  playback.goToTime(Number.MAX_SAFE_INTEGER);
  expect(playback.step).toBe(playback.lastStep);
  playback.goTo(-5);
  expect(playback.step).toBe(0);
});
