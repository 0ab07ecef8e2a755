/** Every check there is, in the order of the report. */
export const checkTitles = {
  configuration: 'configuration',
  node: 'Node.js',
  rtc: 'media stack',
  server: 'LiveKit server',
  clock: 'clock',
  keys: 'API key',
  registration: 'worker registration',
  dispatch: 'round trip of a dispatch',
  rooms: 'rooms without their agent',
  recording: 'recordings',
  webhooks: 'webhooks',
  analysis: 'analysis of conversations',
  port: 'port for health',
  inspect: 'inspection',
  descriptors: 'open files',
  event_log: 'event logs',
  memory: 'memory',
} as const;

export type CheckId = keyof typeof checkTitles;

export const checkIds = Object.keys(checkTitles).filter(isCheckId);

function isCheckId(id: string): id is CheckId {
  return Object.hasOwn(checkTitles, id);
}

export type CheckStatus = 'ok' | 'warning' | 'failed' | 'skipped';

/** What a check has found. Whatever is not ok says what to do, unless another check says it. */
export type Finding = {
  readonly status: CheckStatus;
  readonly found: string;
  /** One line for each single thing that was found. */
  readonly details?: readonly string[];
  readonly remedy?: string;
};

export type Check = {
  readonly id: CheckId;
  /** Checks without whose success this one can find nothing. */
  readonly needs?: readonly CheckId[];
  readonly timeoutMs: number;
  /** What to do where it takes longer than that, and does not know why. */
  readonly timeoutRemedy: string;
  /** The signal aborts when time is over; what is found shortly after that still counts. */
  readonly run: (signal: AbortSignal) => Promise<Finding>;
};

export type CheckResult = {
  readonly id: CheckId;
  readonly title: string;
  readonly status: CheckStatus;
  readonly found: string;
  readonly details: readonly string[];
  /** What to do; null where there is nothing to do. */
  readonly remedy: string | null;
  readonly durationMs: number;
};

export const ok = (found: string): Finding => ({ status: 'ok', found });

export const warning = (found: string, remedy: string): Finding => ({
  status: 'warning',
  found,
  remedy,
});

export const failed = (found: string, remedy: string): Finding => ({
  status: 'failed',
  found,
  remedy,
});

export const skipped = (found: string, remedy: string): Finding => ({
  status: 'skipped',
  found,
  remedy,
});

/** Where the check of that title must come right first. */
export const notTried = (title: string): Finding => ({
  status: 'skipped',
  found: `not tried: see "${title}"`,
});
