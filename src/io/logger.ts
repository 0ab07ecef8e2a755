import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { build as prettyStream } from 'pino-pretty';
import { jsonMask } from './mask-secrets.ts';
import type { WorkerSettings } from './settings.ts';

export type { Logger } from 'pino';

type LoggerOptions = Pick<WorkerSettings, 'LOG_LEVEL' | 'LOG_PII'> & {
  /** Texts that must never be written, wherever they turn up: the API secret, the HTTP token. */
  readonly secrets: readonly string[];
  /** Lines for people instead of JSON. */
  readonly isPretty: boolean;
  readonly destination: NodeJS.WritableStream;
};

/**
 * The log of the process: a constant lowercase message, everything else as fields.
 *
 * What names people (identities, rooms, metadata) stands under `pii`, which LOG_PII=false removes.
 * The given secrets and everything that looks like a token are masked in the finished line, because
 * they come in the messages of other people's errors too.
 */
export function createLogger(options: LoggerOptions): Logger {
  const removedFields = options.LOG_PII ? [] : ['pii', '*.pii'];
  return pino(
    {
      level: options.LOG_LEVEL,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...removedFields, ...secretFields], remove: true },
      hooks: { streamWrite: jsonMask(options.secrets) },
    },
    options.isPretty ? toPretty(options.destination) : options.destination,
  );
}

const secretFields = ['token', 'apiSecret', 'authorization', 'headers'].flatMap((field) => [
  field,
  `*.${field}`,
]);

/** Written at once, so that the last lines before an exit are not lost. */
const toPretty = (destination: NodeJS.WritableStream): DestinationStream =>
  prettyStream({ destination, sync: true, ignore: 'pid', translateTime: 'SYS:HH:MM:ss.l' });
