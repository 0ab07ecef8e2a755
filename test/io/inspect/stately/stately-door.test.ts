import { assign, createActor, setup, type AnyStateMachine } from 'xstate';
import { expect, it, onTestFinished, vi } from 'vitest';
import { MESSAGES_PER_SECOND } from '../../../../src/io/inspect/stately/stately-door.ts';
import { isMachine } from '../../../../src/machines/actor-tree.ts';
import { ManyActors } from '../../../support/many-actors.ts';
import { StatelyStage } from '../../../support/stately-stage.ts';

const SAMPLE_MS = 200;

const light = setup({
  types: {
    context: {} as { readonly note: string; readonly turns: number },
    events: {} as
      { type: 'turn'; note?: string } | { type: 'audio.levelMeasured' } | { type: 'break' },
  },
}).createMachine({
  id: 'light',
  context: { note: '', turns: 0 },
  initial: 'red',
  on: {
    'audio.levelMeasured': { actions: assign({ turns: ({ context }) => context.turns + 1 }) },
    break: '.broken',
  },
  states: {
    red: {
      on: { turn: { target: 'green', actions: assign({ note: ({ event }) => event.note ?? '' }) } },
    },
    green: { on: { turn: 'red' } },
    broken: { type: 'final' },
  },
});

const road = setup({ actors: { light } }).createMachine({
  id: 'road',
  initial: 'open',
  states: {
    open: { invoke: { src: 'light', id: 'light:1' }, on: { close: 'closed' } },
    closed: {},
  },
});

function manyActors(stage: StatelyStage, actors: number): ManyActors {
  const { clock, inspection } = stage;
  const load = new ManyActors({ actors, clock, inspector: inspection, changeEvery: 1 });
  onTestFinished(() => load.close());
  return load;
}

function runLight(stage: StatelyStage, id = 'light') {
  const root = createActor(light, { id });
  stage.run(root);
  return root;
}

it('[STY-1] nothing is said before the inspector is connected, and nobody is listened to', async () => {
  const stage = new StatelyStage();
  const root = runLight(stage);
  root.send({ type: 'turn' });
  await stage.pass(1_000);
  expect(stage.told).toEqual([]);
  expect(stage.listeners).toBe(0);
});

it('[STY-2] an inspector that comes late gets 1,000 actors once, parents first, with definition and state', async () => {
  const stage = new StatelyStage();
  manyActors(stage, 1_000);
  stage.door.connect();
  await stage.pass(10_000);

  const live = [...stage.inspection.actors()].filter(({ row }) => row.status === 'active');
  expect(live.length).toBeGreaterThanOrEqual(1_000);
  expect(stage.actors.map(({ sessionId }) => sessionId).toSorted()).toEqual(
    live.map(({ ref }) => ref.sessionId).toSorted(),
  );
  const order = stage.actors.map(({ sessionId }) => sessionId);
  const nameOf = new Map(live.map(({ ref }) => [ref.sessionId, ref.id]));
  for (const { name, sessionId, parentId, rootId } of stage.actors) {
    expect(name).toBe(nameOf.get(sessionId));
    if (parentId === undefined) expect(rootId).toBe(sessionId);
    else expect(order.indexOf(parentId)).toBeLessThan(order.indexOf(sessionId));
  }
  const roots = stage.actors.filter(({ parentId }) => parentId === undefined);
  expect(roots).toHaveLength(live.filter(({ ref }) => ref._parent === undefined).length);
  expect(stage.problems).toEqual([]);
});

it('[STY-3] every state of every machine stands in its definition, none of it cut off', async () => {
  const stage = new StatelyStage();
  manyActors(stage, 9);
  stage.door.connect();
  await stage.pass(1_000);

  const machines = [...stage.inspection.actors()].flatMap(({ ref }) => {
    const logic: unknown = Reflect.get(ref, 'logic');
    return isMachine(logic) ? [{ id: ref.sessionId, logic }] : [];
  });
  expect(machines.length).toBeGreaterThan(3);
  for (const { id, logic } of machines) {
    const told = stage.actors.find(({ sessionId }) => sessionId === id);
    const definition: unknown = JSON.parse(told?.definition ?? '');
    // The package sorts the keys.
    expect(statesIn(definition).toSorted()).toEqual(statesIn(logic.config).toSorted());
    expect(told?.definition).not.toMatch(/"\[(?:Object|Array|Circular)\]"/);
  }
  const port = stage.actors.find(({ name }) => name === 'room');
  expect(JSON.parse(port?.definition ?? '')).toEqual({ id: 'room' });
});

it('[STY-4] after an event comes the event and the state that it led to', async () => {
  const stage = new StatelyStage();
  const root = runLight(stage);
  stage.door.connect();
  await stage.pass(0);
  root.send({ type: 'turn', note: 'now' });
  await stage.pass(0);

  expect(stage.of('light')).toMatchObject([
    { type: '@xstate.actor', snapshot: { value: 'red', status: 'active' } },
    { type: '@xstate.event', event: { type: 'turn', note: 'now' } },
    { type: '@xstate.snapshot', snapshot: { value: 'green', context: { note: 'now' } } },
  ]);
  expect(new Set(stage.messages.map(({ rootId }) => rootId))).toEqual(new Set([root.sessionId]));
  expect(stage.leftOut).toBe(0);
});

it('[STY-5] a system that starts later is introduced from its root down', async () => {
  const stage = new StatelyStage();
  stage.door.connect();
  const root = createActor(road, { id: 'road-1' });
  stage.run(root);
  await stage.pass(0);
  expect(stage.actors.map(({ name }) => name)).toEqual(['road-1', 'light:1']);
  expect(stage.actors[1]).toMatchObject({ parentId: root.sessionId, rootId: root.sessionId });
});

it('[STY-6] an actor that ends is told so, and nothing of it afterwards', async () => {
  const stage = new StatelyStage();
  stage.door.connect();
  const root = createActor(road, { id: 'road-1' });
  stage.run(root);
  const { 'light:1': child } = root.getSnapshot().children;
  root.send({ type: 'close' });
  child?.send({ type: 'turn' });
  // XState warns of that one.
  vi.mocked(console.warn).mockClear();
  await stage.pass(SAMPLE_MS);
  expect(stage.snapshotOf('light:1')).toMatchObject({ status: 'stopped' });
  expect(stage.of('light:1').at(-1)).toMatchObject({ snapshot: { status: 'stopped' } });
  expect(stage.actors).toHaveLength(2);
});

it('[STY-7] only what passes the filter is told', async () => {
  const stage = new StatelyStage({ filter: ['room=room-1'] });
  const load = manyActors(stage, 90);
  stage.door.connect();
  for (let turn = 0; turn < load.guests.length; turn += 1) load.tell();
  await stage.pass(2_000);

  const inRoom = [...stage.inspection.actors()].filter(({ system }) => system.room === 'room-1');
  const allowed = new Set(inRoom.map(({ ref }) => ref.sessionId));
  expect(stage.actors).toHaveLength(allowed.size);
  expect(stage.messages.length).toBeGreaterThan(stage.actors.length);
  expect(stage.messages.filter(({ sessionId }) => !allowed.has(sessionId))).toEqual([]);
});

it('[STY-8] at most 200 messages a second are sent; the rest is counted, and ends with the newest state', async () => {
  const stage = new StatelyStage();
  const root = runLight(stage);
  stage.door.connect();
  await stage.pass(1_000);
  const before = stage.messages.length;
  for (let turn = 0; turn < 1_001; turn += 1) root.send({ type: 'turn', note: `turn ${turn}` });
  await stage.pass(0);
  expect(stage.messages.length - before).toBe(MESSAGES_PER_SECOND);

  await stage.pass(2 * SAMPLE_MS);
  const sent = stage.messages.length - before;
  expect(stage.snapshotOf('light')).toMatchObject({
    value: 'green',
    context: { note: 'turn 1000' },
  });
  // Each turn is an event and a snapshot.
  expect(sent + stage.leftOut).toBe(2 * 1_001);
});

it('[STY-9] in no second more than 200 messages go, however many actors are waiting', async () => {
  const stage = new StatelyStage();
  const load = manyActors(stage, 500);
  stage.door.connect();
  let most = 0;
  for (let second = 0; second < 5; second += 1) {
    const before = stage.messages.length;
    for (let tenth = 0; tenth < 10; tenth += 1) {
      for (let fact = 0; fact < 50; fact += 1) load.tell();
      await stage.pass(100);
    }
    // What was saved up comes once, at the beginning.
    if (second > 0) most = Math.max(most, stage.messages.length - before);
  }
  expect(most).toBeGreaterThan(MESSAGES_PER_SECOND / 2);
  expect(most).toBeLessThanOrEqual(MESSAGES_PER_SECOND);
  expect(stage.actors.length).toBeGreaterThanOrEqual(500);
});

it('[STY-10] levels are never told one by one: the newest state comes at most five times a second', async () => {
  const stage = new StatelyStage();
  const root = runLight(stage);
  stage.door.connect();
  await stage.pass(SAMPLE_MS);
  for (let window = 0; window < 100; window += 1) {
    root.send({ type: 'audio.levelMeasured' });
    await stage.pass(10);
  }
  await stage.pass(SAMPLE_MS);
  const told = stage.of('light').slice(1);
  expect(told.every(({ type }) => type === '@xstate.snapshot')).toBe(true);
  expect(told.length).toBeGreaterThanOrEqual(5);
  expect(told.length).toBeLessThanOrEqual(7);
  expect(stage.snapshotOf('light')).toMatchObject({ context: { turns: 100 } });
});

it('[STY-11] levels leave room for what happens', async () => {
  const stage = new StatelyStage();
  const talkers = Array.from({ length: 150 }, (_, number) => runLight(stage, `talker-${number}`));
  stage.door.connect();
  const quiet = runLight(stage, 'quiet');
  for (let tenth = 0; tenth < 50; tenth += 1) {
    for (const talker of talkers) talker.send({ type: 'audio.levelMeasured' });
    await stage.pass(100);
  }
  quiet.send({ type: 'turn' });
  await stage.pass(0);
  expect(stage.of('quiet').slice(-2)).toMatchObject([
    { type: '@xstate.event', event: { type: 'turn' } },
    { type: '@xstate.snapshot', snapshot: { value: 'green' } },
  ]);
});

it('[STY-12] a page that takes nothing is sent nothing, and then the newest state', async () => {
  const stage = new StatelyStage();
  const root = runLight(stage);
  stage.door.connect();
  await stage.pass(SAMPLE_MS);
  stage.bufferedBytes = 2 * 1024 * 1024;
  const before = stage.messages.length;
  for (let turn = 0; turn < 51; turn += 1) {
    root.send({ type: 'turn', note: `turn ${turn}` });
    await stage.pass(100);
  }
  expect(stage.messages.length).toBe(before);
  stage.bufferedBytes = 0;
  await stage.pass(SAMPLE_MS);
  expect(stage.messages.length).toBe(before + 1);
  expect(stage.snapshotOf('light')).toMatchObject({ value: 'green', context: { note: 'turn 50' } });
});

it('[STY-13] an inspector that is loaded anew is told everything anew', async () => {
  const stage = new StatelyStage();
  const root = runLight(stage);
  stage.door.connect();
  await stage.pass(SAMPLE_MS);
  root.send({ type: 'turn' });
  await stage.pass(SAMPLE_MS);
  const before = stage.told.length;
  stage.door.connect();
  root.send({ type: 'turn' });
  await stage.pass(SAMPLE_MS);
  expect(stage.told.slice(before)).toMatchObject([
    { type: 'message', message: { type: '@xstate.actor', snapshot: { value: 'red' } } },
  ]);
  expect(stage.listeners).toBe(1);
});

it('[STY-14] masks every text: ids, definitions, events, contexts and their keys, outputs and errors', async () => {
  const secret = 'sesame-open';
  const stage = new StatelyStage({ mask: (text) => text.replaceAll(secret, '[secret]') });
  const machine: AnyStateMachine = setup({}).createMachine({
    id: `holds-${secret}`,
    context: { [secret]: secret, deep: [{ in: `a ${secret} b` }], error: new Error(secret) },
    output: { secret },
    initial: 'on',
    states: { on: { description: secret, on: { end: 'off' } }, off: { type: 'final' } },
  });
  const root = createActor(machine, { id: `job-${secret}` });
  stage.run(root);
  stage.door.connect();
  await stage.pass(SAMPLE_MS);
  root.send({ type: 'end', token: secret });
  await stage.pass(SAMPLE_MS);
  expect(stage.messages.map(({ type }) => type)).toEqual([
    '@xstate.actor',
    '@xstate.event',
    '@xstate.snapshot',
  ]);
  expect(JSON.stringify(stage.told)).toContain('[secret]');
  expect(JSON.stringify(stage.told)).not.toContain(secret);
});

it('[STY-15] a context that is deep, huge or throws is told in part, and harms nobody', async () => {
  const stage = new StatelyStage();
  const loop: Record<string, unknown> = { big: 1n };
  loop['self'] = loop;
  const machine: AnyStateMachine = setup({}).createMachine({
    id: 'odd',
    context: {
      loop,
      many: Array.from({ length: 100_000 }, (_, index) => `item ${index}`),
      long: 'x'.repeat(1_000_000),
      get bad() {
        throw new Error('not for you');
      },
    },
    on: { go: {} },
  });
  const root = createActor(machine, { id: 'odd' });
  stage.run(root);
  stage.door.connect();
  await stage.pass(SAMPLE_MS);
  root.send({
    type: 'go',
    toJSON: () => {
      throw new Error('nor this');
    },
  });
  await stage.pass(SAMPLE_MS);
  expect(stage.problems).toEqual([]);
  expect(stage.messages.map(({ type }) => type)).toEqual([
    '@xstate.actor',
    '@xstate.event',
    '@xstate.snapshot',
  ]);
  for (const message of stage.messages) {
    expect(JSON.stringify(message).length).toBeLessThan(100 * 1024);
  }
  expect(root.getSnapshot().status).toBe('active');
});

it('[STY-16] a page that cannot be written to ends the door, and no actor hears of it', async () => {
  const stage = new StatelyStage({
    mask: () => {
      throw new Error('no mask');
    },
  });
  const root = runLight(stage);
  stage.door.connect();
  await stage.pass(SAMPLE_MS);
  root.send({ type: 'turn' });
  await stage.pass(SAMPLE_MS);
  expect(root.getSnapshot().value).toBe('green');
  expect(stage.problems).toHaveLength(1);
  expect(stage.listeners).toBe(0);
});

it('[STY-17] a closed door listens no more and sets no timer', async () => {
  const stage = new StatelyStage();
  const root = runLight(stage);
  stage.door.connect();
  await stage.pass(SAMPLE_MS);
  root.send({ type: 'turn' });
  stage.door.close();
  const before = stage.told.length;
  await stage.pass(1_000);
  expect(stage.told.length).toBe(before);
  expect(stage.listeners).toBe(0);
  expect(stage.clock.pendingCount).toBe(0);
});

/** The names of all states, as paths. */
function statesIn(config: unknown, path = ''): readonly string[] {
  const states: unknown =
    typeof config === 'object' && config !== null && 'states' in config ? config.states : {};
  return Object.entries(states ?? {}).flatMap(([name, state]) => [
    `${path}/${name}`,
    ...statesIn(state, `${path}/${name}`),
  ]);
}
