import { describe, expect, it } from 'vitest';
import { conversationMonitor } from '../../src/agents/conversation-monitor.agent.ts';
import {
  readMessage,
  type ItemMessage,
} from '../../src/machines/conversation/item-message.logic.ts';
import { greenroomMatchers, runAgent, startAgent, type AgentRun } from '../../src/testing.ts';

expect.extend(greenroomMatchers);

/** The items that somebody got, each read as a consumer would. */
const itemsOf = (run: AgentRun, identity: string): readonly ItemMessage[] =>
  run
    .clientOf(identity)
    .messages.filter(({ topic }) => topic === 'conversation_analysis')
    .map(({ text }) => {
      const read = readMessage(text);
      if (!read.ok) throw new Error(`${read.problem}: ${text}`);
      return read.message;
    });

const briefly = (items: readonly ItemMessage[]): readonly string[] =>
  items.map(({ item }) => `${item.seq} ${item.type} ${item.participant}: ${item.content}`);

describe('a conversation of two', () => {
  // Bob interrupts alice and is done at 6 s; alice answers after 2 s.
  const script = `
    0:00 alice joins
    0:00 bob joins
    0:01 alice speaks for 4s
    0:03.500 bob speaks for 2.5s
    0:05.100 alice sends data on topic transcription: {"text":"good morning"}
    0:08 alice speaks for 2s
    0:11.500 bob sends data on topic agent_response: fine
    0:14 bob leaves
    0:20 alice speaks for 5s
    0:22 room deleted`;

  it('[CNV-10] is told to everybody, in order, once each, and replays', async () => {
    const run = await runAgent(conversationMonitor, { script });
    expect(run.problems).toEqual([]);
    // What a hidden agent sends to somebody who is not active yet is dropped by the server.
    expect(briefly(itemsOf(run, 'alice'))).toEqual([
      '3 transcription alice: good morning',
      '4 turn alice: spoke for 4.1 s',
      '5 turn bob: spoke for 2.6 s',
      '6 agent_response bob: fine',
      '7 turn alice: spoke for 2.1 s',
      '8 event bob: left',
    ]);
    const [, turn] = itemsOf(run, 'bob');
    expect(turn).toMatchObject({ agent: 'conversation-monitor', jobId: 'AJ_test' });
    await expect(run).toReplay();
  });

  it('[CNV-11] has the figures that its script has', async () => {
    const { summary } = await runAgent(conversationMonitor, { script });
    expect(summary).toMatchObject({
      kind: 'conversation_summary',
      endReason: 'room_deleted',
      items: 10,
      itemsLost: 0,
      turns: 4,
      speakers: 2,
      talkMs: 4_100 + 2_600 + 2_100 + 2_000,
      overlapMs: 1_600,
      interruptions: 1,
      longestSilenceMs: 9_900,
      responseGapMs: { median: -1_600, p95: 1_900 },
      participants: [
        { participant: 'alice', turns: 3, talkMs: 8_200, interrupted: 1, interruptions: 0 },
        { participant: 'bob', turns: 1, talkMs: 2_600, interrupted: 0, interruptions: 1 },
      ],
    });
  });
});

describe('its own connection', () => {
  /** Alice and bob are inside, and alice says as many words, four a second. */
  const talk = async (run: AgentRun, count: number, disturbance: string): Promise<void> => {
    run.happens('alice joins');
    run.happens('bob joins');
    await run.pass('1s');
    for (const [index, word] of words(count).entries()) {
      if (index === 4) run.happens(disturbance);
      run.happens(`alice sends data on topic transcription: ${word}`);
      await run.pass('250ms');
    }
    await run.pass('20s');
  };

  const contents = (run: AgentRun): readonly string[] =>
    itemsOf(run, 'bob')
      .filter(({ item }) => item.type === 'transcription')
      .map(({ item }) => item.content);

  const words = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `word ${index + 1}`);

  it('[CNV-12] may be made anew: nothing is lost, and nobody has left', async () => {
    const run = startAgent(conversationMonitor);
    await talk(run, 24, 'own connection restarts');
    const states = run.statesOf('agent').map(({ state }) => JSON.stringify(state));
    expect(states.some((state) => state.includes('"line":"held"'))).toBe(true);
    // What alice says while our connection is down is not brought to us by the server.
    const heard = words(24).filter((word) => word !== 'word 5');
    expect([...new Set(contents(run))]).toEqual(heard);
    // What was sent shortly before may not have arrived, and so is sent again.
    const places = new Set(itemsOf(run, 'bob').map(({ item }) => item.seq));
    expect([...places].sort((one, other) => one - other)).toEqual(
      Array.from({ length: heard.length + 2 }, (_, index) => index + 1),
    );
    const events = itemsOf(run, 'bob').filter(({ item }) => item.type === 'event');
    expect(events.every(({ item }) => item.content === 'present')).toBe(true);
    await run.close();
    await expect(run).toReplay();
  });

  it('[CNV-13] may refuse messages: they are sent again in order, and known by their place', async () => {
    const run = startAgent(conversationMonitor);
    await talk(run, 24, 'server refuses commands for 5s');
    expect([...new Set(contents(run))]).toEqual(words(24));
    expect(run.view).toMatchObject({ waitingItems: 0, conversation: { itemsLost: 0 } });
    await run.close();
    await expect(run).toReplay();
  });

  it('[CNV-14] says so where items were dropped that nobody got', async () => {
    const run = startAgent(conversationMonitor, { settings: { CONVERSATION_BUFFER_ITEMS: '5' } });
    run.happens('alice joins');
    run.happens('bob joins');
    await run.pass('1s');
    run.happens('server refuses commands for 10s');
    for (const word of words(10)) {
      run.happens(`alice sends data on topic transcription: ${word}`);
      await run.pass('100ms');
    }
    expect(run.alerts).toMatchObject([{ key: 'conversation_buffer_full' }]);
    await run.pass('20s');
    expect(contents(run)).toEqual(words(10).slice(5));
    expect(run.alerts).toMatchObject([
      { key: 'conversation_buffer_full', resolvedAt: expect.any(Number) as number },
    ]);
    await run.close();
  });
});

it('[CNV-15] counts messages that are none, and keeps no text of them', async () => {
  const run = startAgent(conversationMonitor);
  run.happens('alice joins');
  await run.pass('1s');
  for (const text of ['{"text":5}', '{"words":"secret"}', '[1]', '{"text":"a","participant":{}}']) {
    run.happens(`alice sends data on topic transcription: ${text}`);
  }
  run.happens('alice sends 20 bytes on topic transcription');
  run.happens('alice sends data on topic chat: nobody asked');
  await run.pass('1s');
  expect(run.view).toMatchObject({ conversation: { wrongMessages: 5, items: 1 } });
  expect(JSON.stringify(run.view)).not.toContain('secret');
  await run.close();
});

it('[CNV-16] gives its items to webhooks where it is told to', async () => {
  const settings = { CONVERSATION_WEBHOOK: 'true' };
  const script =
    '0:00 alice joins\n0:01 alice sends data on topic transcription: hello\n0:02 room deleted';
  const run = await runAgent(conversationMonitor, { script, settings });
  const sent = run.webhooks.filter(({ event }) => event === 'conversation_item');
  expect(sent.map(({ data }) => data['content'])).toEqual(['present', 'hello', 'left']);
});

it('[CNV-17] hears the topics that its job names', async () => {
  const metadata = { topics: { transcription: 'captions' } };
  const script =
    '0:00 alice joins\n0:01 alice sends data on topic captions: hello\n0:02 room deleted';
  const run = await runAgent(conversationMonitor, { script, metadata });
  expect(briefly(itemsOf(run, 'alice'))).toEqual(['2 transcription alice: hello']);
});
