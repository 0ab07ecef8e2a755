import { AccessToken } from 'livekit-server-sdk';
import type { AgentPermissions } from '../../agents/define-agent.ts';
import type { ServerKeys } from './find-server.ts';

type AgentTokenOptions = ServerKeys & {
  readonly room: string;
  readonly identity: string;
  readonly name: string;
  readonly permissions: AgentPermissions;
};

/** For joining; a connection that lives gets new ones from the server. */
const TOKEN_TTL = '10m';

/** A token with which an agent joins a room that no job was assigned for. */
export function mintAgentToken(options: AgentTokenOptions): Promise<string> {
  const { apiKey, apiSecret, room, identity, name, permissions } = options;
  const { canUpdateMetadata, ...grants } = permissions;
  const token = new AccessToken(apiKey, apiSecret, { identity, name, ttl: TOKEN_TTL });
  token.kind = 'agent';
  token.addGrant({
    ...grants,
    roomJoin: true,
    room,
    agent: true,
    canUpdateOwnMetadata: canUpdateMetadata,
  });
  return token.toJwt();
}
