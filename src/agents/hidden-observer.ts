import type { AgentPermissions } from './define-agent.ts';

/** What the agents of whole rooms may do: nobody sees them, and all they say is data. */
export const hiddenObserver: AgentPermissions = {
  canSubscribe: true,
  canPublish: false,
  canPublishData: true,
  canUpdateMetadata: false,
  hidden: true,
};
