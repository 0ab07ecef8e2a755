import { z } from 'zod';
import type { AgentDefinition } from '../../agents/define-agent.ts';
import { settingInfo } from '../../agents/setting-types.ts';
import { JOB_ROOT_ID, WORKER_ROOT_ID } from '../compose/log-machines.ts';
import { jobConfigKeys, workerConfigKeys } from '../compose/worker-options.ts';
import { readSetting } from '../config.ts';
import { GreenroomError } from '../errors.ts';
import type { LogHead } from '../event-log/log-line.ts';
import { isSame } from '../event-log/plain-json.ts';
import { findNearMiss } from '../near-miss.ts';
import { workerSettings } from '../settings.ts';

/** What is to be different from what was recorded. */
export type Change = {
  /** By environment name, as text. */
  readonly settings: Readonly<Record<string, string>>;
  /** In place of the recorded agent; null: the same. */
  readonly instead: AgentDefinition | null;
};

export type ChangedHead = {
  readonly head: LogHead;
  /** The settings that a log of this kind has; the others are none of its business. */
  readonly applied: readonly string[];
};

/**
 * Holds a change against all agents before any log is read, so that a slip of the pen is told at once.
 *
 * @throws GreenroomError `E_USAGE` for a name that nobody has, `E_CONFIG` for a value that nobody takes.
 */
export function checkChange(
  { settings, instead }: Change,
  agents: readonly AgentDefinition[],
): void {
  const places = [
    placesOf(WORKER_ROOT_ID, null),
    ...(instead ? [instead] : agents).map((agent) => placesOf(JOB_ROOT_ID, agent)),
  ];
  for (const [name, text] of Object.entries(settings)) {
    const found = places.flatMap((place) => place.get(name) ?? []);
    const [first] = found;
    if (!first)
      throw unknownSetting(name, [...new Set(places.flatMap((place) => [...place.keys()]))]);
    const isTaken = found.some(({ schema }) => readSetting(schema, text).ok);
    if (!isTaken) throw wrongValue(name, text, first.schema);
  }
}

/**
 * The head of a log as it would have been.
 *
 * @param recorded the agent that the log is of; null for the log of a worker.
 * @throws GreenroomError `E_CONFIG` for a value that the agent does not take; `E_METADATA` where another
 * agent cannot be given the recorded metadata; `E_LOG_FORMAT` where the input is not that of a job.
 */
export function changeHead(
  head: LogHead,
  { settings, instead }: Change,
  recorded: AgentDefinition | null,
): ChangedHead {
  const agent = recorded && (instead ?? recorded);
  const places = placesOf(head.rootId, agent);
  const applied = Object.keys(settings).filter((name) => places.has(name));
  const config: Record<string, unknown> = {};
  const own: Record<string, unknown> = {};
  for (const name of applied) {
    const { schema, configKey } = places.get(name) ?? nowhere;
    const text = settings[name] ?? '';
    const read = readSetting(schema, text);
    if (!read.ok) throw wrongValue(name, text, schema);
    if (configKey === null) own[name] = read.value;
    else config[configKey] = read.value;
  }
  const changed = { ...head, input: withConfig(head.input, config) };
  if (!recorded || !agent) return { head: changed, applied };
  return { head: withAgent(changed, { from: recorded, to: agent, settings: own }), applied };
}

/** Where a setting stands in the input of a root. */
type Place = {
  readonly schema: z.ZodType;
  /** In the root's configuration; null: among the settings of the agent. */
  readonly configKey: string | null;
};

const nowhere: Place = { schema: z.never(), configKey: null };

function placesOf(rootId: string, agent: AgentDefinition | null): ReadonlyMap<string, Place> {
  const keys: object = rootId === WORKER_ROOT_ID ? workerConfigKeys : jobConfigKeys;
  const ofProcess = Object.entries(workerSettings.shape).flatMap(
    ([name, schema]): [string, Place][] => {
      const configKey: unknown = Reflect.get(keys, name);
      return typeof configKey === 'string' ? [[name, { schema, configKey }]] : [];
    },
  );
  const ofAgent = Object.entries(agent?.settings.shape ?? {}).map(
    ([name, schema]): [string, Place] => [name, { schema, configKey: null }],
  );
  return new Map([...ofProcess, ...ofAgent]);
}

type Values = Readonly<Record<string, unknown>>;

const values = z.record(z.string(), z.unknown());
const rootInput = z.looseObject({ config: values });
const jobInput = z.looseObject({ agent: z.looseObject({ metadata: values, settings: values }) });

function withConfig(input: Values, config: Values): Values {
  if (Object.keys(config).length === 0) return input;
  const parsed = readInput(rootInput, input);
  return { ...parsed, config: { ...parsed.config, ...config } };
}

type AgentChange = {
  readonly from: AgentDefinition;
  readonly to: AgentDefinition;
  readonly settings: Values;
};

function withAgent(head: LogHead, { from, to, settings }: AgentChange): LogHead {
  const input = readInput(jobInput, head.input);
  const { agent } = input;
  const taken = { ...takeSettings(agent.settings, { from, to, settings }) };
  return {
    ...head,
    settings: taken,
    input: {
      ...input,
      agent: { ...agent, settings: taken, metadata: takeMetadata(agent.metadata, from, to) },
    },
  };
}

/** What was recorded has been read already, and a schema reads text: the text it may have come from. */
function takeSettings(recorded: Values, { from, to, settings }: AgentChange): Values {
  if (from.settings === to.settings) return { ...recorded, ...settings };
  const entries = Object.entries(to.settings.shape).map(([name, schema]): [string, unknown] => {
    if (Object.hasOwn(settings, name)) return [name, settings[name]];
    const value = recorded[name];
    const written = typeof value === 'string' ? value : JSON.stringify(value);
    const candidates = value === undefined ? [undefined] : [written, `${written}ms`];
    for (const text of candidates) {
      const parsed = schema.safeParse(text);
      if (parsed.success && (text === undefined || isSame(parsed.data, value))) {
        return [name, parsed.data];
      }
    }
    throw new GreenroomError(
      'E_CONFIG',
      `${to.name} has a setting ${name}, and cannot be given the recorded value ${value === undefined ? 'nothing' : written}`,
      { remedy: `Say which value it is to have: --set ${name}=${exampleOf(schema)}.` },
    );
  });
  return Object.fromEntries(entries);
}

function takeMetadata(recorded: Values, from: AgentDefinition, to: AgentDefinition): Values {
  if (from.metadata === to.metadata) return recorded;
  const parsed = to.metadata.safeParse(recorded);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(
    ({ path, message }) => `${path.length === 0 ? 'metadata' : path.join('.')}: ${message}`,
  );
  throw new GreenroomError('E_METADATA', `the recorded metadata does not fit ${to.name}`, {
    details,
    remedy: `Let the metadata of ${to.name} take what ${from.name} takes; its schema may be the same.`,
  });
}

function readInput<T>(schema: z.ZodType<T>, input: Values): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new GreenroomError(
    'E_LOG_FORMAT',
    `the head has no input of a job or worker: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}

function unknownSetting(name: string, known: readonly string[]): GreenroomError {
  const meant = findNearMiss(name, known);
  return new GreenroomError('E_USAGE', `${name} is no setting that a log has`, {
    remedy: `${meant === null ? '' : `Is ${meant} meant? `}There are ${known.toSorted().join(', ')}.`,
  });
}

function wrongValue(name: string, text: string, schema: z.ZodType): GreenroomError {
  const expected = settingInfo(schema)?.expected ?? 'another value';
  const read = readSetting(schema, text);
  const details = read.ok ? [] : read.problems;
  return new GreenroomError(
    'E_CONFIG',
    `${name} cannot be ${JSON.stringify(text)}: expected ${expected}, for example ${name}=${exampleOf(schema)}`,
    { details, remedy: 'Correct the value behind --set.' },
  );
}

const exampleOf = (schema: z.ZodType): string => settingInfo(schema)?.example ?? 'VALUE';
