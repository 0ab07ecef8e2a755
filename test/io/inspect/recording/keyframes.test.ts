import { expect, it } from 'vitest';
import type { CheckpointLine } from '../../../../src/io/event-log/log-line.ts';
import { Keyframes } from '../../../../src/io/inspect/recording/keyframes.ts';
import { LevelPoints } from '../../../../src/io/inspect/recording/level-points.ts';

const checkpointAt = (seq: number): CheckpointLine => ({
  ...{ kind: 'checkpoint', seq, t: seq * 10, actor: 1, snapshot: { status: 'active' } },
  ...{ timers: [], timerCount: 0, actors: [], actorCount: 1 },
});

function keyframesOf(steps: number, maxCount: number): Keyframes {
  const keyframes = new Keyframes({ stepsApart: 10, maxCount });
  for (let step = 0; step <= steps; step += 1) {
    if (keyframes.isDueBehind(step)) keyframes.add(step, checkpointAt(step));
  }
  return keyframes;
}

it('[REC-20] keeps no more keyframes than it may, however long the log is', () => {
  const keyframes = keyframesOf(10_000, 20);
  expect(keyframes.count).toBeLessThanOrEqual(20);
  expect(keyframes.count).toBeGreaterThanOrEqual(10);
  expect(keyframes.stepsApart).toBe(640);
});

it('[REC-20] gives one that leaves some way to the step, and is as it was', () => {
  const keyframes = keyframesOf(100, 20);
  expect(keyframes.before(9)).toBeNull();
  expect(keyframes.before(19)).toBeNull();
  expect(keyframes.before(20)).toEqual({ step: 10, checkpoint: checkpointAt(10) });
  expect(keyframes.before(99)?.step).toBe(80);
});

it('[REC-21] keeps 2,000 points of a line at most, and no less than its peak', () => {
  const line = new LevelPoints();
  for (let at = 0; at < 1_000_000; at += 100) line.add(at, at === 500_100 ? 0.9 : 0.1, 30);
  expect(line.points.length).toBeLessThanOrEqual(2_000);
  expect(line.points.length).toBeGreaterThan(1_000);
  expect(Math.max(...line.points.map(([, level]) => level))).toBe(0.9);
  const times = line.points.map(([at]) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});
