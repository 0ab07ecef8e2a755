import { describe, expect, it } from 'vitest';
import { withFigures } from '../../../../visualizations/viewer/src/model/worker-history.ts';
import {
  linePath,
  nearestPoint,
  roundTop,
} from '../../../../visualizations/viewer/src/worker/sparkline.ts';

const span = { fromAt: 0, toAt: 20_000 };

describe('the line of a figure', () => {
  it('[VWR-10] goes from left to right, and is broken where nothing was measured', () => {
    const points = [
      { at: 0, value: 0 },
      { at: 5_000, value: 5 },
      { at: 6_000, value: null },
      { at: 10_000, value: 20 },
    ];
    expect(linePath(points, span, 10)).toBe(
      ['M0.0000 1.0000', 'L0.2500 0.5000', 'M0.5000 0.0000'].join(''),
    );
  });

  it('[VWR-10] is broken where the stream was silent for more than 10 s', () => {
    const points = [
      { at: 0, value: 0 },
      { at: 20_000, value: 0 },
    ];
    expect(linePath(points, span, 1)).toBe('M0.0000 1.0000M1.0000 1.0000');
  });

  it('[VWR-10] has a round upper edge', () => {
    const topOf = (value: number) => roundTop([{ at: 0, value }], 1);
    expect([0, 1, 1.2, 4, 130, 999].map(topOf)).toEqual([1, 1, 2, 5, 200, 1_000]);
  });

  it('[VWR-10] is read where the pointer is', () => {
    const points = [
      { at: 0, value: 1 },
      { at: 10, value: null },
      { at: 20, value: 2 },
    ];
    expect(nearestPoint(points, 11)?.at).toBe(20);
    expect(nearestPoint([], 11)).toBeUndefined();
  });

  it('[VWR-10] shows the last 10 minutes, and no more than 1,200 measurements', () => {
    const figures = {
      worker: null,
      eventLoopP99Ms: 1,
      rssBytes: 2,
      viewers: 1,
      health: null,
      healthAt: null,
    };
    let history = withFigures([], 0, figures);
    for (let at = 60_000; at <= 660_000; at += 60_000) history = withFigures(history, at, figures);
    expect(history.map(({ at }) => at)).toEqual(
      [120, 180, 240, 300, 360, 420, 480, 540, 600, 660].map((s) => s * 1_000),
    );
    for (let at = 660_001; at <= 662_000; at += 1) history = withFigures(history, at, figures);
    expect(history).toHaveLength(1_200);
  });
});
