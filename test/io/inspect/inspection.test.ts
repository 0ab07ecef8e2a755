import { setTimeout as passTurns } from 'node:timers/promises';
import { assign, createActor, setup, type AnyActor } from 'xstate';
import { expect, it } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { roomAnalytics } from '../../../src/agents/room-analytics.agent.ts';
import { Inspection } from '../../../src/io/inspect/inspection.ts';
import type { InspectedSystem } from '../../../src/io/inspect/inspected-system.ts';
import type { Look } from '../../../src/io/inspect/protocol.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { KeptLine } from '../../support/kept-line.ts';
import { roomInput } from '../../support/room-facts.ts';
import { SimulatedWorker } from '../../support/simulated-worker.ts';

const source = { kind: 'live', command: 'test', greenroom: '0', startedAt: 0 } as const;
const looksAtTree: Look = { frameRateHz: 20, tree: true, actor: null, room: null, sessions: false };
const FRAME_MS = 50;
const SESSION = 'job/agent/participant:alice';

/** A worker whose one job follows alice in the room `demo`, and the inspection of both. */
async function inspectedWorker() {
  const inspections: Inspection[] = [];
  const worker = await SimulatedWorker.start([participantMonitor, roomAnalytics], {
    settings: roomInput().settings,
    inspect: (clock) => {
      const inspection = new Inspection({ source, clock, frames: clock });
      inspections.push(inspection);
      return inspection;
    },
  });
  const [inspection] = inspections;
  if (!inspection) throw new Error('the worker did not ask for its inspection');
  worker.offer('participant-monitor', 'AJ_1', 'demo', { participant_identity: 'alice' });
  await worker.until(() => worker.session('AJ_1')?.state === 'awaitingParticipant');
  const director = worker.director('demo');
  const open = async (look: Partial<Look> = {}) => {
    const line = new KeptLine();
    const viewing = inspection.open(line);
    viewing.take({ type: 'look', ...looksAtTree, ...look });
    await worker.until(() => line.last('ready') !== undefined);
    return { line, viewing };
  };
  return { worker, inspection, director, open };
}

const join = (identity: string) =>
  ({ type: 'join', identity, kind: 'standard', sources: ['microphone'] }) as const;

it('[INS-1] a late viewer gets every actor with its state, parents first, and every machine once', async () => {
  const { worker, director, open } = await inspectedWorker();
  director.perform(join('alice'));
  await worker.until(() => worker.session('AJ_1')?.state === 'connected');
  await worker.pass(3_600_000);
  const { line } = await open();

  const rows = line.all('actors').flatMap(({ actors }) => actors);
  expect(rows.filter(({ endedAt }) => endedAt === null)).toHaveLength(worker.system.actorCount);
  expect(line.at(SESSION)).toMatchObject({
    kind: 'machine',
    status: 'active',
    value: { connected: { presence: 'present', speech: 'silent' } },
  });
  const order = rows.map(({ id }) => id);
  for (const { id, parent } of rows) {
    if (parent !== null) expect(order.indexOf(parent)).toBeLessThan(order.indexOf(id));
  }
  expect(line.at('job')?.parent).toBe(line.at('worker/jobs')?.id);
  const names = line.all('machine').map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(names).toEqual(
    expect.arrayContaining(['worker', 'job', 'participant-session', 'audio-track']),
  );
});

it('[INS-2] what changes is told once a frame, as it is then', async () => {
  const { worker, director, open } = await inspectedWorker();
  director.perform(join('alice'));
  await worker.until(() => worker.session('AJ_1')?.state === 'connected');
  const { line } = await open();
  line.forget();
  director.perform({ type: 'speak', identity: 'alice', level: 0.1, durationMs: 500 });
  await worker.pass(3_000);

  const changes = line.all('changes');
  expect(line.at(SESSION)?.value).toMatchObject({ connected: { speech: 'silent' } });
  expect(JSON.stringify(changes)).toContain('"speaking"');
  const times = changes.map(({ at }) => at);
  for (const [index, at] of times.slice(1).entries()) {
    expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(FRAME_MS);
  }
});

it('[INS-3] an actor that is looked at late comes with its context, timers, counts, states and last entries', async () => {
  const { worker, director, open } = await inspectedWorker();
  director.perform(join('alice'));
  await worker.until(() => worker.session('AJ_1')?.state === 'connected');
  director.perform({ type: 'speak', identity: 'alice', level: 0.1, durationMs: 20_000 });
  await worker.pass(30_000);
  const { line } = await open({ actor: { system: 'AJ_1', path: SESSION } });
  await worker.until(() => line.last('actor') !== undefined);

  const detail = line.last('actor');
  expect(detail?.context).toMatchObject({ identity: 'alice', totals: { turns: 1 } });
  expect(detail?.timers.map(({ event }) => event)).toEqual(
    expect.arrayContaining([expect.stringContaining('longSession')]),
  );
  expect(Object.entries(detail?.counts ?? {})).toContainEqual([
    expect.stringContaining('-> connected'),
    1,
  ]);
  const spoken = detail?.states.map(({ value }) => JSON.stringify(value)) ?? [];
  expect(spoken.some((value) => value.includes('speaking'))).toBe(true);
  // 200 windows and 60 samples of statistics did not push out what changed the state.
  expect(detail?.entries.length).toBeLessThanOrEqual(50);
  expect(detail?.entries.filter(({ value }) => value !== null).length).toBeGreaterThan(2);
  expect(detail?.entries.some(({ count }) => count > 10)).toBe(true);
});

it('[INS-4] the contexts around an entry are told when they are asked for', async () => {
  const { worker, director, open } = await inspectedWorker();
  director.perform(join('alice'));
  await worker.until(() => worker.session('AJ_1')?.state === 'connected');
  const { line, viewing } = await open({ actor: { system: 'AJ_1', path: SESSION } });
  await worker.until(() => line.last('actor') !== undefined);
  const detail = line.last('actor');
  const arrival = detail?.entries.find(({ event }) => event.type === 'participant.connected');
  if (!detail || !arrival) throw new Error('the arrival of alice is not among the entries');
  viewing.take({ type: 'contexts', id: detail.id, seq: arrival.seq });

  const { before, after } = line.last('contexts') ?? {};
  expect(before).toMatchObject({ sid: null, totals: { connectedAt: null } });
  expect(after).toMatchObject({ sid: expect.stringContaining('PA_') as unknown });
  viewing.take({ type: 'contexts', id: detail.id, seq: 99_999 });
  expect(line.last('contexts')).toMatchObject({ before: null, after: null });
});

it('[INS-5] a slow viewer is told nothing until it has caught up, and then all there is', async () => {
  const { worker, director, open } = await inspectedWorker();
  const { line } = await open();
  line.forget();
  line.bufferedBytes = 2 * 1024 * 1024;
  director.perform(join('alice'));
  await worker.until(() => worker.session('AJ_1')?.state === 'connected');
  await worker.pass(60_000);
  expect(line.messages).toEqual([]);

  line.bufferedBytes = 0;
  await worker.until(() => line.last('ready') !== undefined);
  expect(line.all('reset')).toMatchObject([{ reason: 'behind' }]);
  expect(line.at(SESSION)?.value).toMatchObject({ connected: { presence: 'present' } });
});

it('[INS-6] of what has ended the last 200 actors stay, and of what broke the last 100', async () => {
  const clock = new VirtualClock();
  const inspection = new Inspection({ source, clock, frames: clock });
  const line = new KeptLine();
  inspection.open(line).take({ type: 'look', ...looksAtTree });
  for (let number = 1; number <= 250; number += 1) {
    const actor = createActor(lamp, { id: 'lamp' });
    inspection.attach(systemOf(actor, `AJ_${number}`));
    actor.subscribe({ error: () => {} });
    actor.start();
    actor.send({ type: number % 2 === 0 ? 'break' : 'remove' });
    if (number % 10 === 0) await pass(clock, FRAME_MS);
  }
  for (let number = 251; number <= 400; number += 1) {
    const actor = createActor(lamp, { id: 'lamp' });
    inspection.attach(systemOf(actor, `AJ_${number}`));
    actor.start();
    actor.stop();
  }
  await pass(clock, 1_000);

  const statuses = [...line.actors.values()].map(({ status }) => status);
  expect(statuses.filter((status) => status === 'error')).toHaveLength(100);
  expect(statuses).toHaveLength(300);
  expect(inspection.systems).toHaveLength(300);
});

it('[INS-7] an actor that is started again says how often it was, and one that broke says why', async () => {
  const { worker, director, open } = await inspectedWorker();
  const { line } = await open();
  for (let round = 0; round < 3; round += 1) {
    director.perform(join('alice'));
    await worker.until(() => worker.session('AJ_1')?.state === 'connected');
    director.perform({ type: 'leave', identity: 'alice' });
    await worker.until(() => worker.session('AJ_1')?.state === 'disconnected');
  }
  const broken = createActor(lamp, { id: 'lamp' });
  broken.subscribe({ error: () => {} });
  const clock = new VirtualClock();
  const inspection = new Inspection({ source, clock, frames: clock });
  inspection.attach(systemOf(broken, 'AJ_2'));
  broken.start();
  broken.send({ type: 'break' });

  expect([...inspection.actors()].map(({ row }) => row)).toMatchObject([
    { status: 'error', error: 'no filament' },
  ]);
  expect(line.at(SESSION)).toMatchObject({ restarts: 0, status: 'active' });
});

it('[INS-8] alerts come open and resolved, and count for their job', async () => {
  const { worker, director, open } = await inspectedWorker();
  director.perform(join('alice'));
  await worker.until(() => worker.session('AJ_1')?.state === 'connected');
  director.perform({ type: 'changeQuality', identity: 'alice', quality: 'poor', cause: null });
  await worker.until(() => worker.session('AJ_1')?.quality === 'poor');
  const { line } = await open({ room: 'demo' });
  expect(line.last('alerts')).toMatchObject({
    isAll: true,
    alerts: [{ system: 'AJ_1', agent: 'participant-monitor', room: 'demo', identity: 'alice' }],
  });
  expect(line.all('actors').flatMap(({ systems }) => systems)).toContainEqual(
    expect.objectContaining({ id: 'AJ_1', alertsOpen: 1 }),
  );
  expect(line.last('room')?.marks).toContainEqual(expect.objectContaining({ kind: 'alert' }));
  const { line: elsewhere } = await open({ room: 'another' });

  director.perform({ type: 'changeQuality', identity: 'alice', quality: 'excellent', cause: null });
  await worker.until(() => worker.session('AJ_1')?.quality === 'excellent');
  await worker.pass(FRAME_MS);
  const told = line.last('alerts');
  expect(told).toMatchObject({ isAll: false });
  expect(told?.alerts[0]?.alert.resolvedAt).toBeGreaterThan(0);
  expect(line.last('marks')?.marks).toContainEqual(expect.objectContaining({ kind: 'resolved' }));
  expect(elsewhere.all('marks')).toEqual([]);
  expect(
    line
      .all('changes')
      .flatMap(({ systems }) => systems)
      .at(-1),
  ).toMatchObject({ alertsOpen: 0 });
});

it('[INS-9] a room comes with the states since its beginning, and levels at the most ten times a second', async () => {
  const { worker, director, open } = await inspectedWorker();
  director.perform(join('alice'));
  await worker.until(() => worker.session('AJ_1')?.state === 'connected');
  director.perform({ type: 'speak', identity: 'alice', level: 0.25, durationMs: null });
  await worker.pass(5_000);
  const { line } = await open({ room: 'demo', frameRateHz: 60 });
  await worker.pass(2_000);

  const row = line.last('room')?.rows.find(({ path }) => path === SESSION);
  expect(row?.changes[0]?.value).toEqual({ awaitingParticipant: 'waiting' });
  expect(row?.changes.length).toBeGreaterThan(2);
  const levels = line.all('levels');
  expect(levels.length).toBeGreaterThan(15);
  expect(levels.length).toBeLessThanOrEqual(22);
  expect(levels.at(-1)?.levels).toMatchObject([{ system: 'AJ_1', frameRateHz: 0 }]);
  expect(levels.at(-1)?.levels[0]?.audioLevel).toBeGreaterThan(0.1);
});

it('[INS-10] what has no JSON, or too much of it, is named in its place, and harms nobody', async () => {
  const clock = new VirtualClock();
  const inspection = new Inspection({ source, clock, frames: clock });
  const actor = createActor(hoarder, { id: 'hoarder' });
  inspection.attach(systemOf(actor, 'AJ_1'));
  actor.start();
  const line = new KeptLine();
  const address = { system: 'AJ_1', path: 'hoarder' };
  inspection.open(line).take({ type: 'look', ...looksAtTree, actor: address });
  await pass(clock, 1_000);
  expect(line.last('actor')?.context).toEqual({
    '(not shown)': expect.stringContaining('BigInt') as unknown,
  });

  actor.send({ type: 'keep', what: 'x'.repeat(300_000) });
  await pass(clock, 1_000);
  expect(line.last('actorChanged')).toMatchObject({ isTooBig: true });
  expect(JSON.stringify(line.last('actorChanged')).length).toBeLessThan(1_000);
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  actor.send({ type: 'keep', what: circle });
  await pass(clock, 1_000);
  expect(line.last('actorChanged')?.context).toEqual({
    '(not shown)': expect.stringContaining('circular') as unknown,
  });
  expect(actor.getSnapshot().status).toBe('active');
});

it('[INS-11] a viewer that is gone leaves no timer, and whoever looks at nothing is told nothing of actors', async () => {
  const { worker, inspection, open } = await inspectedWorker();
  const before = inspection.figures.viewers;
  const { line, viewing } = await open({ tree: false, room: null });
  expect(line.actors.size).toBe(0);
  viewing.close();
  line.forget();
  worker.director('demo').perform(join('alice'));
  await worker.pass(5_000);
  expect(line.messages).toEqual([]);
  expect(inspection.figures.viewers).toBe(before);
});

it('[INS-41] says when the last report of health was made', async () => {
  const { worker, inspection } = await inspectedWorker();
  expect(inspection.figures).toMatchObject({ health: null, healthAt: null });
  await worker.until(() => inspection.figures.health !== null);
  const madeAt = worker.clock.now();
  await worker.pass(1_000);
  expect(inspection.figures.healthAt).toBe(madeAt);
});

/** Of a machine that stands alone. */
const systemOf = (root: AnyActor, id: string): InspectedSystem => ({
  root,
  about: { id, kind: 'job', agent: 'lamp', room: null, identity: null },
  timersOf: () => [],
  session: () => null,
  worker: () => null,
});

const lamp = setup({
  types: { events: {} as { type: 'break' } | { type: 'remove' } },
}).createMachine({
  id: 'lamp',
  initial: 'on',
  states: {
    on: {
      on: {
        break: {
          actions: () => {
            throw new Error('no filament');
          },
        },
        remove: 'off',
      },
    },
    off: { type: 'final' },
  },
});

const hoarder = setup({
  types: {
    context: {} as { kept: unknown },
    events: {} as { type: 'keep'; what: unknown },
  },
}).createMachine({
  id: 'hoarder',
  context: { kept: 1n },
  on: { keep: { actions: assign({ kept: ({ event }) => event.what }) } },
});

async function pass(clock: VirtualClock, durationMs: number): Promise<void> {
  clock.advanceBy(durationMs);
  await passTurns(0);
}

it('[INS-12] levels are told of those who are measured, and of no agent of a whole room', async () => {
  const { worker, director, open } = await inspectedWorker();
  worker.offer('room-analytics', 'AJ_2', 'demo');
  director.perform(join('alice'));
  const isIn = (jobId: string, state: string) => worker.session(jobId)?.state === state;
  await worker.until(() => isIn('AJ_1', 'connected') && isIn('AJ_2', 'watching'));
  const { line } = await open({ room: 'demo' });
  await worker.pass(1_000);

  expect(line.last('levels')?.levels.map(({ system }) => system)).toEqual(['AJ_1']);
  expect(new Set(line.last('room')?.rows.map(({ system }) => system))).toEqual(
    new Set(['AJ_1', 'AJ_2']),
  );
});
