import { describe, expect, it } from 'vitest';
import { lookOf } from '../../../../visualizations/viewer/src/model/look.ts';
import { START } from '../../../../visualizations/viewer/src/model/route.ts';
import { buildSystem } from '../../../support/live-stream.ts';

const systems = new Map([['AJ_1', buildSystem({ room: 'demo' })]]);
const actor = { system: 'AJ_1', path: 'job/agent' };
const drawn = { drawnHz: 60, isHidden: false };

describe('what the page asks the relay for', () => {
  it('[VWR-2] is the actor of its URL, with the room of it', () => {
    expect(lookOf({ ...START, actor }, systems, drawn)).toEqual({
      frameRateHz: 30,
      tree: true,
      actor,
      room: 'demo',
      sessions: false,
    });
  });

  it('[VWR-2] is the room that the URL names, where it names one', () => {
    expect(lookOf({ ...START, actor, room: 'other' }, systems, drawn).room).toBe('other');
  });

  it('[VWR-2] is no actor and no room where none is on the screen', () => {
    expect(lookOf({ ...START, view: 'worker', actor }, systems, drawn)).toMatchObject({
      tree: true,
      actor: null,
      room: null,
    });
  });

  it.each([
    [60, 30],
    [144, 30],
    [40, 20],
    [22, 10],
    [1, 5],
  ])('[VWR-2] comes half as often as the browser draws: %i Hz, %i Hz', (drawnHz, frameRateHz) => {
    expect(lookOf(START, systems, { drawnHz, isHidden: false })).toMatchObject({ frameRateHz });
  });

  it('[VWR-2] comes once a second in a tab that is hidden', () => {
    expect(lookOf(START, systems, { drawnHz: 60, isHidden: true }).frameRateHz).toBe(1);
  });
});
