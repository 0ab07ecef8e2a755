import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, it, vi } from 'vitest';
import { conversationAnalyst } from '../../src/agents/conversation-analyst.agent.ts';
import { conversationInsights } from '../../src/agents/conversation-insights.ts';
import { conversationMonitor } from '../../src/agents/conversation-monitor.agent.ts';
import type { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import { disposeRtc } from '../../src/io/livekit/load-rtc.ts';
import { startLiveWorker } from '../support/live-worker.ts';
import { bodies, MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';

const server = inject('livekit');
afterAll(disposeRtc);

const rules = '- id: guarantee\n  severity: critical\n  must_not_say: [we guarantee]\n';

it('[CAN-26] reads what another worker tells of its room, from the beginning, though it came late', async ({
  onTestFinished,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-rules-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const COMPLIANCE_RULES = join(folder, 'rules.yaml');
  await writeFile(COMPLIANCE_RULES, rules);
  const [monitorName, analystName] = [`monitor-${randomUUID()}`, `analyst-${randomUUID()}`];
  const monitors = await startLiveWorker(server, [{ ...conversationMonitor, name: monitorName }]);
  onTestFinished(() => monitors.remove());
  onTestFinished(() => monitors.close());
  const analysts = await startLiveWorker(server, [{ ...conversationAnalyst, name: analystName }], {
    COMPLIANCE_RULES,
    ANALYSIS_WINDOW_ITEMS: '2',
  });
  onTestFinished(() => analysts.remove());
  onTestFinished(() => analysts.close());
  const room = new MonitoredRoom(server, monitors, monitorName);
  onTestFinished(() => room.close());
  const reading = new MonitoredRoom(server, analysts, analystName, room.name);
  onTestFinished(() => reading.close());

  const say = (who: SyntheticParticipant, text: string): Promise<void> =>
    who.sendData('transcription', new TextEncoder().encode(text));
  const [alice, bob] = await Promise.all([room.enter('alice', []), room.enter('bob', [])]);
  await room.dispatchText('');
  await room.until({ state: 'following', conversation: { items: 2 } });
  await say(alice, 'I hate this, it is a terrible service.');
  await room.until({ conversation: { items: 3 } });

  await reading.dispatchText('');
  // It asks at its join for what it has missed.
  await reading.until({ state: 'following', items: { items: 3, missing: 0 }, collected: 1 });
  await say(bob, 'Sorry! We guarantee that you love the next one.');
  await reading.until({ windows: { analysed: 1 }, items: { items: 4, missing: 0 } });
  await vi.waitFor(() => {
    const [insights] = bodies(alice.messages, 'conversation_insights').map((body) =>
      conversationInsights.parse(body),
    );
    expect(insights).toMatchObject({
      outcome: 'analysed',
      engine: 'lexicon',
      window: { items: 2, from_seq: 3, to_seq: 4 },
      compliance: [{ rule: 'guarantee', participant: 'bob', seq: 4, quote: 'We guarantee' }],
    });
    expect(insights?.sentiment?.participants['alice']).toBeLessThan(0);
  }, withinDeadline);

  // Nobody but an agent may tell of a conversation.
  await bob.sendData('conversation_analysis', new TextEncoder().encode('{"version":1}'));
  await reading.until({ refused: { forged: 1, malformed: 0 } });

  await say(alice, 'Thank you, goodbye.');
  await reading.until({ items: { items: 5 }, collected: 1 });
  await reading.rooms.deleteRoom(room.name);
  // As it was when it brought its summary.
  await reading.until({
    state: 'ended',
    endReason: 'room_deleted',
    items: { missing: 0 },
    windows: { analysed: 2, failed: 0, unfinished: 0 },
    engines: [{ name: 'lexicon', count: 2 }],
  });
}, 60_000);
