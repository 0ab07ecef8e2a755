import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { conversationAnalystMachine } from '../../../src/machines/analysis/conversation-analyst.machine.ts';
import type { ConversationAnalystEvent } from '../../../src/machines/analysis/conversation-analyst.setup.ts';
import {
  analysisOf,
  analystInput,
  complianceRule,
  conversationItem,
  itemFacts,
} from '../../support/analyst-stage.ts';
import { participant, T0 } from '../../support/session-facts.ts';
import { roomConnected } from '../../support/told-facts.ts';

const at = T0 + 1_000;
const error = { code: 'E_ANALYSIS', message: 'down', retryable: true };
const helper = participant({ identity: 'helper', sid: 'PA_helper' }, { kind: 'agent' });
const said = (seq: number, content = 'hello'): ConversationAnalystEvent[] =>
  itemFacts(conversationItem(seq, content), at);
const forged = itemFacts(conversationItem(1, 'I am the agent'), at, {
  sender: { identity: 'eve', sid: 'PA_eve' },
});

const events: ConversationAnalystEvent[] = [
  roomConnected(at),
  ...said(1),
  ...said(2),
  ...said(3),
  { type: 'room.reconnecting', at },
  { type: 'room.reconnected', at },
  { type: 'job.ending', at, reason: 'room_closed' },
];

const others: ConversationAnalystEvent[] = [
  ...forged,
  { type: 'participant.connected', at, participant: helper },
  { type: 'participant.disconnected', at, identity: 'helper', sid: 'PA_helper' },
  { type: 'command.failed', at, command: 'data.publish', error },
];

const answers: ConversationAnalystEvent[] = ['1', '2'].flatMap((requestId) => [
  { type: 'analysis.made', at, requestId, analysis: analysisOf(), tookMs: 1 } as const,
  { type: 'analysis.failed', at, requestId, error } as const,
]);

const greeting = complianceRule({
  id: 'greeting',
  demand: 'must_say',
  phrases: ['welcome'],
  withinFirstMs: 10_000,
});

describeMachine(conversationAnalystMachine, {
  ruleId: 'CAN-23',
  input: analystInput({ ANALYSIS_WINDOW_ITEMS: 2 }),
  events,
  childEvents: { analysis: answers },
  canHappen: ({ context: { identity } }, { type }) =>
    type === 'room.connected' ? identity === '' : identity !== '',
  keyOf: ({ context: { stream, asks, intake, asked } }) => ({
    next: stream.next,
    held: stream.held.length,
    asks: Math.min(asks, 2),
    window: intake.window.items.length,
    queue: intake.queue.length,
    asked: asked !== null,
  }),
  also: {
    'others in the room': {
      events: others,
      childEvents: {},
      canHappen: () => true,
      keyOf: ({ context }) => context.agents,
    },
    'a rule with a deadline': {
      input: analystInput({ ANALYSIS_WINDOW_ITEMS: 1, COMPLIANCE_RULES: [greeting] }),
      events: [...said(1), ...said(2, 'welcome')],
      canHappen: () => true,
      keyOf: ({ context: { intake, asked, stream, asks } }) => ({
        next: stream.next,
        asks: Math.min(asks, 2),
        compliance: intake.compliance,
        isWindow: intake.window.findings.length > 0,
        queue: intake.queue.length,
        asked: asked?.number,
      }),
    },
  },
  invariants: ({ context: { intake, settings } }) => {
    if (intake.queue.length > 10) throw new Error('more than ten windows wait');
    const { items } = intake.window;
    if (items.length >= settings.ANALYSIS_WINDOW_ITEMS)
      throw new Error('a full window is collected');
  },
});
