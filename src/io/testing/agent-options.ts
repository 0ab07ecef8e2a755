import type { AgentDefinition } from '../../agents/define-agent.ts';
import { readMetadata } from '../../agents/read-metadata.ts';
import type { ParticipantRef } from '../../machines/events.ts';
import type { JobMetadata } from '../../machines/worker/events.ts';
import { loadSettings } from '../config.ts';
import { GreenroomError } from '../errors.ts';
import { findNearMiss } from '../near-miss.ts';
import type { RuleDefinition } from '../rules/define-config.ts';
import { readRules, type ReadRules } from '../rules/read-rules.ts';
import { formatProblems, parseScript } from '../simulated/script-parser.ts';
import type { Script } from '../simulated/script.ts';

/** An error in which everything stands that is wrong: a test runner shows little but the message. */
const errorOf = (
  code: 'E_CONFIG' | 'E_METADATA' | 'E_USAGE',
  message: string,
  details: readonly string[],
  cause?: unknown,
): GreenroomError =>
  new GreenroomError(code, [`${message}:`, ...details].join('\n  '), { details, cause });

/**
 * The settings of an agent as text, by their environment names; what is not given has its default.
 * Neither the environment nor `.env` is looked at.
 *
 * @throws GreenroomError `E_CONFIG` that names every mistake.
 */
export function resolveSettings(
  agent: AgentDefinition,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const known = Object.keys(agent.settings.shape);
  const strangers = Object.keys(given).filter((name) => !known.includes(name));
  if (strangers.length > 0) {
    const details = strangers.map((name) => {
      const meant = findNearMiss(name, known);
      return `${name} is not one of them${meant === null ? '' : `: is ${meant} meant?`}`;
    });
    const names = known.length === 0 ? 'none' : known.join(', ');
    throw errorOf('E_CONFIG', `the settings of ${agent.name} are ${names}`, details);
  }
  try {
    return loadSettings({ flags: given, environment: {}, dotenv: {} }, agent.settings);
  } catch (error) {
    if (!(error instanceof GreenroomError)) throw error;
    throw errorOf('E_CONFIG', `${agent.name}: ${error.message}`, error.details, error);
  }
}

/**
 * Rules, as an agent's jobs follow them.
 *
 * @throws GreenroomError `E_CONFIG` that names every mistake.
 */
export function resolveRules(
  { name }: AgentDefinition,
  rules: readonly RuleDefinition[],
): ReadRules {
  try {
    return readRules({ rules }, { source: 'the rules given', agents: [name] });
  } catch (error) {
    if (!(error instanceof GreenroomError)) throw error;
    throw errorOf('E_CONFIG', error.message, error.details, error);
  }
}

export type Dispatched = {
  readonly jobId: string;
  readonly dispatchId: string;
  readonly participant: ParticipantRef | null;
  readonly metadata: Readonly<Record<string, unknown>>;
};

/**
 * The metadata of a job as its agent gets it.
 *
 * @throws GreenroomError `E_METADATA` that names every mistake with its path.
 */
export function resolveMetadata(
  agent: AgentDefinition,
  { metadata, ...about }: Dispatched,
): Extract<JobMetadata, { readonly ok: true }> {
  const read = readMetadata(agent, { ...about, metadata: JSON.stringify(metadata) });
  if (read.ok) return read;
  throw errorOf(
    'E_METADATA',
    `the metadata does not fit ${agent.name}`,
    read.problems.map(({ path, expected }) => `${path || 'all of it'}: expected ${expected}`),
  );
}

/** @throws GreenroomError `E_USAGE` with `line:column`, what stands there and what would be right. */
export function readScript(text: string): Script {
  const parsed = parseScript(text);
  if (parsed.ok) return parsed.script;
  const details = parsed.problems.map((problem) => formatProblems([problem]));
  throw errorOf('E_USAGE', 'the script is wrong at line:column', details);
}

const TIMED = /^\s*\d+:\d/u;

/**
 * One more thing that happens after these: a line of a script without its time.
 *
 * @param earlier lines of a script, which are right.
 * @throws GreenroomError `E_USAGE` with the column, what stands there and what would be right.
 */
export function readHappening(line: string, earlier: readonly string[], time: string): Script {
  const timed = `${time} ${line}`;
  if (TIMED.test(line)) {
    throw errorOf('E_USAGE', `wrong: "${line}"`, ['it happens now: leave out the time']);
  }
  const parsed = parseScript([...earlier, timed].join('\n'));
  if (parsed.ok) return parsed.script.slice(-1);
  const details = parsed.problems.map(
    ({ column, found, expected }) =>
      `column ${Math.max(1, column - time.length - 1)}: found ${found}, expected ${expected}`,
  );
  throw errorOf('E_USAGE', `wrong: "${line}"`, details);
}
