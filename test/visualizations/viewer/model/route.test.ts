import { describe, expect, it } from 'vitest';
import {
  formatRoute,
  parseRoute,
  START,
  type Route,
} from '../../../../visualizations/viewer/src/model/route.ts';

describe('the URL of the page', () => {
  it.each<Partial<Route>>([
    {},
    { view: 'worker' },
    { actor: { system: 'AJ_1', path: 'job/agent/participant:a%2Fb c?#' }, at: 1_767_225_600_000 },
    { view: 'alerts', actor: { system: 'AJ 1/2', path: 'job' }, step: 12 },
    { room: 'green room & more', query: 'room:"a b" state:frozen' },
  ])('[VWR-1] names what is looked at, and is read as what it was: %j', (change) => {
    const route = { ...START, ...change };
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it('[VWR-1] names the actor with its system, and the moment', () => {
    const actor = { system: 'AJ_1', path: 'job/agent' };
    expect(formatRoute({ ...START, actor, at: 7 })).toBe('#/actor/AJ_1/job/agent?at=7');
  });

  it.each(['', '#', '#/', '#/nothing', '#/actor/AJ_1', '#/actor//job', '#/actor/%E0%A4%A/job'])(
    '[VWR-1] opens the page without an actor where the URL is cut or broken: %s',
    (hash) => {
      expect(parseRoute(hash)).toEqual(START);
    },
  );

  it('[VWR-1] leaves out a moment or a step that is no number', () => {
    expect(parseRoute('#/actors?at=soon&step=-1')).toEqual(START);
  });
});
