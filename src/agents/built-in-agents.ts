import { conversationAnalyst } from './conversation-analyst.agent.ts';
import { conversationMonitor } from './conversation-monitor.agent.ts';
import type { AgentDefinition } from './define-agent.ts';
import { participantMonitor } from './participant-monitor.agent.ts';
import { roomAnalytics } from './room-analytics.agent.ts';

/** The agents that come with greenroom, known by their names. */
export const builtInAgents: readonly AgentDefinition[] = [
  participantMonitor,
  roomAnalytics,
  conversationMonitor,
  conversationAnalyst,
];
