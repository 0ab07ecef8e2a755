import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { settingInfo, type SettingsSchema } from '../agents/setting-types.ts';
import { readDocumentFile } from './document-file.ts';
import { GreenroomError } from './errors.ts';
import { isLoopback } from './http/access.ts';
import { findNearMiss } from './near-miss.ts';
import {
  relaySettings,
  workerSettings,
  type RelaySettings,
  type WorkerSettings,
} from './settings.ts';

type Values = Readonly<Record<string, string | undefined>>;

/** Where settings come from; the first that names one wins. Flags go by the name of their variable. */
export type SettingSources = {
  readonly flags: Values;
  readonly environment: Values;
  /** What the file `.env` says. */
  readonly dotenv: Values;
};

/** What an agent needs of configuration: its name and the schema of its settings. */
export type ConfiguredAgent = { readonly name: string; readonly settings: SettingsSchema };

export type Config = {
  readonly worker: WorkerSettings;
  /** The settings of each agent, by its own name. */
  readonly agents: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** What is not wrong and probably not meant, one line each. */
  readonly warnings: readonly string[];
};

/** The flags of the command line that stand for a setting. */
export const settingFlags = {
  LIVEKIT_URL: '--url',
  LIVEKIT_API_KEY: '--api-key',
  LIVEKIT_API_SECRET: '--api-secret',
  LOG_LEVEL: '--log-level',
  HTTP_HOST: '--http-host',
  HTTP_PORT: '--http-port',
  INSPECT: '--inspect',
  INSPECT_FILTER: '--inspect-filter',
  INSPECT_PSEUDONYMS: '--pseudonyms',
  GREENROOM_CONFIG: '--config',
} as const;

/**
 * Reads the settings of the worker and of each of its agents.
 *
 * @throws GreenroomError `E_CONFIG` that lists everything wrong at once.
 */
export function loadConfig(sources: SettingSources, agents: readonly ConfiguredAgent[]): Config {
  const worker = readSettings(workerSettings, sources);
  const perAgent = agents.map(({ name, settings }) => ({
    name,
    read: readSettings(settings, sources),
  }));
  const problems = [
    ...worker.problems,
    ...perAgent.flatMap(({ read }) => read.problems),
    ...renamingProblems(sources, agents),
    ...relayProblems(sources),
    ...halfEndpointProblems(sources),
  ];
  if (!worker.ok || problems.length > 0) throw configError(problems);
  return {
    worker: worker.value,
    agents: new Map(perAgent.flatMap(({ name, read }) => (read.ok ? [[name, read.value]] : []))),
    warnings: findMisspelt(sources, agents),
  };
}

/**
 * Reads the settings of one schema.
 *
 * @throws GreenroomError `E_CONFIG` that lists everything wrong at once.
 */
export function loadSettings<T extends SettingsSchema>(
  sources: SettingSources,
  schema: T,
): z.output<T> {
  const read = readSettings(schema, sources);
  if (!read.ok) throw configError(read.problems);
  return read.value;
}

/**
 * Reads how a process can be inspected, where it is no worker.
 *
 * @throws GreenroomError `E_CONFIG` that lists everything wrong at once.
 */
export function loadRelaySettings(sources: SettingSources): RelaySettings {
  const read = readSettings(relaySettings, sources);
  const problems = [...read.problems, ...relayProblems(sources)];
  if (!read.ok || problems.length > 0) throw configError(problems);
  return read.value;
}

/**
 * The environment of the process, and the file `.env` in the working directory where there is one.
 *
 * @throws GreenroomError `E_CONFIG` where the file cannot be read.
 */
export function readSources(flags: Values): SettingSources {
  return { flags, environment: process.env, dotenv: readDotenv(resolve('.env')) };
}

function readDotenv(path: string): Values {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new GreenroomError('E_CONFIG', `${path} cannot be read`, { cause });
  }
}

type Read<T> = { readonly problems: readonly string[] } & (
  { readonly ok: true; readonly value: T } | { readonly ok: false }
);

function readSettings<T extends SettingsSchema>(
  schema: T,
  sources: SettingSources,
): Read<z.output<T>> {
  const given = Object.entries(schema.shape).flatMap(([name, field]) => {
    const value = valueOf(name, sources);
    return value === null ? [] : [[name, readGiven(field, value.text)] as const];
  });
  const parsed = schema.safeParse(
    Object.fromEntries(given.map(([name, read]) => [name, read.ok ? read.text : undefined])),
  );
  const unread = given.flatMap(([name, read]) =>
    read.ok ? [] : [`${name} in ${valueOf(name, sources)?.from}: ${read.problem}`],
  );
  if (parsed.success && unread.length === 0) {
    return { ok: true, value: parsed.data, problems: [] };
  }
  const files = new Map(given.flatMap(([name, read]) => (read.ok ? [[name, read] as const] : [])));
  const issues = parsed.success ? [] : parsed.error.issues;
  const problems = issues.map(({ path: [name, ...place], message }) => {
    const file = files.get(String(name))?.placeOf(place);
    return file === undefined
      ? describeProblem(String(name), message, schema, sources)
      : `${String(name)}: ${file}: expected ${message}`;
  });
  return { ok: false, problems: [...unread, ...problems] };
}

/** The text that a setting's schema reads: what was given, or what the file says that was named. */
type Given =
  | {
      readonly ok: true;
      readonly text: string;
      /** Where something stands in the file; undefined where there is none. */
      readonly placeOf: (path: readonly PropertyKey[]) => string | undefined;
    }
  | { readonly ok: false; readonly problem: string };

function readGiven(field: z.ZodType, text: string): Given {
  if (!settingInfo(field)?.isFile) return { ok: true, text, placeOf: () => undefined };
  const read = readDocumentFile(text);
  if (!read.ok) return read;
  const { json, lineOf } = read.file;
  const placeOf = (path: readonly PropertyKey[]): string =>
    [`${text}:${lineOf(path)}`, ...(path.length > 0 ? [path.map(String).join('.')] : [])].join(
      ': ',
    );
  return { ok: true, text: json, placeOf };
}

/**
 * Reads one setting by itself, with the file that it may name.
 *
 * `problems`: what is wrong with that file, and where; none where the value itself is wrong.
 */
export function readSetting<T>(
  field: z.ZodType<T>,
  text: string,
):
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const given = readGiven(field, text);
  if (!given.ok) return { ok: false, problems: [given.problem] };
  const parsed = field.safeParse(given.text);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.flatMap(({ path, message }) => {
    const place = given.placeOf(path);
    return place === undefined ? [] : [`${place}: expected ${message}`];
  });
  return { ok: false, problems };
}

type Value = { readonly text: string; readonly from: string };

function valueOf(name: string, { flags, environment, dotenv }: SettingSources): Value | null {
  const candidates = [
    [flags[name], flagOf(name)],
    [environment[name], 'the environment'],
    [dotenv[name], '.env'],
  ] as const;
  for (const [text, from] of candidates) if (text !== undefined) return { text, from };
  return null;
}

const flagOf = (name: string): string =>
  Object.entries(settingFlags).find(([setting]) => setting === name)?.[1] ?? 'the settings given';

function describeProblem(
  name: string,
  message: string,
  schema: SettingsSchema,
  sources: SettingSources,
): string {
  const field = schema.shape[name];
  const info = field ? settingInfo(field) : null;
  const value = valueOf(name, sources);
  const isShown = info !== null && !info.isSecret;
  const found = !value
    ? 'is not set'
    : value.text === ''
      ? `is empty in ${value.from}`
      : `is ${isShown ? quoted(value.text) : 'wrong'} in ${value.from}`;
  const expected = info ? `expected ${info.expected}` : message;
  const example = info ? `, for example ${name}=${info.example}` : '';
  return `${name} ${found}: ${expected}${example}`;
}

const MAX_SHOWN_LENGTH = 80;

const quoted = (text: string): string =>
  text.length > MAX_SHOWN_LENGTH
    ? `${JSON.stringify(text.slice(0, MAX_SHOWN_LENGTH))}...`
    : JSON.stringify(text);

/** One name cannot tell several agents apart. */
function renamingProblems(sources: SettingSources, agents: readonly ConfiguredAgent[]): string[] {
  const renamed = valueOf('LIVEKIT_AGENT_NAME', sources);
  return renamed && agents.length > 1
    ? [
        `LIVEKIT_AGENT_NAME is ${quoted(renamed.text)} in ${renamed.from}: expected to be unset ` +
          `where a worker has several agents (${agents.map(({ name }) => name).join(', ')})`,
      ]
    : [];
}

function relayProblems(sources: SettingSources): string[] {
  const read = readSettings(relaySettings, sources);
  return read.ok
    ? [...openDoorProblems(sources, read.value), ...idleFlagProblems(sources, read.value)]
    : [];
}

/** Whoever can reach the inspection can read what is said in every room. */
function openDoorProblems(
  sources: SettingSources,
  { INSPECT, INSPECT_TOKEN }: RelaySettings,
): string[] {
  const value = valueOf('INSPECT', sources);
  if (value === null) return [];
  if (INSPECT === 'off' || isLoopback(INSPECT.host) || INSPECT_TOKEN !== undefined) return [];
  return [
    `INSPECT is ${quoted(value.text)} in ${value.from}: expected an address on loopback, or ` +
      'INSPECT_TOKEN to be set, too',
  ];
}

/** What stands in the environment may wait for an inspection; whoever gives a flag means this run. */
function idleFlagProblems({ flags }: SettingSources, { INSPECT }: RelaySettings): string[] {
  const isStately = INSPECT !== 'off' && INSPECT.isStately;
  return [
    ...(flags['INSPECT_PSEUDONYMS'] !== undefined && INSPECT === 'off'
      ? ['--pseudonyms has no effect: expected with --inspect, or where INSPECT is set']
      : []),
    ...(flags['INSPECT_FILTER'] !== undefined && !isStately
      ? [
          '--inspect-filter has no effect: expected with --inspect=stately, the only one that is filtered',
        ]
      : []),
  ];
}

/** Whoever sets a part of the endpoint for analyses means to use it. */
function halfEndpointProblems(sources: SettingSources): string[] {
  const problem = (name: string, because: string): string[] =>
    valueOf(name, sources) === null && valueOf(because, sources) !== null
      ? [`${name} is not set: expected, because ${because} is`]
      : [];
  return [
    ...problem('ANALYSIS_MODEL', 'ANALYSIS_BASE_URL'),
    ...problem('ANALYSIS_BASE_URL', 'ANALYSIS_MODEL'),
    ...problem('ANALYSIS_BASE_URL', 'ANALYSIS_API_KEY'),
  ];
}

/** What the environment or `.env` names almost as a setting that is not set, a line each. */
export function findMisspelt(
  sources: SettingSources,
  agents: readonly ConfiguredAgent[],
): string[] {
  const schemas = [workerSettings, ...agents.map(({ settings }) => settings)];
  const known = new Set(schemas.flatMap(({ shape }) => Object.keys(shape)));
  const unset = [...known].filter((name) => valueOf(name, sources) === null);
  const strangers = Object.keys({ ...sources.environment, ...sources.dotenv }).filter(
    (name) => !known.has(name),
  );
  return strangers.flatMap((name) => {
    const meant = findNearMiss(name, unset);
    return meant === null ? [] : [`${name} is not a setting: is ${meant} meant?`];
  });
}

function configError(problems: readonly string[]): GreenroomError {
  const distinct = [...new Set(problems)];
  const count = distinct.length === 1 ? 'one setting is' : `${distinct.length} settings are`;
  return new GreenroomError('E_CONFIG', `${count} missing or wrong`, { details: distinct });
}
