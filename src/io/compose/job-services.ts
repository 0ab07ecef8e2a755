import type { JobServices } from '../../actors/ports.ts';
import { createRoomService } from '../livekit/room-service.ts';
import { createRosterClient, type RosterClientOptions } from '../livekit/roster-client.ts';
import { bareServices } from './bare-services.ts';

/** What the jobs of a worker at a LiveKit server ask of the world. */
export const createJobServices = (
  server: RosterClientOptions,
  configured: Partial<JobServices> = {},
): JobServices => ({
  ...bareServices,
  roster: createRosterClient(server),
  roomService: createRoomService(server),
  ...configured,
});
