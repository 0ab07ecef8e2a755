import { randomUUID } from 'node:crypto';
import { SimulateScenarioKind } from '@livekit/rtc-node';
import { afterAll, expect, inject, it, vi, type TestContext } from 'vitest';
import { conversationMonitor } from '../../src/agents/conversation-monitor.agent.ts';
import type { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import { disposeRtc } from '../../src/io/livekit/load-rtc.ts';
import { startLiveWorker } from '../support/live-worker.ts';
import { MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';
import { ownRoom } from '../support/own-room.ts';
import { toldItems } from '../support/told-items.ts';

const server = inject('livekit');
afterAll(disposeRtc);

/** Alice and bob with microphones, carol who only listens, and a conversation monitor. */
async function openConversation({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const name = `conversation-monitor-${randomUUID()}`;
  const worker = await startLiveWorker(server, [{ ...conversationMonitor, name }]);
  onTestFinished(() => worker.remove());
  onTestFinished(() => worker.close());
  const room = new MonitoredRoom(server, worker, name);
  onTestFinished(() => room.close());
  const [alice, bob, carol] = await Promise.all([
    room.enter('alice'),
    room.enter('bob'),
    room.enter('carol', []),
  ]);
  await room.dispatchText('');
  await room.until({ state: 'following', conversation: { items: 3 } });
  const say = (who: SyntheticParticipant, text: string): Promise<void> =>
    who.sendData('transcription', new TextEncoder().encode(text));
  return { room, alice, bob, carol, say };
}

it.concurrent(
  '[CNV-50] tells a listener of a conversation, in order, with its turns',
  async ({ onTestFinished }) => {
    const { room, alice, bob, carol, say } = await openConversation({ onTestFinished });
    await alice.speak(2_000);
    await say(alice, JSON.stringify({ text: 'good morning' }));
    await bob.speak(1_500);
    await say(bob, 'good morning to you');
    await alice.sendText('lk.transcription', 'how are you');
    await room.until({ conversation: { turns: 2, items: 8 } });
    await vi.waitFor(() => {
      expect(toldItems(carol)).toHaveLength(8);
    }, withinDeadline);
    const items = toldItems(carol);
    expect(items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const told = items.filter(({ type }) => type === 'transcription');
    expect(told.map(({ participant, content }) => `${participant}: ${content}`)).toEqual([
      'alice: good morning',
      'bob: good morning to you',
      'alice: how are you',
    ]);
    const turns = items.filter(({ type }) => type === 'turn');
    expect(turns.map(({ participant }) => participant).sort()).toEqual(['alice', 'bob']);
    for (const { participant, metadata } of turns) {
      const spokenMs = participant === 'alice' ? 2_000 : 1_500;
      // Where the machine is busy audio comes late, and a window more or less is loud.
      expect(metadata['durationMs']).toBeGreaterThanOrEqual(spokenMs - 400);
      expect(metadata['durationMs']).toBeLessThanOrEqual(spokenMs + 600);
    }
  },
  60_000,
);

it('[CNV-51] loses nothing where its own connection is made anew, and nobody seems to leave', async ({
  onTestFinished,
}) => {
  const { room, alice, carol, say } = await openConversation({ onTestFinished });
  const heard = () => toldItems(carol).filter(({ type }) => type === 'transcription');
  for (let word = 1; word <= 5; word += 1) await say(alice, `word ${word}`);
  await room.until({ conversation: { items: 8 } });
  await ownRoom().simulateScenario(SimulateScenarioKind.SIMULATE_FULL_RECONNECT);
  await vi.waitFor(async () => {
    await say(alice, 'back');
    expect(heard().some(({ content }) => content === 'back')).toBe(true);
  }, withinDeadline);
  const places = [...new Set(toldItems(carol).map(({ seq }) => seq))].sort((a, b) => a - b);
  expect(places).toEqual(places.map((_, index) => index + 1));
  expect(new Set(heard().map(({ content }) => content))).toEqual(
    new Set(['word 1', 'word 2', 'word 3', 'word 4', 'word 5', 'back']),
  );
  const events = toldItems(carol).filter(({ type }) => type === 'event');
  expect(new Set(events.map(({ content }) => content))).toEqual(new Set(['present']));
}, 60_000);
