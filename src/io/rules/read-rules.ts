import { z } from 'zod';
import { parseDuration } from '../../agents/setting-types.ts';
import { alertPaths, factPaths, isPathOf, namesSomebody } from '../../machines/rules/fact-paths.ts';
import type { Rule, RuleAction, RuleCondition } from '../../machines/rules/rule.ts';
import { namedPaths } from '../../machines/rules/template.logic.ts';
import { GreenroomError } from '../errors.ts';
import { actionSchema, type ActionRead } from './action.schema.ts';
import { conditionSchema } from './condition.schema.ts';
import type { RuleFunction } from './define-config.ts';
import { hint, strict, text } from './schema-parts.ts';

/** The rules of a configuration: as plain data, and the functions that they call by name. */
export type ReadRules = {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, RuleFunction>;
};

export const noRules: ReadRules = { rules: [], functions: new Map() };

const MAX_RULES = 100;
const MAX_ACTIONS = 10;

const cooldown = z.string('expected a duration such as 30s').transform((given, context) => {
  const ms = parseDuration(given);
  if (ms !== null) return ms;
  const message = `expected a duration such as 500ms, 30s or 5m, found ${JSON.stringify(given)}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const ruleSchema = strict({
  name: z
    .string('expected a text')
    .regex(/^[\w-]{1,64}$/, 'expected letters, digits, "_" and "-", at most 64'),
  agent: z
    .union([text, z.array(text).min(1)], 'expected the name of an agent, or a list of names')
    .transform((given) => (typeof given === 'string' ? [given] : given))
    .default([]),
  room: text.default('*'),
  when: conditionSchema,
  then: z.preprocess(
    (given) => (Array.isArray(given) || given === undefined ? given : [given]),
    z
      .array(actionSchema, 'expected one thing to do, or a list')
      .min(1, 'expected at least one thing to do')
      .max(MAX_ACTIONS, `expected at most ${MAX_ACTIONS} things to do`),
  ),
  cooldown: cooldown.default(0),
}).superRefine(({ when, then }, context) => {
  const paths = pathsOf(when);
  then.forEach((action, index) => {
    for (const message of actionProblems(action, paths)) {
      context.addIssue({ code: 'custom', path: ['then', index], message });
    }
  });
});

const configSchema = strict({
  rules: z
    .array(ruleSchema, 'expected a list of rules')
    .max(MAX_RULES, `expected at most ${MAX_RULES} rules`)
    .default([]),
});

const unnamed = { name: null };
const namedSchema = z.object({
  rules: z.array(z.object({ name: z.string().nullable().catch(null) }).catch(unnamed)),
});

/**
 * Reads a configuration with rules.
 *
 * @param source what it is called in an error.
 * @param agents the names of the agents that there are; another name is only a mistake where it is near
 * one of them, since one configuration may be that of several workers.
 * @throws GreenroomError `E_CONFIG` that lists everything wrong at once.
 */
export function readRules(
  config: unknown,
  { source, agents }: { readonly source: string; readonly agents: readonly string[] },
): ReadRules {
  const read = configSchema.safeParse(config);
  const problems = [
    ...(read.success
      ? read.data.rules.flatMap((rule, index) => agentProblems(rule.agent, index, agents))
      : read.error.issues.map(({ path, message }) => `${placeOf(path)}: ${message}`)),
    ...nameProblems(config),
  ];
  if (!read.success || problems.length > 0) {
    const count = problems.length === 1 ? 'one thing is' : `${problems.length} things are`;
    throw new GreenroomError('E_CONFIG', `${count} wrong in ${source}`, {
      details: problems,
      remedy: 'Correct what is named; docs/rules-of-your-own.md shows what rules look like.',
    });
  }
  const functions = new Map<string, RuleFunction>();
  const rules = read.data.rules.map((rule): Rule => {
    const { name, agent, room, when, then } = rule;
    const actions = then.map((action, index): RuleAction => {
      if (action.do !== 'call') return action;
      const given = `${name}/${index}`;
      functions.set(given, action.call);
      return { do: 'call', function: given };
    });
    return { name, agents: agent, room, when, then: actions, cooldownMs: rule.cooldown };
  });
  return { rules, functions };
}

/** Of names as they were given: what else is wrong with a rule should not hide that it is there twice. */
function nameProblems(config: unknown): readonly string[] {
  const { rules = [] } = namedSchema.safeParse(config).data ?? {};
  const names = rules.map((rule) => rule.name);
  return names.flatMap((name, index) =>
    name === null || names.indexOf(name) === index
      ? []
      : [`rules[${index}].name: there is another rule named ${name}`],
  );
}

const pathsOf = (when: RuleCondition): readonly string[] =>
  'fact' in when ? factPaths(when.fact) : alertPaths;

function actionProblems(action: ActionRead, paths: readonly string[]): readonly string[] {
  const isAboutSomebody = namesSomebody(paths);
  switch (action.do) {
    case 'remove':
    case 'mute':
      return isAboutSomebody ? [] : [`this is about nobody whom the rule could ${action.do}`];
    case 'data': {
      const { payload, to } = action;
      const unknown = namedPaths([payload, to]).filter((path) => !isPathOf(path, paths));
      return [
        ...unknown.map(
          (path) =>
            `{${path}} is not known of it${hint(path, paths) || `; known are ${paths.join(', ')}`}`,
        ),
        ...(to === 'participant' && !isAboutSomebody
          ? ['this is about nobody whom the data could go to']
          : []),
      ];
    }
    default:
      return [];
  }
}

const agentProblems = (
  named: readonly string[],
  index: number,
  known: readonly string[],
): readonly string[] =>
  named
    .filter((name) => !known.includes(name) && hint(name, known) !== '')
    .map((name) => `rules[${index}].agent: there is no agent ${name}${hint(name, known)}`);

/** As it would be written in JavaScript: `rules[0].then[1].data.topic`. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? 'all of it'
    : path
        .map((part, index) =>
          typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
        )
        .join('');
