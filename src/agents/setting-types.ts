import { z } from 'zod';
import { schemaProblems } from './schema-problems.ts';

/**
 * The types of settings: each reads the text of one environment variable.
 *
 * An agent's `settings` is a `z.object` of them, by the name of the variable. A default is written
 * as a person would write it, and is read by the same rules.
 */
export type Setting<T> = z.ZodType<T, string | undefined>;

export type SettingsSchema = z.ZodObject<Record<string, z.ZodType>>;

/** What the README's table and the messages about mistakes know of a setting. */
export type SettingInfo = {
  readonly description: string;
  /** What the value must be, such as `true or false`. */
  readonly expected: string;
  readonly example: string;
  readonly default: string | null;
  readonly isRequired: boolean;
  /** Its value is never shown. */
  readonly isSecret: boolean;
  /** It names a file, whose contents are its value. */
  readonly isFile: boolean;
};

type Described = { readonly description: string };
type WithDefault = Described & { readonly default: string };

/**
 * A duration such as 500ms, 90s, 5m or 1h30m; the value is in milliseconds.
 *
 * At most 24 days: beyond 24.8 a timer of Node would fire at once.
 */
export function duration(options: WithDefault & { readonly atLeast?: string }): Setting<number>;
export function duration(
  options: Described & { readonly atLeast?: string },
): Setting<number | undefined>;
export function duration({
  atLeast = '0s',
  ...options
}: Described & { readonly default?: string; readonly atLeast?: string }): Setting<
  number | undefined
> {
  const leastMs = parseDuration(atLeast) ?? 0;
  return setting(options, {
    expected: `a duration from ${atLeast} to 24d, written like 500ms, 90s, 5m or 1h30m`,
    example: options.default ?? '90s',
    read: (text) => within(parseDuration(text), leastMs, maxDurationMs),
  });
}

/** A share from 0 to 1. */
export function fraction(options: WithDefault): Setting<number> {
  return defaulted(options, {
    expected: 'a number from 0 to 1, written like 0.5',
    example: options.default,
    read: (text) => (/^\d+(\.\d+)?$/.test(text) ? within(Number(text), 0, 1) : null),
  });
}

/** True or false. */
export function flag(options: WithDefault): Setting<boolean> {
  return defaulted(options, {
    expected: 'true or false',
    example: options.default,
    read: (text) => (text === 'true' ? true : text === 'false' ? false : null),
  });
}

type Range = { readonly atLeast: number; readonly atMost: number };

/** A whole number within limits, both included. */
export function wholeNumber(options: WithDefault & Range): Setting<number>;
export function wholeNumber(
  options: Described & Range & { readonly example: string },
): Setting<number | undefined>;
export function wholeNumber(
  options: Described & Range & { readonly default?: string; readonly example?: string },
): Setting<number | undefined> {
  const { atLeast, atMost } = options;
  return setting(options, {
    expected: `a whole number from ${atLeast} to ${atMost}`,
    example: options.example ?? options.default ?? String(atLeast),
    read: (text) => (/^\d+$/.test(text) ? within(Number(text), atLeast, atMost) : null),
  });
}

/** A size such as 512MiB, 2GiB or a number of bytes; the value is in bytes. */
export function byteSize(options: WithDefault): Setting<number>;
export function byteSize(options: Described): Setting<number | undefined>;
export function byteSize(
  options: Described & { readonly default?: string },
): Setting<number | undefined> {
  return setting(options, {
    expected: 'a size from 1 to 1024TiB, written like 512MiB, 2GiB or as a number of bytes',
    example: options.default ?? '2GiB',
    read: parseByteSize,
  });
}

/** One of a closed list of words. */
export function choice<const T extends string>(
  options: WithDefault & { readonly of: readonly T[] },
): Setting<T> {
  return defaulted(options, {
    expected: `one of ${options.of.join(', ')}`,
    example: options.default,
    read: (text) => options.of.find((word) => word === text) ?? null,
  });
}

type TextOptions = Described & {
  readonly example?: string;
  /** Never shown, in no message and no log. */
  readonly isSecret?: boolean;
  /** Empty text is a value, and not a mistake. */
  readonly mayBeEmpty?: boolean;
};

/** Any text, which has neither spaces around it nor line breaks in it. */
export function text(options: TextOptions & ({ default: string } | Required)): Setting<string>;
export function text(options: TextOptions): Setting<string | undefined>;
export function text(
  options: TextOptions & { readonly default?: string; readonly isRequired?: true },
): Setting<string | undefined> {
  return setting(options, {
    expected: options.mayBeEmpty
      ? 'a text without spaces around it, or nothing'
      : 'a text without spaces around it',
    example: options.example ?? options.default ?? 'text',
    read: (given) =>
      (given !== '' || options.mayBeEmpty) && given === given.trim() && !/[\r\n]/.test(given)
        ? given
        : null,
  });
}

type Required = { readonly isRequired: true };

type FileOptions<T> = Described & {
  readonly example: string;
  /** Reads what the file says. */
  readonly schema: z.ZodType<T>;
  /** The value where no file is named. */
  readonly absent: T;
};

/**
 * What a YAML or JSON file says. The setting is its path.
 *
 * The file is read once, with the other settings: what it said then stands in the event log, and a replay
 * has it. What is parsed here is the JSON of its contents.
 */
export function file<T>({ schema, absent, ...options }: FileOptions<T>): Setting<T> {
  const info = infoOf(options, { expected: 'a YAML or JSON file', example: options.example });
  return z
    .string()
    .optional()
    .transform((json, context): T => {
      if (json === undefined) return absent;
      const read = parseJson(json);
      const parsed = schema.safeParse(read);
      if (parsed.success) return parsed.data;
      for (const { path, expected } of parsed.error.issues.flatMap(schemaProblems)) {
        context.addIssue({ code: 'custom', path: [...path], message: expected });
      }
      return z.NEVER;
    })
    .meta({ ...info, isFile: true } satisfies SettingInfo);
}

/** Undefined, which no schema takes, where it is none. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A setting of one's own: `read` gives null for a text that is no value. */
export type SettingReader<T> = Pick<SettingInfo, 'expected' | 'example'> & {
  readonly read: (text: string) => T | null;
};

type SettingOptions = Described & {
  readonly default?: string;
  readonly isRequired?: boolean;
  readonly isSecret?: boolean;
};

/** A setting that always has a value: the one given, or its default. */
export function defaulted<T>(
  options: WithDefault & Pick<TextOptions, 'isSecret'>,
  reader: SettingReader<T>,
): Setting<T> {
  return z.prefault(readable(reader), options.default).meta(infoOf(options, reader));
}

/** A setting of one's own that may be left out. */
export function optional<T>(options: Described, reader: SettingReader<T>): Setting<T | undefined> {
  return setting(options, reader);
}

function setting<T>(options: SettingOptions, reader: SettingReader<T>): Setting<T | undefined> {
  const { default: fallback, isRequired } = options;
  if (fallback !== undefined) return defaulted({ ...options, default: fallback }, reader);
  const schema = isRequired ? readable(reader) : z.optional(readable(reader));
  return schema.meta(infoOf(options, reader));
}

const readable = <T>({ expected, read }: SettingReader<T>): Setting<T> =>
  z
    .string()
    .optional()
    .transform((given, context): T => {
      const value = given === undefined ? null : read(given);
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    });

const infoOf = (
  options: SettingOptions,
  { expected, example }: Pick<SettingInfo, 'expected' | 'example'>,
): SettingInfo => ({
  description: options.description,
  expected,
  example,
  default: options.default ?? null,
  isRequired: options.isRequired ?? false,
  isSecret: options.isSecret ?? false,
  isFile: false,
});

const infoSchema = z.object({
  description: z.string(),
  expected: z.string(),
  example: z.string(),
  default: z.string().nullable(),
  isRequired: z.boolean(),
  isSecret: z.boolean(),
  isFile: z.boolean(),
});

/** What a setting's type says of it; null for a zod schema that is not of this file. */
export function settingInfo(schema: z.ZodType): SettingInfo | null {
  const info = infoSchema.safeParse(schema.meta());
  return info.success ? info.data : null;
}

const maxDurationMs = 24 * 86_400_000;

const durationPattern = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Milliseconds; null where the text is not a duration, or a longer one than a timer can have. */
export function parseDuration(given: string, atMostMs = maxDurationMs): number | null {
  const match = durationPattern.exec(given);
  if (!match || given === '') return null;
  const [days, hours, minutes, seconds, milliseconds] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const wholeHours = (days ?? 0) * 24 + (hours ?? 0);
  const wholeSeconds = (wholeHours * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
  return within(wholeSeconds * 1000 + (milliseconds ?? 0), 0, atMostMs);
}

const byteUnits = { '': 0, B: 0, KiB: 1, MiB: 2, GiB: 3, TiB: 4 } as const;

function parseByteSize(given: string): number | null {
  const match = /^(\d+)(B|[KMGT]iB)?$/.exec(given);
  if (!match) return null;
  const unit = Object.entries(byteUnits).find(([name]) => name === (match[2] ?? ''));
  return within(Number(match[1]) * 1024 ** (unit?.[1] ?? 0), 1, 1024 ** 5);
}

const within = (value: number | null, least: number, most: number): number | null =>
  value !== null && value >= least && value <= most ? value : null;
