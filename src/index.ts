/**
 * The public API: how to declare an agent and run a worker.
 *
 * Everything here is stable between minor versions; what is not exported here is not.
 */
export { defineAgent } from './agents/define-agent.ts';
export type {
  AgentDefinition,
  AgentPermissions,
  AgentPorts,
  AgentView,
  ServedBy,
} from './agents/define-agent.ts';
export {
  byteSize,
  choice,
  duration,
  file,
  flag,
  fraction,
  text,
  wholeNumber,
} from './agents/setting-types.ts';
export type { Setting, SettingsSchema } from './agents/setting-types.ts';
export {
  participantMonitor,
  participantMonitorMetadata,
  participantMonitorSettings,
} from './agents/participant-monitor.agent.ts';
export {
  roomAnalytics,
  roomAnalyticsMetadata,
  roomAnalyticsSettings,
} from './agents/room-analytics.agent.ts';
export {
  conversationMonitor,
  conversationMonitorMetadata,
  conversationMonitorSettings,
} from './agents/conversation-monitor.agent.ts';
export {
  conversationAnalyst,
  conversationAnalystSettings,
} from './agents/conversation-analyst.agent.ts';
export { conversationInsights } from './agents/conversation-insights.ts';
export type { AnalysisCommand, AnalysisFact } from './machines/analysis/analysis.events.ts';
export type { ConversationInsights } from './machines/analysis/insights.logic.ts';
export type {
  ConversationFigures,
  ConversationSummary,
} from './machines/conversation/conversation-figures.ts';
export type { RoomFigures, RoomSummary } from './machines/room/room-figures.ts';
export { notProvided, port } from './machines/slots.ts';
export type { PortLogic, PortScope } from './machines/slots.ts';
export { request } from './actors/request.actor.ts';
export type { RequestCommand, RequestFact } from './actors/request.actor.ts';
export type * from './machines/events.ts';
export type { AgentInput, JobInfo } from './machines/job/job.events.ts';
export type { SessionSummary } from './machines/session/session.events.ts';
export type { SessionsView, SessionView } from './io/http/sessions-view.ts';
export { defineConfig } from './io/rules/define-config.ts';
export type * from './io/rules/define-config.ts';
export { runWorker } from './io/run-agents.ts';
export type { RunWorkerSettings } from './io/run-agents.ts';
export type { LogStep } from './io/replay/log-step.ts';
export { GreenroomError } from './io/errors.ts';
