import type { EventLogsOptions } from '../event-log/event-logs.ts';
import type { WorkerSettings } from '../settings.ts';

/** Where the event logs of this process go, and how much of them stays. */
export const eventLogOptionsOf = (
  settings: Pick<
    WorkerSettings,
    | 'EVENT_LOG_DIR'
    | 'EVENT_LOG_MAX_BYTES'
    | 'EVENT_LOG_MAX_AGE'
    | 'EVENT_LOG_PSEUDONYMS'
    | 'EVENT_LOG_COMPRESSION'
  >,
): Pick<
  EventLogsOptions,
  'directory' | 'maxBytes' | 'maxAgeMs' | 'isPseudonymous' | 'isPacking'
> => ({
  directory: settings.EVENT_LOG_DIR,
  maxBytes: settings.EVENT_LOG_MAX_BYTES,
  maxAgeMs: settings.EVENT_LOG_MAX_AGE,
  isPseudonymous: settings.EVENT_LOG_PSEUDONYMS,
  isPacking: settings.EVENT_LOG_COMPRESSION,
});
