import { describe, expect, it } from 'vitest';
import type { ActorRow, RelayMessage } from '../../../../src/io/inspect/protocol.ts';
import { Store } from '../../../../visualizations/viewer/src/model/store.ts';
import { TreeRows } from '../../../../visualizations/viewer/src/tree/tree-rows.ts';
import { buildActor, buildSystem } from '../../../support/live-stream.ts';

const AT = 1_900_000_000_000;

/** A job with an agent and its session, the ids of which begin at `first`. */
const jobRows = (first: number, system: string, identity: string): readonly ActorRow[] => [
  buildActor({ id: first, system, path: 'job' }),
  buildActor({ id: first + 1, system, path: 'job/agent', parent: first }),
  buildActor({
    id: first + 2,
    system,
    path: `job/agent/participant:${identity}`,
    parent: first + 1,
    value: { connected: { speech: 'silent' } },
  }),
];

const noChanges: Extract<RelayMessage, { type: 'changes' }> = {
  type: 'changes',
  at: AT,
  systems: [],
  added: [],
  changed: [],
  removed: [],
  removedSystems: [],
};

function openTree(actors: readonly ActorRow[]) {
  const store = new Store();
  const tree = new TreeRows(store);
  store.watch((change) => tree.take(change));
  const systems = [
    buildSystem({ id: 'AJ_1', room: 'demo', identity: 'alice' }),
    buildSystem({ id: 'AJ_2', room: 'other', identity: 'bob' }),
  ];
  store.apply({ type: 'reset', reason: 'attached', at: AT, actorCount: actors.length });
  store.apply({ type: 'actors', systems, actors });
  store.apply({ type: 'ready', at: AT });
  const ids = () => tree.rows().map(({ id }) => id);
  return { store, tree, ids };
}

const both = [...jobRows(1, 'AJ_1', 'alice'), ...jobRows(11, 'AJ_2', 'bob')];

describe('the tree', () => {
  it('[VWR-6] shows every actor below its parent, with its place and how many are below it', () => {
    const { tree } = openTree(both);
    expect(tree.rows().slice(0, 4)).toEqual([
      { id: 1, level: 1, position: 1, siblings: 2, isOpen: true, below: 2 },
      { id: 2, level: 2, position: 1, siblings: 1, isOpen: true, below: 1 },
      { id: 3, level: 3, position: 1, siblings: 1, isOpen: null, below: 0 },
      { id: 11, level: 1, position: 2, siblings: 2, isOpen: true, below: 2 },
    ]);
  });

  it('[VWR-6] keeps siblings in the order in which they were started, whenever it is told of them', () => {
    const { store, ids } = openTree([...jobRows(11, 'AJ_2', 'bob')]);
    store.apply({ ...noChanges, added: jobRows(1, 'AJ_1', 'alice') });
    expect(ids()).toEqual([1, 2, 3, 11, 12, 13]);
  });

  it('[VWR-6] closes and opens branches, also when the actors come anew under other numbers', () => {
    const { store, tree, ids } = openTree(both);
    tree.set(1, false);
    expect(ids()).toEqual([1, 11, 12, 13]);
    store.apply({ type: 'reset', reason: 'jumped', at: AT, actorCount: 3 });
    store.apply({ type: 'actors', systems: [], actors: jobRows(21, 'AJ_1', 'alice') });
    expect(ids()).toEqual([21]);
    tree.setAll(true);
    expect(ids()).toEqual([21, 22, 23]);
  });

  it('[VWR-6] forgets what was removed, with all below it, and counts anew', () => {
    const { store, tree, ids } = openTree(both);
    store.apply({ ...noChanges, removed: [12] });
    expect(ids()).toEqual([1, 2, 3, 11]);
    expect(tree.rows().at(-1)).toMatchObject({ below: 0, isOpen: null });
  });

  it('[VWR-6] begins with closed jobs where it is big, and stays so', () => {
    const jobs = Array.from({ length: 100 }, (_, index) =>
      jobRows(index * 3 + 1, `AJ_${index}`, `guest-${index}`),
    ).flat();
    const { store, tree, ids } = openTree(jobs);
    expect(ids()).toHaveLength(100);
    store.apply({ ...noChanges, removed: jobs.slice(6).map(({ id }) => id) });
    expect(ids()).toEqual([1, 4]);
    tree.reveal(3);
    expect(ids()).toEqual([1, 2, 3, 4]);
  });

  it('[VWR-6] shows the jobs of a worker also where it is big', () => {
    const { store, ids } = openTree([]);
    const actors = [
      buildActor({ id: 1, system: 'W', path: 'worker' }),
      buildActor({ id: 2, system: 'W', path: 'worker/jobs', parent: 1 }),
      ...Array.from({ length: 300 }, (_, index) => [
        buildActor({ id: 10 + 2 * index, system: `AJ_${index}`, path: 'job', parent: 2 }),
        buildActor({
          id: 11 + 2 * index,
          system: `AJ_${index}`,
          path: 'job/agent',
          parent: 10 + 2 * index,
        }),
      ]).flat(),
    ];
    store.apply({ type: 'reset', reason: 'attached', at: AT, actorCount: actors.length });
    store.apply({ type: 'actors', systems: [buildSystem({ id: 'W', kind: 'worker' })], actors });
    expect(ids()).toHaveLength(302);
  });

  it('[VWR-7] shows what fits a search and what is above it, and says how many fit', () => {
    const { tree, ids } = openTree(both);
    tree.set(11, false);
    tree.search('"participant:alice"');
    expect(ids()).toEqual([1, 2, 3]);
    expect(tree.fitting).toBe(1);
    tree.search('');
    expect(ids()).toEqual([1, 2, 3, 11]);
  });

  it('[VWR-7] follows the states of the actors while it is searched', () => {
    const { store, tree, ids } = openTree(both);
    tree.search('state:speaking');
    expect(ids()).toEqual([]);
    const speak = (id: number, speech: string): void => {
      const value = { connected: { speech } };
      const change = { id, value, status: 'active', endedAt: null, error: null } as const;
      store.apply({ ...noChanges, changed: [change] });
    };
    speak(13, 'speaking');
    expect(ids()).toEqual([11, 12, 13]);
    speak(13, 'silent');
    expect(ids()).toEqual([]);
  });

  it('[VWR-7] follows the alerts of the jobs while it is searched', () => {
    const { store, tree, ids } = openTree(both);
    tree.search('alert:open kind:job');
    expect(ids()).toEqual([]);
    store.apply({ ...noChanges, systems: [buildSystem({ id: 'AJ_2', alertsOpen: 1 })] });
    expect(ids()).toEqual([11]);
  });

  it('[VWR-7] makes no new rows for changes that show or hide none', () => {
    const { store, tree } = openTree(both);
    const before = tree.rows();
    const change = { id: 3, value: 'ended', status: 'done', endedAt: AT, error: null } as const;
    store.apply({ ...noChanges, changed: [change] });
    expect(tree.rows()).toBe(before);
  });
});
