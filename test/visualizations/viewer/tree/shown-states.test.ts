import { describe, expect, test } from 'vitest';
import { shownStates } from '../../../../visualizations/viewer/src/tree/shown-states.ts';

const namesOf = (value: Parameters<typeof shownStates>[0]): readonly string[] =>
  shownStates(value).map(({ state }) => state);

describe('states in a line of the tree', () => {
  test('[VWR-37] what is wrong comes first, and all else stays in the order of the machine', () => {
    const connected = { presence: 'present', speech: 'silent', video: 'frozen', quality: 'lost' };
    expect(namesOf({ connected })).toEqual(['lost', 'frozen', 'present', 'silent']);
    expect(
      namesOf({ connected: { ...connected, video: 'flowing', quality: 'excellent' } }),
    ).toEqual([...['present', 'silent', 'flowing', 'excellent']]);
    expect(namesOf(null)).toEqual([]);
  });

  test('[VWR-54] of agents of whole rooms, too, what is wrong comes first', () => {
    const watching = { connection: 'steady', statistics: 'off', limit: { over: 'alerting' } };
    expect(namesOf({ watching })).toEqual(['alerting', 'steady', 'off']);
    expect(namesOf({ pace: 'free', outcome: 'failing' })).toEqual(['failing', 'free']);
    expect(namesOf({ open: { telling: 'free', presence: 'met' } })).toEqual(['met', 'free']);
  });
});
