import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { builtInAgents } from '../../src/agents/built-in-agents.ts';
import { conversationInsights } from '../../src/agents/conversation-insights.ts';
import { sleep } from '../../src/io/clock.ts';
import type { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import type { SyntheticSource } from '../../src/io/demo/synthetic-participant.protocol.ts';
import type { LocalServer } from '../../src/io/livekit/local-server.ts';
import type { CompareReport } from '../../src/io/replay/compare-report.ts';
import type { JobsReport } from '../../src/io/report/jobs-report.ts';
import { AgentsRoom } from '../support/agents-room.ts';
import { bodies, withinDeadline } from '../support/monitored-room.ts';
import { startOwnServer } from '../support/own-server.ts';
import { toldItems } from '../support/told-items.ts';
import { listenToWebhooks, readSigned, type WebhookPost } from '../support/webhook-listener.ts';
import { runCommand, startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

const agents = builtInAgents.map(({ name }) => name);
/** Registered by a process of its own. */
const elsewhere = `analyst-${randomUUID()}`;

const compliance = `
- id: guarantee
  severity: critical
  must_not_say: [we guarantee]
`;

const config = `export default {
  rules: [
    {
      name: 'bell',
      agent: 'room-analytics',
      when: { fact: 'data.received', where: { topic: 'bell' } },
      then: { data: { topic: 'rung', payload: { by: '{participant.identity}' } } },
    },
  ],
};`;

const posts: WebhookPost[] = [];
const rooms: AgentsRoom[] = [];
let folder: string;
let logs: string;
let server: LocalServer;
let target: Awaited<ReturnType<typeof listenToWebhooks>>;
let worker: WorkerProcess;
let analyst: WorkerProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'greenroom-all-'));
  logs = join(folder, 'logs');
  const [COMPLIANCE_RULES, GREENROOM_CONFIG] = [join(folder, 'c.yaml'), join(folder, 'c.mjs')];
  await Promise.all([writeFile(COMPLIANCE_RULES, compliance), writeFile(GREENROOM_CONFIG, config)]);
  // A room of which everybody has left is over soon.
  server = await startOwnServer({ room: { departureTimeoutS: 4 } });
  target = await listenToWebhooks((post) => posts.push(post));
  const analysis = { COMPLIANCE_RULES, ANALYSIS_WINDOW_ITEMS: '2', ANALYSIS_WINDOW: '1h' };
  const settings = {
    ...analysis,
    GREENROOM_CONFIG,
    EVENT_LOG_DIR: logs,
    WEBHOOK_URLS: target.url,
    PARTICIPANT_LIMIT: '3',
    DRAIN_TIMEOUT: '1s',
  };
  [worker, analyst] = await Promise.all([
    startWorkerProcess(server, settings, agents),
    startWorkerProcess(server, { ...analysis, LIVEKIT_AGENT_NAME: elsewhere }, [
      'conversation-analyst',
    ]),
  ]);
}, 60_000);

afterAll(async () => {
  await Promise.all(rooms.map((room) => room.close()));
  // Rejects where a log does not replay as it was recorded.
  await worker.stop();
  await analyst.stop();
  await target.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

const newRoom = (workers: Readonly<Record<string, WorkerProcess>>): AgentsRoom => {
  const room = new AgentsRoom(server, workers);
  rooms.push(room);
  return room;
};

/** A room of its own, in which all four agents of the worker serve those who are there. */
async function roomWithAll(people: Readonly<Record<string, readonly SyntheticSource[]>>) {
  const room = newRoom(Object.fromEntries(agents.map((name) => [name, worker])));
  const participants = await Promise.all(
    Object.entries(people).map(([identity, sources]) => room.enter(identity, sources)),
  );
  await room.dispatchAll({ 'participant-monitor': { participant_identity: 'alice' } });
  await room.of('participant-monitor').until({ state: 'connected' });
  const figures = { participants: participants.length };
  await room.of('room-analytics').until({ state: 'watching', figures });
  await room.of('conversation-monitor').until({ state: 'following' });
  await room.of('conversation-analyst').until({ state: 'following', items: { missing: 0 } });
  return { room, participants };
}

/** Fields of a summary that a line of the log has apart from the others. */
const namesPeople = new Set(['identity', 'room', 'whoWasThere']);

const say = (who: SyntheticParticipant, topic: string, text: string): Promise<void> =>
  who.sendData(topic, new TextEncoder().encode(text));

const insightsAt = ({ messages }: SyntheticParticipant) =>
  bodies(messages, 'conversation_insights').map((body) => conversationInsights.parse(body));

const alertsOf = (room: AgentsRoom, key: string) =>
  worker.logs.filter(
    (line) => line['alert'] === key && JSON.stringify(line['pii']).includes(room.name),
  );

/** Of those who were there before the agent, the server says no order. */
const isEverybody = (names: readonly string[]): boolean =>
  names.toSorted().join() === 'alice,bob,carol,dave';

const summariesOf = (room: AgentsRoom) =>
  worker.logs.filter(
    (line) => line.msg === 'session summary' && JSON.stringify(line['pii']).includes(room.name),
  );

it.concurrent('[ALL-1] four agents tell the same conversation, each in its way', async () => {
  const { room, participants } = await roomWithAll({
    alice: ['microphone', 'camera'],
    bob: ['microphone'],
    carol: [],
  });
  const [alice, bob, carol] = participants;
  if (!alice || !bob || !carol) throw new Error('somebody is not there');
  const heard = async (count: number): Promise<void> => {
    await vi.waitFor(() => {
      expect(toldItems(carol).filter(({ type }) => type !== 'event')).toHaveLength(count);
    }, withinDeadline);
  };

  // One too many, who leaves again: the alert goes a while later.
  const dave = await room.enter('dave', []);
  await vi.waitFor(() => {
    expect(alertsOf(room, 'participant_limit')).toMatchObject([
      { msg: 'alert opened', pii: { evidence: { limit: 3, over: ['dave'] } } },
    ]);
  }, withinDeadline);
  await dave.leave();
  await vi.waitFor(() => {
    expect(toldItems(carol).at(-1)).toMatchObject({ participant: 'dave', content: 'left' });
  }, withinDeadline);

  // Bob begins a second before alice ceases, and keeps the floor.
  await alice.speak(4_000);
  await sleep(3_000);
  await bob.speak(3_000);
  await heard(2);
  await say(alice, 'transcription', 'I hate this, it is a terrible service.');
  await heard(3);
  await say(bob, 'transcription', '{"text":"We guarantee that you love the next one."}');
  await heard(4);
  await say(bob, 'agent_response', 'Your order is on its way.');
  await heard(5);
  await carol.sendText('lk.transcription', 'Thank you, that is great!');
  await heard(6);
  await say(carol, 'bell', 'ring');
  await room.of('participant-monitor').until({ turns: 1, video: 'flowing' });
  await room.of('room-analytics').until({
    figures: { participants: 3, joins: 4, leaves: 1, tracks: { microphone: 2, camera: 1 } },
    textStreams: 1,
  });
  await room.of('conversation-monitor').until({
    conversation: {
      turns: 2,
      speakers: 2,
      interruptions: 1,
      participants: [
        { participant: 'alice', turns: 1, interrupted: 1, interruptions: 0 },
        { participant: 'bob', turns: 1, interrupted: 0, interruptions: 1 },
      ],
    },
  });
  await vi.waitFor(() => {
    expect(bodies(carol.messages, 'rung')).toEqual([{ by: 'carol' }]);
    expect(insightsAt(carol)).toMatchObject([
      {
        outcome: 'analysed',
        engine: 'lexicon',
        compliance: [{ rule: 'guarantee', participant: 'bob', quote: 'We guarantee' }],
      },
      { outcome: 'analysed', compliance: [] },
    ]);
  }, withinDeadline);
  const [first, second] = insightsAt(carol);
  expect(first?.sentiment?.participants['alice']).toBeLessThan(0);
  expect(second?.sentiment?.participants['carol']).toBeGreaterThan(0);

  await vi.waitFor(() => {
    expect(alertsOf(room, 'participant_limit')).toMatchObject([
      {},
      {
        msg: 'alert resolved',
        pii: { evidence: { trace: { steps: expect.any(Array) as unknown } } },
      },
    ]);
  }, withinDeadline);
  const told = toldItems(carol);
  expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => index + 1));
  expect(
    told.filter(({ type }) => type !== 'event').map(({ type, participant }) => [type, participant]),
  ).toEqual([
    ['turn', 'alice'],
    ['turn', 'bob'],
    ['transcription', 'alice'],
    ['transcription', 'bob'],
    ['agent_response', 'bob'],
    ['transcription', 'carol'],
  ]);

  await Promise.all([alice, bob, carol].map((participant) => participant.leave()));
  await vi.waitFor(() => {
    expect(summariesOf(room).map(({ endReason }) => endReason)).toEqual(
      agents.map(() => 'room_closed'),
    );
  }, withinDeadline);
  const summaryOf = (agent: string) => summariesOf(room).find((line) => line['agent'] === agent);
  expect(summaryOf('room-analytics')).toMatchObject({
    ...{ participants: 0, peakParticipants: 4, joins: 4, leaves: 4, identities: 4 },
    ...{ tracksBySource: { microphone: 2, camera: 1 }, peakTracks: 3, textStreams: 1 },
    pii: { whoWasThere: expect.toSatisfy(isEverybody) as unknown },
  });
  expect(summaryOf('conversation-analyst')).toMatchObject({
    windows: { analysed: 2, failed: 0, skipped: 0, unfinished: 0 },
    compliance: { counts: [{ name: 'guarantee', count: 1 }] },
  });
  await vi.waitFor(async () => {
    const webhooks = (await readSigned(posts, server)).filter(
      (webhook) => webhook.room === room.name,
    );
    for (const agent of agents) {
      const ofJob = webhooks.filter((webhook) => webhook.agent === agent);
      expect(ofJob.map(({ seq }) => seq)).toEqual(ofJob.map((_, index) => index + 1));
      expect(ofJob[0]?.event).toBe('greenroom.session_started');
      expect(ofJob.at(-1)?.event).toBe('greenroom.session_ended');
    }
    const events = webhooks.map(({ event }) => event);
    expect(events).toContain('greenroom.conversation_insights');
    expect(events.filter((event) => event === 'greenroom.participant_left')).toHaveLength(4);
  }, withinDeadline);
});

it.concurrent(
  '[ALL-2] an analyst of another worker reads what the monitor of this one tells',
  async () => {
    const room = newRoom({ 'conversation-monitor': worker, [elsewhere]: analyst });
    const erin = await room.enter('erin', []);
    await room.dispatchAll();
    await room.of('conversation-monitor').until({ state: 'following', conversation: { items: 1 } });
    await room.of(elsewhere).until({ state: 'following', items: { items: 1, missing: 0 } });
    await say(erin, 'transcription', 'I love it.');
    await say(erin, 'transcription', 'We guarantee nothing.');
    await vi.waitFor(() => {
      expect(insightsAt(erin)).toMatchObject([
        { window: { items: 2 }, compliance: [{ participant: 'erin' }] },
      ]);
    }, withinDeadline);
    await erin.leave();
    await room.of(elsewhere).until({ state: 'ended', windows: { analysed: 1 } });
  },
);

it('[ALL-3] a drain brings the summaries of all, which the report gives again, and a replay', async () => {
  const { room, participants } = await roomWithAll({ alice: ['microphone'], bob: [] });
  const [, bob] = participants;
  if (!bob) throw new Error('bob is not there');
  await say(bob, 'transcription', 'Hello, is anybody there?');
  await room.of('conversation-analyst').until({ collected: 1 });
  worker.signal('SIGTERM');
  expect(await worker.exited).toBe(143);
  expect(
    summariesOf(room)
      .map((line) => [line['agent'], line['endReason']])
      .sort(),
  ).toEqual(agents.map((agent) => [agent, 'drained']).sort());
  // The window that was begun is read, too.
  expect(summariesOf(room).find((line) => line['agent'] === 'conversation-analyst')).toMatchObject({
    windows: { analysed: 1, unfinished: 0 },
  });

  const [reported, replayed] = await Promise.all(
    ['report', 'replay'].map((command) => runCommand(server, command, logs, '--json')),
  );
  const report = JSON.parse(reported ?? '') as JobsReport;
  const printed = worker.logs.filter(({ msg }) => msg === 'session summary');
  const closings = [
    ...report.sessions,
    ...report.rooms,
    ...report.conversations,
    ...report.others.map((job) => job.summary),
  ];
  expect(closings).toHaveLength(printed.length);
  for (const closing of closings) {
    const figures = Object.entries(closing ?? {}).filter(([name]) => !namesPeople.has(name));
    expect(printed).toContainEqual(expect.objectContaining(Object.fromEntries(figures)));
  }
  expect(worker.logs.find(({ msg }) => msg === 'rooms in all')).toMatchObject({ ...report.totals });

  const compared = JSON.parse(replayed ?? '') as CompareReport;
  // Those of the worker, and of its jobs.
  expect(compared.totals).toMatchObject({ same: 1 + printed.length, different: 0, unreadable: 0 });
});
