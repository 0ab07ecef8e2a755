import { describe, expect, it } from 'vitest';
import { conversationAnalyst } from '../../src/agents/conversation-analyst.agent.ts';
import { conversationMonitor } from '../../src/agents/conversation-monitor.agent.ts';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { roomAnalytics } from '../../src/agents/room-analytics.agent.ts';
import { formatTime } from '../../src/io/simulated/script.ts';
import { greenroomMatchers, runAgent } from '../../src/testing.ts';

expect.extend(greenroomMatchers);

const agents = [
  { agent: participantMonitor, metadata: { participant_identity: 'alice' } },
  { agent: roomAnalytics, metadata: {} },
  { agent: conversationMonitor, metadata: {} },
  { agent: conversationAnalyst, metadata: {} },
];

const topics = ['chat', 'transcription', 'agent_response', 'conversation_analysis'];
const deep = (levels: number, begin: string, end: string): string =>
  begin.repeat(levels) + end.repeat(levels);

/** Each within the 16 KiB that are read of a message. */
const bombs: readonly string[] = [
  '['.repeat(16_384),
  deep(8_000, '[', ']'),
  `${'{"a":'.repeat(2_500)}1${'}'.repeat(2_500)}`,
  `{"text":"hi","content":"hi","participant":"bob","metadata":${deep(5_000, '[', ']')}}`,
  '{"__proto__":{"text":"polluted"},"constructor":{"prototype":{"text":"polluted"}}}',
  '{"text":{"toString":1},"content":[],"participant":7,"type":"turn","seq":"__proto__"}',
  `{"text":"${'x'.repeat(20_000)}"}`,
  '"text"',
  '1e999',
  'null',
  '',
];

const sendBombs = topics.flatMap((topic) => [
  ...bombs.map((bomb) => `mallory sends data on topic ${topic}: ${JSON.stringify(bomb)}`),
  `mallory sends 20000 bytes on topic ${topic}`,
  `helper sends data on topic ${topic}: ${JSON.stringify(bombs[3])}`,
]);

describe.each(agents)('$agent.name', ({ agent, metadata }) => {
  it('[FLD-15] is none the worse for data that is no message of its own', async () => {
    const run = await runAgent(agent, {
      metadata,
      script: [
        '0:01 alice joins',
        '0:01 mallory joins',
        '0:01 helper joins as agent with nothing',
        ...sendBombs.map((line, number) => `${formatTime((5 + number) * 1_000)} ${line}`),
        '1:10 room closed',
      ].join('\n'),
    });
    expect(run.end?.reason).toBe('room_closed');
    expect(run.problems).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'text')).toBe(false);
    await expect(run).toReplay();
  });
});

it('[FLD-16] of a flood the log holds what a participant may send, and the count of the others', async () => {
  const flood = Array.from({ length: 2_000 }, (_, number) => {
    const atMs = 5_000 + number;
    return `${formatTime(atMs)} mallory sends data on topic chat: {"n":${number}}`;
  });
  const run = await runAgent(roomAnalytics, {
    script: [
      '0:01 alice joins',
      '0:01 mallory joins',
      ...flood,
      '0:07.500 mallory leaves',
      '0:07.500 alice sends data on topic chat: hello',
      '0:10 room closed',
    ].join('\n'),
  });
  const said = run.log.flatMap((line) => (line.kind === 'input' ? [line.event] : []));
  const through = said.filter(({ type }) => type === 'data.received');
  // A hundred at once, fifty a second for two seconds, and that of alice.
  expect(through.length).toBeGreaterThanOrEqual(198);
  expect(through.length).toBeLessThanOrEqual(202);
  expect(said.filter(({ type }) => type === 'data.throttled').length).toBeLessThanOrEqual(3);
  expect(run.summary).toMatchObject({ messages: 2_001, messagesThrottled: 2_001 - through.length });
  expect(run.problems).toEqual([]);
  await expect(run).toReplay();
});
