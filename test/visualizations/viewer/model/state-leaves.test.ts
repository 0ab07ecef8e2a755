import { describe, expect, it } from 'vitest';
import {
  activeStates,
  stateLeaves,
} from '../../../../visualizations/viewer/src/model/state-leaves.ts';
import {
  stateColour,
  stateTone,
} from '../../../../visualizations/viewer/src/style/state-colour.ts';

const value = { connected: { presence: 'present', video: { on: 'frozen' }, idle: {} } };

describe('the states of an actor', () => {
  it('[VWR-3] are shown by the innermost of each region', () => {
    expect(stateLeaves(value)).toEqual([
      { region: 'presence', state: 'present', path: 'connected.presence.present' },
      { region: 'on', state: 'frozen', path: 'connected.video.on.frozen' },
      { region: 'connected', state: 'idle', path: 'connected.idle' },
    ]);
    expect(stateLeaves('ended')).toEqual([{ region: null, state: 'ended', path: 'ended' }]);
    expect(stateLeaves(null)).toEqual([]);
  });

  it('[VWR-3] are found by any of those that are active', () => {
    expect(activeStates(value)).toEqual([
      ...['connected', 'presence', 'present', 'video', 'on', 'frozen', 'idle'],
    ]);
  });

  it('[VWR-3] have the colour of what they mean, and any other its own for good', () => {
    expect(['speaking', 'silent', 'frozen', 'absent'].map(stateTone)).toEqual([
      ...['good', 'quiet', 'warn', 'bad'],
    ]);
    expect(stateColour('polling')).toBe(stateColour('polling'));
    expect(stateTone('polling')).toMatch(/^hue-[0-5]$/);
    // What every object has is no state that is known.
    expect(stateTone('constructor')).toMatch(/^hue-[0-5]$/);
  });
});
