import { expect, it } from 'vitest';
import { sessionActor } from '../../../src/io/inspect/known-session-actor.ts';
import { buildActor, frozen } from '../../support/live-stream.ts';

it('[VWR-9] leads to the participant, else to the agent, else to the root of the job', () => {
  const actors = ['job', 'job/agent', 'job/agent/participant:alice', 'job/room'].map((path, id) =>
    buildActor({ id, path, system: 'AJ_1', name: path.split('/').at(-1) ?? '' }),
  );
  const path = 'job/agent/participant:alice';
  const elsewhere = buildActor({ id: 9, system: 'AJ_2', path, name: 'participant:alice' });
  const pathIn = (known: typeof actors, identity: string | null = 'alice') =>
    sessionActor({ system: 'AJ_1', identity }, known)?.path;
  expect(pathIn([elsewhere, ...actors])).toBe(path);
  expect(pathIn([...actors, elsewhere], null)).toBe('job/agent');
  expect(pathIn(actors.slice(0, 2))).toBe('job/agent');
  expect(pathIn(actors.slice(0, 1))).toBe('job');
  expect(pathIn([elsewhere])).toBeUndefined();
});

it('[VWR-52] leads from the alert of a rule to that rule', () => {
  const paths = ['job', 'job/agent', 'job/rules', 'job/rules/rule:bell', 'job/rules/rule:record'];
  const actors = paths.map((path, id) =>
    buildActor({ id, path, system: 'AJ_1', name: path.split('/').at(-1) ?? '' }),
  );
  const alert = { ...frozen.alert, key: 'rule:record' };
  const row = { ...frozen, identity: null, alert };
  expect(sessionActor(row, actors)?.path).toBe('job/rules/rule:record');
  // One that has been forgotten leaves the agent.
  expect(sessionActor(row, actors.slice(0, 4))?.path).toBe('job/agent');
});
