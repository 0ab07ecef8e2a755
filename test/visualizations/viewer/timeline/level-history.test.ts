import { describe, expect, test } from 'vitest';
import { LevelHistory } from '../../../../visualizations/viewer/src/timeline/level-history.ts';

const sample = (audioLevel: number, system = 'AJ_1') => ({ system, audioLevel, frameRateHz: 30 });

describe('the history of levels', () => {
  test('[TLN-5] goes on from what a room is told with, each session by itself', () => {
    const history = new LevelHistory();
    history.begin([{ system: 'AJ_1', points: [[100, 0.1, 30]] }]);
    history.take(200, [sample(0.2), sample(0.5, 'AJ_2')]);
    expect(history.of('AJ_1')).toEqual({
      at: [100, 200],
      audioLevel: [0.1, 0.2],
      frameRateHz: [30, 30],
    });
    expect(history.of('AJ_2')?.audioLevel).toEqual([0.5]);
    expect(history.of('AJ_3')).toBeNull();
  });

  test('[TLN-5] keeps ten minutes, and 6,000 samples at most', () => {
    const history = new LevelHistory();
    history.take(0, [sample(0.1)]);
    history.take(600_000, [sample(0.2)]);
    expect(history.of('AJ_1')?.at).toEqual([0, 600_000]);
    history.take(600_001, [sample(0.3)]);
    expect(history.of('AJ_1')?.at).toEqual([600_000, 600_001]);
    for (let at = 600_002; at < 608_000; at += 1) history.take(at, [sample(0.3)]);
    expect(history.of('AJ_1')?.at).toHaveLength(6_000);
    expect(history.of('AJ_1')?.at.at(-1)).toBe(607_999);
  });

  test('[TLN-5] begins anew after a jump backwards', () => {
    const history = new LevelHistory();
    history.take(500, [sample(0.1)]);
    history.take(200, [sample(0.2)]);
    expect(history.of('AJ_1')?.at).toEqual([200]);
  });

  test('[TLN-5] has levels of 100 sessions at most', () => {
    const history = new LevelHistory();
    history.take(
      0,
      Array.from({ length: 150 }, (_, index) => sample(0.1, `AJ_${index}`)),
    );
    expect(history.systems).toHaveLength(100);
  });
});
