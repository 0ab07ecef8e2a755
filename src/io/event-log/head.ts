import { createHash } from 'node:crypto';
import type { AnyStateMachine } from 'xstate';
import { findMachines } from '../../machines/actor-tree.ts';
import { GreenroomError } from '../errors.ts';
import type { LogHead } from './log-line.ts';
import { findNotJson } from './plain-json.ts';

type HeadOptions = {
  readonly rootId: string;
  /** Epoch milliseconds of the recorder's `t` = 0. */
  readonly startedAt: number;
  readonly agent: string;
  readonly machine: AnyStateMachine;
  /** The root's input, whole: a replay starts from it. */
  readonly input: Readonly<Record<string, unknown>>;
  /** What may stand in the input. The list is how a secret is kept out, so it is written by hand. */
  readonly inputKeys: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** What is taken from the settings; all else stays out. */
  readonly settingKeys: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
};

/**
 * Makes the head of a log.
 *
 * Throws `E_LOG_HEAD` where the input has a key that is not on the list, or is not plain finite
 * JSON: a replay needs the input as it was, so nothing can be left out of it in silence.
 */
export function createHead(options: HeadOptions): LogHead {
  const { rootId, startedAt, agent, machine, input, inputKeys, versions } = options;
  const unlisted = Object.keys(input).filter((key) => !inputKeys.includes(key));
  if (unlisted.length > 0) {
    throw new GreenroomError(
      'E_LOG_HEAD',
      `the input of "${rootId}" has ${unlisted.join(', ')}, which may not stand in a log: ` +
        'list it in inputKeys, or give it to a port instead of the machine',
    );
  }
  const settings = Object.fromEntries(
    Object.entries(options.settings).filter(([key]) => options.settingKeys.includes(key)),
  );
  for (const [name, value] of Object.entries({ input, settings })) {
    const found = findNotJson(value);
    if (!found) continue;
    throw new GreenroomError(
      'E_LOG_HEAD',
      `the ${name} of "${rootId}" holds ${found.found} at ${name}${found.path}: ` +
        'only plain finite JSON can be replayed',
    );
  }
  return {
    rootId,
    startedAt,
    agent,
    input,
    settings,
    versions,
    fingerprints: fingerprints(machine),
  };
}

/** By configuration, which `provide` keeps: every job provides its ports anew to the same machines. */
const fingerprintByConfig = new WeakMap<object, string>();

/**
 * A short hash of each machine of a tree: states, transitions and names of actions. What a named
 * action does is not in it.
 */
export function fingerprints(root: AnyStateMachine): Readonly<Record<string, string>> {
  return Object.fromEntries(
    findMachines(root).map((machine) => [machine.id, fingerprint(machine)]),
  );
}

function fingerprint(machine: AnyStateMachine): string {
  const config: object = machine.config;
  const known = fingerprintByConfig.get(config);
  if (known !== undefined) return known;
  const definition = JSON.stringify(machine.definition);
  const made = createHash('sha256').update(definition).digest('hex').slice(0, 12);
  fingerprintByConfig.set(config, made);
  return made;
}
