import { createActor, type Actor, type EventObject } from 'xstate';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type {
  Analysis,
  AnalysisCommand,
  AnalysisFact,
} from '../../src/machines/analysis/analysis.events.ts';
import type {
  AnalystSettings,
  ConversationAnalystInput,
} from '../../src/machines/analysis/analyst.context.ts';
import type { ComplianceRule } from '../../src/machines/analysis/compliance-rule.ts';
import { conversationAnalystMachine } from '../../src/machines/analysis/conversation-analyst.machine.ts';
import type { ConversationAnalystEvent } from '../../src/machines/analysis/conversation-analyst.setup.ts';
import {
  ANALYSIS_TOPIC,
  INSIGHTS_TOPIC,
  type ConversationItem,
} from '../../src/machines/conversation/conversation-item.ts';
import { toMessages } from '../../src/machines/conversation/item-message.logic.ts';
import type {
  AgentCommand,
  AgentReport,
  ParticipantRef,
  SealState,
} from '../../src/machines/events.ts';
import { job } from './monitor-facts.ts';
import { PortSlot } from './port-slot.ts';
import { participant, T0 } from './session-facts.ts';
import { startUnderParent } from './start-under-parent.ts';
import { roomConnected } from './told-facts.ts';

export const complianceRule = (rule: Partial<ComplianceRule>): ComplianceRule => ({
  id: 'rule',
  severity: 'warning',
  who: 'anybody',
  demand: 'must_not_say',
  phrases: ['guarantee'],
  withinFirstMs: null,
  ...rule,
});

export const conversationItem = (
  seq: number,
  content: string,
  more: Partial<ConversationItem> = {},
): ConversationItem => ({
  seq,
  participant: 'alice',
  content,
  at: T0 + seq * 1_000,
  type: 'transcription',
  metadata: {},
  ...more,
});

export const analysisOf = (more: Partial<Analysis> = {}): Analysis => ({
  engine: 'stub',
  fallback: '',
  sentiment: { overall: 0.5, participants: {} },
  topics: [],
  intents: [],
  summary: '',
  notes: [],
  ...more,
});

export const analystInput = (
  settings: Partial<AnalystSettings> = {},
): ConversationAnalystInput => ({
  job: { ...job, agent: 'conversation-analyst', jobType: 'room' },
  metadata: {},
  settings: {
    ANALYSIS_WINDOW: 30_000,
    ANALYSIS_WINDOW_ITEMS: 20,
    COMPLIANCE_RULES: [],
    ...settings,
  },
  startedAt: T0,
});

type Publish = Extract<AgentCommand, { type: 'data.publish' }>;
type Condition = Extract<AgentReport, { type: 'condition.met' | 'condition.gone' }>;

const isPublish = (said: EventObject): said is Publish => said.type === 'data.publish';
const isCondition = (said: EventObject): said is Condition => said.type.startsWith('condition.');
const isSummary = (said: EventObject): said is Extract<AgentReport, { type: 'summary.made' }> =>
  said.type === 'summary.made';

type ItemSource = {
  readonly sender?: ParticipantRef | null;
  readonly seal?: SealState | null;
  readonly jobId?: string;
};

/** The data messages that bring an item, as a room tells of them; from a hidden monitor unless told otherwise. */
export const itemFacts = (
  item: ConversationItem,
  at: number,
  { sender = null, seal = 'valid', jobId = 'AJ_mon' }: ItemSource = {},
): Extract<ConversationAnalystEvent, { type: 'data.received' }>[] =>
  toMessages(item, { agent: 'conversation-monitor', jobId }).map((payload) => {
    const text = JSON.stringify(payload);
    return {
      type: 'data.received',
      at,
      sender,
      topic: ANALYSIS_TOPIC,
      sizeBytes: Buffer.byteLength(text),
      text,
      truncated: false,
      ...(seal && { seal }),
    };
  });

/** An analyst in a room, with the engine played by the test, on the virtual clock. */
export class AnalystStage {
  readonly clock = new VirtualClock(T0);
  readonly engine = new PortSlot<Record<string, never>, AnalysisCommand, AnalysisFact>();
  readonly actor: Actor<typeof conversationAnalystMachine>;
  readonly reports: EventObject[];

  constructor(settings: Partial<AnalystSettings> = {}) {
    const machine = conversationAnalystMachine.provide({ actors: { analysis: this.engine.logic } });
    const input = analystInput(settings);
    const started = startUnderParent(this.clock, (under) =>
      createActor(machine, { input, ...under }),
    );
    this.actor = started.actor;
    this.reports = started.reports;
    const helper = participant({ identity: 'helper', sid: 'PA_helper' }, { kind: 'agent' });
    this.say(roomConnected(T0, [helper]));
  }

  get now(): number {
    return this.clock.now();
  }

  get value() {
    return this.actor.getSnapshot().value;
  }

  get context() {
    return this.actor.getSnapshot().context;
  }

  say(...events: ConversationAnalystEvent[]): void {
    for (const event of events) this.actor.send(event);
  }

  pass(durationMs: number): void {
    this.clock.advanceBy(durationMs);
  }

  /** The monitor tells of these. */
  hear(...items: ConversationItem[]): void {
    for (const item of items) this.say(...itemFacts(item, this.now));
  }

  answer(analysis: Analysis): void {
    const requestId = this.requests.at(-1)?.requestId ?? '';
    this.engine.say({ type: 'analysis.made', at: this.now, requestId, analysis, tookMs: 1 });
  }

  fail(message = 'down'): void {
    const requestId = this.requests.at(-1)?.requestId ?? '';
    const error = { code: 'E_ANALYSIS', message, retryable: true };
    this.engine.say({ type: 'analysis.failed', at: this.now, requestId, error });
  }

  end(): void {
    this.say({ type: 'job.ending', at: this.now, reason: 'room_closed' });
  }

  get requests(): readonly AnalysisCommand[] {
    return this.engine.commands;
  }

  published(topic: string = INSIGHTS_TOPIC): Publish[] {
    return this.reports.filter(isPublish).filter((message) => message.topic === topic);
  }

  /** `met` or `gone` with the key, in order. */
  get conditions(): string[] {
    return this.reports.filter(isCondition).map(({ type, key }) => `${type.slice(10)} ${key}`);
  }

  get summary() {
    return this.reports.find(isSummary)?.summary;
  }
}
