import { z } from 'zod';

/** What an agent of a test needs beside its name, machine and view: a room, and nothing to set. */
export const plainAgent = {
  jobType: 'room',
  metadata: z.object({}),
  settings: z.object({}),
  permissions: () => ({
    canSubscribe: true,
    canPublish: false,
    canPublishData: true,
    canUpdateMetadata: false,
    hidden: true,
  }),
} as const;
