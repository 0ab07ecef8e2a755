import { z } from 'zod';
import {
  conversationMonitorMachine,
  conversationView,
} from '../machines/conversation/conversation-monitor.machine.ts';
import { audioTrackMachine } from '../machines/session/audio-track.machine.ts';
import { defineAgent } from './define-agent.ts';
import { hiddenObserver } from './hidden-observer.ts';
import { duration, flag, wholeNumber } from './setting-types.ts';
import { speakingThreshold } from './speaking-threshold.ts';

const topic = z.string().min(1, 'a topic, not empty').max(128, 'at most 128 characters');

/** The metadata of a conversation-monitor job. Unknown keys are mistakes. */
export const conversationMonitorMetadata = z.strictObject({
  /** On which topics data messages belong to the conversation. */
  topics: z
    .strictObject({
      transcription: topic.default('transcription'),
      agent_response: topic.default('agent_response'),
    })
    .prefault({}),
});

/** The settings of conversation-monitor, by their environment names. */
export const conversationMonitorSettings = z.object({
  CONVERSATION_BUFFER_ITEMS: wholeNumber({
    description: 'How many items of a conversation are kept for those who come late.',
    default: '1000',
    atLeast: 1,
    atMost: 10_000,
  }),
  CONVERSATION_BUFFER_AGE: duration({
    description: 'For how long an item of a conversation is kept for those who come late.',
    default: '15m',
    atLeast: '1s',
  }),
  CONVERSATION_WEBHOOK: flag({
    description: 'Whether each item of a conversation goes to WEBHOOK_URLS too.',
    default: 'false',
  }),
  SPEAKING_THRESHOLD: speakingThreshold,
});

/** Follows the conversation of a room: what is said and done, as items, and who talks how. */
export const conversationMonitor = defineAgent({
  name: 'conversation-monitor',
  jobType: 'room',
  metadata: conversationMonitorMetadata,
  settings: conversationMonitorSettings,
  permissions: () => hiddenObserver,
  machine: ({ levels }) =>
    conversationMonitorMachine.provide({
      actors: { voice: audioTrackMachine.provide({ actors: { levels } }) },
    }),
  view: conversationView,
});
