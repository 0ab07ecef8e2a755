import { expect, it, onTestFinished, vi } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { openInspection } from '../../../src/io/compose/open-inspection.ts';
import { systemClock } from '../../../src/io/clock.ts';
import type { ActorRow, Look, RelayMessage } from '../../../src/io/inspect/protocol.ts';
import type { RelaySettings } from '../../../src/io/settings.ts';
import { openStream } from '../../support/relay-stage.ts';
import { scriptOf } from '../../support/simulated-agent.ts';
import { SimulatedWorker } from '../../support/simulated-worker.ts';
import { loggerInto, TextSink } from '../../support/text-sink.ts';

const secret = 'secret-that-nobody-may-see';
const within = { timeout: 10_000, interval: 20 };
const look: Look = { frameRateHz: 60, tree: true, actor: null, room: null, sessions: true };

/** A worker whose one session has a secret in its settings, and a viewer of it. */
async function watchedWorker(
  settings: Partial<RelaySettings> = {},
  note = `with ${secret} inside`,
) {
  const inspection = await openInspection({
    settings: {
      INSPECT: { host: '127.0.0.1', port: 0, isStately: false },
      INSPECT_TOKEN: undefined,
      INSPECT_FILTER: undefined,
      INSPECT_PSEUDONYMS: false,
      ...settings,
    },
    command: 'test',
    clock: systemClock,
    secrets: [secret],
    logger: loggerInto(new TextSink(), 'warn'),
  });
  if (!inspection) throw new Error('nothing is inspected');
  onTestFinished(() => inspection.close());
  const { inspector } = inspection;
  const worker = await SimulatedWorker.start([participantMonitor], {
    inspect: () => inspector,
  });
  worker.offer(participantMonitor.name, 'AJ_1', 'support-42', {
    participant_identity: 'alice',
    custom_settings: { note },
  });
  const port = Number(new URL(inspection.url).port);
  const { socket, told } = await openStream({ port });
  const messages = () => told.map((text) => JSON.parse(text) as RelayMessage);
  const say = (changes: Partial<Look>) =>
    socket.send(JSON.stringify({ type: 'look', ...look, ...changes }));
  await worker.until(() => worker.session('AJ_1')?.state === 'awaitingParticipant');
  say({});
  await vi.waitFor(() => expect(messages().at(-1)).toBeDefined(), within);
  await vi.waitFor(() => expect(told.some((text) => text.includes('"ready"'))).toBe(true), within);
  return { worker, told, messages, say, port };
}

const rowsIn = (messages: readonly RelayMessage[]): readonly ActorRow[] =>
  messages.flatMap((message) => (message.type === 'actors' ? message.actors : []));

it('[RLY-50] shows a worker and its jobs to who comes late, and then what changes', async () => {
  const { worker, messages } = await watchedWorker();
  expect(messages().map(({ type }) => type)).toEqual(
    expect.arrayContaining(['hello', 'reset', 'machine', 'actors', 'ready']),
  );
  const session = rowsIn(messages()).find(({ name }) => name === 'participant:alice');
  expect(session).toMatchObject({ system: 'AJ_1', value: { awaitingParticipant: 'waiting' } });
  worker.director('support-42').play(scriptOf('0:00 alice joins'));
  await worker.until(() => worker.session('AJ_1')?.state === 'connected');
  await vi.waitFor(() => {
    const changed = messages().flatMap((m) => (m.type === 'changes' ? m.changed : []));
    expect(changed.filter(({ id }) => id === session?.id).at(-1)?.value).toHaveProperty(
      'connected',
    );
  }, within);
});

it('[RLY-51] sends no secret that an actor holds, in no context, event or session', async () => {
  const { told, say, messages } = await watchedWorker();
  const rows = rowsIn(messages());
  for (const { system, path, id } of rows) {
    say({ actor: { system, path } });
    await vi.waitFor(
      () => expect(messages().some((m) => m.type === 'actor' && m.id === id)).toBe(true),
      within,
    );
  }
  await vi.waitFor(() => expect(told.join('\n')).toContain('with [secret] inside'), within);
  expect(told.join('\n')).not.toContain(secret);
});

it('[RLY-52] names nobody with pseudonyms, and understands who is meant', async () => {
  const { told, say, messages } = await watchedWorker({ INSPECT_PSEUDONYMS: true });
  const session = rowsIn(messages()).find(({ name }) => name.startsWith('participant:'));
  if (!session) throw new Error('there is no session');
  expect(session.path).toMatch(/participant:p_[\da-f]{16}$/);
  say({ actor: { system: session.system, path: session.path } });
  await vi.waitFor(
    () => expect(messages().some((m) => m.type === 'actor' && m.id === session.id)).toBe(true),
    within,
  );
  expect(told.join('\n')).not.toMatch(/alice|support-42/);
});

it('[STY-36] names nobody to a page with the inspector of Stately where pseudonyms are asked for', async () => {
  // The end of what is shown of a long text lies within the name.
  const note = `${'-'.repeat(4 * 1024 - 4)} alice, and so on`;
  const { worker, port } = await watchedWorker(
    { INSPECT: { host: '127.0.0.1', port: 0, isStately: true }, INSPECT_PSEUDONYMS: true },
    note,
  );
  const { socket, told } = await openStream({ port }, { path: '/stately/stream' });
  socket.send(JSON.stringify({ type: 'connected' }));
  await vi.waitFor(() => expect(told.join()).toContain('"name":"participant:p_'), within);
  await worker.until(() => worker.session('AJ_1')?.state === 'awaitingParticipant');
  await vi.waitFor(() => expect(told.join()).toContain(`${note.length} characters`), within);
  expect(told.join('\n')).not.toMatch(/\bali|support-42/);
});
