import { describe, expect, it } from 'vitest';
import { roomAnalytics } from '../../src/agents/room-analytics.agent.ts';
import { greenroomMatchers, runAgent, startAgent } from '../../src/testing.ts';

expect.extend(greenroomMatchers);

describe('room-analytics', () => {
  it('[RAN-17] counts a room from its beginning to its end, and replays', async () => {
    const run = await runAgent(roomAnalytics, {
      script: `
        0:01 alice joins with microphone and camera
        0:02 bob joins
        0:03 alice speaks for 2s
        0:06 bob sends data on topic chat: {"type":"chat","text":"hello"}
        0:07 bob sends data on topic chat: hello
        0:08 alice sends 300 bytes on topic blob
        0:09 room sets metadata: {"language":"en"}
        0:10 bob has poor quality
        0:12 own connection restarts
        0:20 bob leaves
        0:25 helper joins as agent
        0:40 room closed
      `,
    });
    expect(run.end?.reason).toBe('room_closed');
    expect(run.summary).toMatchObject({
      kind: 'room_summary',
      participants: 0,
      peakParticipants: 2,
      joins: 2,
      leaves: 2,
      identities: 2,
      joinsByKind: { standard: 2, agent: 1 },
      tracksBySource: { microphone: 3, camera: 1 },
      messages: 3,
      turns: 1,
      endReason: 'room_closed',
      whoWasThere: ['alice', 'bob'],
    });
    expect(run.facts.filter(({ type }) => type === 'job.figuresReported')).toHaveLength(3);
    expect(run.problems).toEqual([]);
    await expect(run).toReplay();
  });

  it('[RAN-17] shows who and what is there', async () => {
    const run = startAgent(roomAnalytics);
    run.happens('alice joins');
    run.happens('bob joins');
    await run.pass('3s');
    run.happens('bob sends data on topic chat: hello');
    await run.pass('1s');
    expect(run.view).toMatchObject({
      state: 'watching',
      connection: 'steady',
      limit: 'off',
      figures: { participants: 2, tracks: { microphone: 2 }, messages: 1 },
      participants: [{ identity: 'alice' }, { identity: 'bob', tracks: [{ state: 'subscribed' }] }],
      topTopics: [{ name: 'chat', messages: 1, formats: { text: 1 } }],
      lastMessages: [{ sender: 'bob', topic: 'chat', excerpt: 'hello' }],
    });
    await run.close();
  });

  it('[RAN-17] removes who is over the limit of the job, and tells why before', async () => {
    const run = await runAgent(roomAnalytics, {
      metadata: { participant_limit: 1, enforce_participant_limit: true },
      script: '0:01 alice joins\n0:03 bob joins\n0:10 alice leaves',
    });
    expect(run.messages).toMatchObject([
      { to: 'bob', topic: 'participant_limit', payload: { action: 'removed', limit: 1 } },
    ]);
    expect(run.summary).toMatchObject({ removals: 1, leaves: 2, peakParticipants: 2 });
    expect(run.alerts).toMatchObject([{ key: 'participant_limit', severity: 'warning' }]);
    await expect(run).toReplay();
  });

  it('[RAN-18] says what is wrong with its metadata and settings', async () => {
    await expect(
      runAgent(roomAnalytics, { script: '', metadata: { participant_limit: 0, limit: 3 } }),
    ).rejects.toThrow(/participant_limit: expected a whole number from 1 to 100000/u);
    await expect(
      runAgent(roomAnalytics, { script: '', settings: { ROOM_STATUS_INTERVAL: '0s' } }),
    ).rejects.toThrow(/ROOM_STATUS_INTERVAL/u);
  });
});
