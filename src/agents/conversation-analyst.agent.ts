import { z } from 'zod';
import {
  analystView,
  conversationAnalystMachine,
} from '../machines/analysis/conversation-analyst.machine.ts';
import { LAST_WINDOWS_MS } from '../machines/analysis/conversation-analyst.setup.ts';
import { complianceRules } from './compliance-rules.ts';
import { defineAgent } from './define-agent.ts';
import { hiddenObserver } from './hidden-observer.ts';
import { duration, file, wholeNumber } from './setting-types.ts';

/** The settings of conversation-analyst, by their environment names. */
export const conversationAnalystSettings = z.object({
  ANALYSIS_WINDOW: duration({
    description: 'How long a conversation goes on before what was said is analysed.',
    default: '30s',
    atLeast: '1s',
  }),
  ANALYSIS_WINDOW_ITEMS: wholeNumber({
    description: 'After how many things said it is analysed at once.',
    default: '20',
    atLeast: 1,
    atMost: 100,
  }),
  COMPLIANCE_RULES: file({
    description: 'A YAML or JSON file of what must and must not be said in a conversation.',
    example: 'rules.yaml',
    schema: complianceRules,
    absent: [],
  }),
});

/** Reads the conversation that a conversation-monitor of the same room tells of. */
export const conversationAnalyst = defineAgent({
  name: 'conversation-analyst',
  jobType: 'room',
  metadata: z.strictObject({}),
  settings: conversationAnalystSettings,
  permissions: () => hiddenObserver,
  // The job gives up on the summary a little later than the machine on the last windows.
  summaryTimeoutMs: LAST_WINDOWS_MS + 1_000,
  machine: ({ analysis }) => conversationAnalystMachine.provide({ actors: { analysis } }),
  view: analystView,
});
