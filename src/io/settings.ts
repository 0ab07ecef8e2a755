import { z } from 'zod';
import {
  byteSize,
  choice,
  defaulted,
  duration,
  flag,
  optional,
  settingInfo,
  text,
  wholeNumber,
} from '../agents/setting-types.ts';
import { readWebhookUrls } from './webhooks/webhook-url.ts';

/** Where the LiveKit server is, and the key to it. */
export const connectionSettings = z.object({
  LIVEKIT_URL: defaulted(
    { description: 'Where the LiveKit server is.', default: 'ws://localhost:7880' },
    {
      expected: 'an address that starts with ws://, wss://, http:// or https://',
      example: 'wss://livekit.example.com',
      read: readServerUrl,
    },
  ),
  LIVEKIT_API_KEY: text({
    description: 'An API key of the server.',
    example: 'devkey',
    isRequired: true,
  }),
  LIVEKIT_API_SECRET: text({
    description: 'The secret of the API key.',
    example: 'secret-of-at-least-32-characters',
    isRequired: true,
    isSecret: true,
  }),
});

/** What is shared by a process that is inspected and by who looks at it. */
export const inspectionSettings = z.object({
  INSPECT_TOKEN: text({
    description:
      'The token that every viewer of the inspection must bring; required where others than this machine can reach it.',
    example: 'a-long-random-text',
    isSecret: true,
  }),
});

/** Whether and how a process can be inspected. */
export const relaySettings = inspectionSettings.extend({
  INSPECT: defaulted(
    {
      description:
        'Where the page for inspection is served, as `host:port` or `port` (0 takes a free one); `stately` opens ' +
        "Stately's inspector too, at an address after a comma, else at `127.0.0.1:7788`.",
      default: 'off',
    },
    {
      expected: 'off, host:port, a port, or stately, also with one of these (stately,9000)',
      example: '127.0.0.1:7788',
      read: readInspect,
    },
  ),
  INSPECT_FILTER: text({
    description:
      "What Stately's inspector is shown: `room=`, `identity=`, `agent=` or `job=` with a value, several with commas between them (`\\,` for one within a value).",
    example: 'room=support-42',
  }),
  INSPECT_PSEUDONYMS: flag({
    description:
      'Whether the inspection names people, rooms and what was written by words of their own.',
    default: 'false',
  }),
});

/** Who reads conversations; an agent that analyses none does not mind. */
export const analysisSettings = z.object({
  ANALYSIS_BASE_URL: optional(
    {
      description:
        'An OpenAI-compatible endpoint that reads conversations, with its version; without one the embedded lexicon does.',
    },
    {
      expected: 'an address that starts with https:// or http://, without a key in it',
      example: 'https://api.openai.com/v1',
      read: readBaseUrl,
    },
  ),
  ANALYSIS_API_KEY: text({
    description: 'The key of that endpoint, where it wants one.',
    example: 'sk-a-long-random-text',
    isSecret: true,
  }),
  ANALYSIS_MODEL: text({
    description: 'The model that is asked there.',
    example: 'gpt-4o-mini',
  }),
  ANALYSIS_TIMEOUT: duration({
    description: 'How long an analysis may take there, before the embedded lexicon answers.',
    default: '20s',
    atLeast: '1s',
  }),
});

/** Where event logs are. */
export const eventLogSettings = z.object({
  EVENT_LOG_DIR: text({
    description: 'The folder of the event logs.',
    default: 'greenroom-logs',
  }),
});

/** The settings of the worker, whatever its agents. */
export const workerSettings = connectionSettings.extend({
  LIVEKIT_AGENT_NAME: text({
    description:
      'Another name for the agent, where the worker has only one; empty for automatic dispatch.',
    example: 'my-monitor',
    mayBeEmpty: true,
  }),
  LOG_LEVEL: choice({
    description: 'The least severe log lines that are written.',
    of: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    default: 'info',
  }),
  LOG_PII: flag({
    description: 'Whether log lines name people: identities, room names, metadata.',
    default: 'true',
  }),
  HTTP_HOST: text({
    description: 'The address that health, metrics and sessions are served on.',
    default: '0.0.0.0',
  }),
  HTTP_PORT: wholeNumber({
    description: 'The port that they are served on; 0 takes a free one.',
    default: '8081',
    atLeast: 0,
    atMost: 65_535,
  }),
  HTTP_TOKEN: text({
    description: 'The bearer token that opens `/sessions` to clients that are not on loopback.',
    example: 'a-long-random-text',
    isSecret: true,
  }),
  ...relaySettings.shape,
  ...analysisSettings.shape,
  GREENROOM_CONFIG: text({
    description:
      'The file with rules; unless told otherwise `greenroom.config.js`, `.mjs`, `.json`, `.yaml` or `.yml` in the working directory, where there is one.',
    example: 'greenroom.config.js',
  }),
  MAX_JOBS: wholeNumber({
    description: 'How many jobs run at once, over all agents.',
    default: '50',
    atLeast: 1,
    atMost: 10_000,
  }),
  JOIN_CONCURRENCY: wholeNumber({
    description: 'How many rooms are joined at once.',
    default: '4',
    atLeast: 1,
    atMost: 100,
  }),
  RTC_ROUTER: choice({
    description:
      '`public`: rooms are joined by the public API of the media stack alone, which takes more CPU.',
    of: ['auto', 'public'],
    default: 'auto',
  }),
  MAX_RSS: byteSize({
    description: 'Resident memory over which the worker drains and exits with status 0.',
  }),
  MAX_JOBS_TOTAL: wholeNumber({
    description: 'How many jobs the worker takes before it drains and exits with status 0.',
    example: '1000',
    atLeast: 1,
    atMost: 1_000_000_000,
  }),
  DRAIN_TIMEOUT: duration({
    description: 'How long jobs may go on once the worker drains.',
    default: '15s',
  }),
  MAX_JOB_DURATION: duration({
    description: 'How long a job may run before it ends as max_duration.',
    atLeast: '1s',
  }),
  WEBHOOK_URLS: defaulted(
    {
      description:
        'Where webhooks about sessions and alerts are posted to, several with commas between them.',
      default: 'none',
      isSecret: true,
    },
    {
      expected:
        'none, or up to 10 different addresses that start with https:// or http://, without a user in them, with commas between them',
      example: 'https://hooks.example.com/greenroom',
      read: readWebhookUrls,
    },
  ),
  REPORT_INTERVAL: duration({
    description: 'How often the health of all sessions is logged.',
    default: '30s',
    atLeast: '1s',
  }),
  ROOMS_REPORT_INTERVAL: duration({
    description: 'How often the rooms of all agents that count them are logged.',
    default: '60s',
    atLeast: '1s',
  }),
  ...eventLogSettings.shape,
  EVENT_LOG_MAX_BYTES: byteSize({
    description: 'How much the event logs may take together; beyond it the oldest are removed.',
    default: '1GiB',
  }),
  EVENT_LOG_MAX_AGE: duration({
    description: 'How long event logs are kept.',
    default: '7d',
    atLeast: '1m',
  }),
  EVENT_LOG_PSEUDONYMS: flag({
    description:
      'Whether event logs name people, rooms and what was written by words of their own.',
    default: 'false',
  }),
  EVENT_LOG_COMPRESSION: flag({
    description: 'Whether a file of an event log is packed with brotli once it is closed.',
    default: 'false',
  }),
});

/** The values that must never be shown. */
export const secretsOf = (settings: Partial<WorkerSettings>): string[] =>
  Object.entries(settings).flatMap(([name, value]) =>
    secretNames.has(name) && typeof value === 'string' ? [value] : [],
  );

const secretNames: ReadonlySet<string> = new Set(
  Object.entries(workerSettings.shape)
    .filter(([, schema]) => settingInfo(schema)?.isSecret)
    .map(([name]) => name),
);

export type ConnectionSettings = z.output<typeof connectionSettings>;
export type WorkerSettings = z.output<typeof workerSettings>;
export type RelaySettings = z.output<typeof relaySettings>;
export type AnalysisSettings = z.output<typeof analysisSettings>;

/** The address as ws:// or wss://, without a slash at its end. */
function readServerUrl(given: string): string | null {
  return readPlainUrl(given, /^(ws|http)s?:$/)?.replace(/^http/i, 'ws') ?? null;
}

function readBaseUrl(given: string): string | null {
  return readPlainUrl(given, /^https?:$/);
}

/** The address without a slash at its end; null for one with a name, a key or a query in it. */
function readPlainUrl(given: string, protocols: RegExp): string | null {
  if (!URL.canParse(given)) return null;
  const { protocol, hostname, username, password, search, hash } = new URL(given);
  const isPlain = username === '' && password === '' && search === '' && hash === '';
  if (!protocols.test(protocol) || hostname === '' || !isPlain) return null;
  return given.replace(/\/+$/, '');
}

/** Where an inspection is served, and whether Stately's inspector is one of its doors. */
type InspectAddress = {
  readonly host: string;
  readonly port: number;
  readonly isStately: boolean;
};

const inspectHost = '127.0.0.1';
const inspectPort = 7_788;
/** What `--inspect` stands for without a value. */
export const defaultInspect = `${inspectHost}:${inspectPort}`;

function readInspect(given: string): InspectAddress | 'off' | null {
  if (given === 'off') return given;
  const [, stately, address] = /^(?:(stately)(?:,|$))?(.*)$/.exec(given) ?? [];
  const isStately = stately !== undefined;
  if (isStately && given === stately) return { host: inspectHost, port: inspectPort, isStately };
  const [, v6, host, port] =
    /^(?:(?:\[([\da-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(address ?? '') ?? [];
  if (port === undefined || Number(port) > 65_535) return null;
  return { host: v6 ?? host ?? inspectHost, port: Number(port), isStately };
}
