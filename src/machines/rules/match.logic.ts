import { matchesPattern } from '../text-pattern.logic.ts';
import type { Happening } from './happening.logic.ts';
import type { Rule, RuleCondition, RuleTest } from './rule.ts';

/** The value at a path of plain JSON, such as `participant.kind`; undefined where there is none. */
export function valueAt(values: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = values;
  let rest = path;
  while (isRecord(value)) {
    // Names of attributes have dots in them, as `lk.agent.state`: all of the rest may be one name.
    if (Object.hasOwn(value, rest)) return Reflect.get(value, rest);
    const dot = rest.indexOf('.');
    const name = rest.slice(0, Math.max(dot, 0));
    if (dot < 0 || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
    rest = rest.slice(dot + 1);
  }
  return undefined;
}

/** Whether this is what a rule waits for. */
export function matches(when: RuleCondition, { type, values }: Happening): boolean {
  if ('fact' in when) {
    return (
      type === when.fact &&
      Object.entries(when.where).every(([path, test]) => passes(valueAt(values, path), test))
    );
  }
  if (type !== `alert.${when.is}`) return false;
  const severity = valueAt(values, 'alert.severity');
  return (
    passes(valueAt(values, 'alert.key'), when.alert) &&
    (when.severity.length === 0 || when.severity.some((wanted) => wanted === severity))
  );
}

/** Whether the jobs of an agent in a room follow a rule. */
export const isFor = (
  { agents, room }: Rule,
  job: { readonly agent: string; readonly room: string },
): boolean => (agents.length === 0 || agents.includes(job.agent)) && matchesPattern(job.room, room);

function passes(value: unknown, test: RuleTest): boolean {
  if (typeof test === 'string') return typeof value === 'string' && matchesPattern(value, test);
  if (typeof test !== 'object' || test === null) return value === test;
  const { above = -Infinity, below = Infinity } = test;
  return typeof value === 'number' && value > above && value < below;
}

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null;
