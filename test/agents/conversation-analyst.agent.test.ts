import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { conversationAnalyst } from '../../src/agents/conversation-analyst.agent.ts';
import { conversationInsights } from '../../src/agents/conversation-insights.ts';
import { SIMULATED_START } from '../../src/io/virtual-clock.ts';
import { toMessages } from '../../src/machines/conversation/item-message.logic.ts';
import { greenroomMatchers, runAgent, startAgent } from '../../src/testing.ts';
import { conversationItem } from '../support/analyst-stage.ts';
import { stubAnalyst } from '../support/stub-analyst.ts';

expect.extend(greenroomMatchers);

const rules = `
- id: recorded
  severity: critical
  who: house
  must_say: [this call is recorded]
  within_first: 10s
- id: guarantee
  must_not_say: [guarantee, money back]
`;

function rulesFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'rules.yaml');
  writeFileSync(path, text);
  return path;
}

/** Steps of a script in which a monitor that everybody can see tells what is said. */
const scriptOf = (...said: readonly (readonly [seconds: number, who: string, content: string])[]) =>
  said
    .flatMap(([seconds, participant, content], index) =>
      toMessages(
        conversationItem(index + 1, content, {
          participant,
          at: SIMULATED_START + seconds * 1_000,
        }),
        { agent: 'conversation-monitor', jobId: 'AJ_monitor' },
      ).map(
        (payload) =>
          `0:${String(seconds).padStart(2, '0')} monitor sends data on topic conversation_analysis: ${JSON.stringify(payload)}`,
      ),
    )
    .join('\n');

const people = '0:00 monitor joins as agent with nothing\n0:00 alice joins\n0:00 eve joins\n';

describe('conversation-analyst', () => {
  it('[CAN-24] reads a conversation to its end, with what was against the rules, and replays', async () => {
    const run = await runAgent(stubAnalyst, {
      settings: { COMPLIANCE_RULES: rulesFile(rules), ANALYSIS_WINDOW: '20s' },
      script:
        people +
        scriptOf(
          [1, 'alice', 'I hate waiting'],
          [3, 'house', 'You get your money back, we guarantee it'],
          [30, 'alice', 'I love that'],
          [32, 'alice', 'love it'],
        ) +
        '\n0:35 room closed',
    });
    expect(run.end?.reason).toBe('room_closed');
    const insights = run
      .clientOf('alice')
      .messages.filter(({ topic }) => topic === 'conversation_insights');
    expect(insights.map(({ payload }) => conversationInsights.parse(payload))).toMatchObject([
      {
        outcome: 'analysed',
        window: { from_seq: 1, to_seq: 2, from: '2026-01-01T00:00:01.000Z' },
        sentiment: { overall: -0.5, participants: { alice: -1, house: 0 } },
        compliance: [
          { rule: 'guarantee', finding: 'said', participant: 'house', seq: 2, quote: 'guarantee' },
          { rule: 'recorded', finding: 'not_said', at: '2026-01-01T00:00:11.000Z' },
        ],
      },
    ]);
    expect(run).toHaveOpenedAlert('compliance:guarantee');
    expect(run).toHaveOpenedAlert('compliance:recorded');
    expect(run.summary).toMatchObject({
      kind: 'conversation_analysis',
      items: { items: 4, missing: 0 },
      windows: { analysed: 2, unfinished: 0 },
      sentiment: { overall: 0.25, participants: { alice: 0.333, house: 0 } },
      topics: [{ name: 'feelings', count: 2 }],
      compliance: {
        counts: [
          { name: 'guarantee', count: 1 },
          { name: 'recorded', count: 1 },
        ],
      },
    });
    expect(run.problems).toEqual([]);
    await expect(run).toReplay();
  });

  it('[CAN-24] follows nobody who only pretends to be a monitor', async () => {
    const forged = scriptOf([1, 'alice', 'I guarantee it']).replace('monitor sends', 'eve sends');
    const run = await runAgent(stubAnalyst, {
      settings: { COMPLIANCE_RULES: rulesFile(rules) },
      script: `${people}${forged}\n0:05 room closed`,
    });
    expect(run.alerts.map(({ key }) => key)).toEqual(['forged_items']);
    expect(run.summary).toMatchObject({ items: { items: 0 }, refused: { forged: 1 } });
    await expect(run).toReplay();
  });

  it('[CAN-24] shows how things stand', async () => {
    const run = startAgent(conversationAnalyst);
    onTestFinished(() => run.close());
    await run.pass('1s');
    expect(run.view).toMatchObject({ state: 'waiting', engine: 'idle', collected: 0 });
  });

  it('[CAN-25] refuses rules that are none, by file, line and place', () => {
    const path = rulesFile('- id: a b\n  must_say: []\n- id: x\n- id: x\n  must_say: ["?"]\n');
    const COMPLIANCE_RULES = path;
    expect(() => startAgent(conversationAnalyst, { settings: { COMPLIANCE_RULES } })).toThrow(
      [
        `COMPLIANCE_RULES: ${path}:1: 0.id: expected letters, digits, "_" and "-", at most 64`,
        `COMPLIANCE_RULES: ${path}:2: 0.must_say: expected at least one phrase`,
        `COMPLIANCE_RULES: ${path}:3: 1: expected either must_say or must_not_say`,
        `COMPLIANCE_RULES: ${path}:5: 2.must_say.0: expected a text with letters or digits`,
      ].join('\n  '),
    );
  });

  it.each([
    [
      '- {id: x, must_say: [a], within_first: 30}',
      '0.within_first: expected a duration such as 30s',
    ],
    ['- {id: x, must_not_say: [a], within_first: 30s}', '0.within_first: expected no such key'],
    ['- {id: x, must_say: [a], must_not_say: [b]}', '0: expected either must_say or must_not_say'],
    [
      '- {id: x, must_say: [a], severity: bad}',
      '0.severity: expected one of info, warning, critical',
    ],
    ['- {id: x, must_say: a}', '0.must_say: expected a list of phrases'],
    ['- {id: x, must_say: [a]}\n- {id: x, must_say: [b]}', '1.id: expected an id of its own'],
    ['- {id: x, must_say: [a], sevrity: info}', '0.sevrity: expected no such key'],
    ['rules: none', 'expected a list of rules'],
    ['', 'expected a list of rules'],
  ])('[CAN-25] refuses the rules %j', (text, expected) => {
    const COMPLIANCE_RULES = rulesFile(text);
    expect(() => startAgent(conversationAnalyst, { settings: { COMPLIANCE_RULES } })).toThrow(
      expected,
    );
  });

  it('[ENG-44] reads by the embedded lexicon in virtual time, which waits for it', async () => {
    const run = await runAgent(conversationAnalyst, {
      settings: { ANALYSIS_WINDOW: '20s' },
      script:
        people +
        scriptOf([1, 'alice', 'I hate this terrible service, cancel my subscription!']) +
        '\n0:40 room closed',
    });
    const insights = run
      .clientOf('alice')
      .messages.filter(({ topic }) => topic === 'conversation_insights')
      .map(({ atMs, payload }) => ({ atMs, ...conversationInsights.parse(payload) }));
    expect(insights).toMatchObject([{ engine: 'lexicon', topics: ['service', 'subscription'] }]);
    // The window closes 20 s after what opened it; the engine took none of that time.
    expect(insights[0]?.atMs).toBeLessThan(21_100);
    await expect(run).toReplay();
  });
});
