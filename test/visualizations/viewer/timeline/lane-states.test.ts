import { describe, expect, test } from 'vitest';
import { laneStates } from '../../../../visualizations/viewer/src/timeline/lane-states.ts';

describe('lanes of a state', () => {
  test('[TLN-2] a state without regions is one lane, which names the outer states too', () => {
    expect(laneStates('silent')).toEqual([{ lane: '', states: ['silent'] }]);
    expect(laneStates({ running: { media: 'on' } })).toEqual([
      { lane: '', states: ['running', 'media', 'on'] },
    ]);
  });

  test('[TLN-2] each region of a parallel state is a lane below the one of that state', () => {
    const value = { connected: { presence: 'present', video: { camera: 'frozen' } } };
    expect(laneStates(value)).toEqual([
      { lane: '', states: ['connected'] },
      { lane: 'connected.presence', states: ['present'] },
      { lane: 'connected.video', states: ['camera', 'frozen'] },
    ]);
  });

  test('[TLN-2] a machine that is parallel itself has lanes of its regions only', () => {
    expect(laneStates({ a: 'x', b: { c: 'y', d: 'z' } })).toEqual([
      { lane: 'a', states: ['x'] },
      { lane: 'b.c', states: ['y'] },
      { lane: 'b.d', states: ['z'] },
    ]);
  });
});
