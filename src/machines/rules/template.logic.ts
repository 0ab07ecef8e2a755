import { valueAt } from './match.logic.ts';

type Values = Readonly<Record<string, unknown>>;

/** A longer value is cut: a message of data must fit into a packet of 15 KB. */
const MAX_VALUE_LENGTH = 1_000;

const names = /\{([A-Za-z][\w.-]*)\}/g;

/** The paths that the texts of plain JSON name in braces. */
export function namedPaths(template: unknown): readonly string[] {
  if (typeof template === 'string') {
    return [...template.matchAll(names)].flatMap(([, path]) => path ?? []);
  }
  if (typeof template !== 'object' || template === null) return [];
  return Object.values(template).flatMap(namedPaths);
}

/** Puts values in the place of the paths that a text names in braces; nothing where there is none. */
export const fillText = (template: string, values: Values): string =>
  template.replaceAll(names, (_, path: string) => textOf(valueAt(values, path)));

/**
 * Does so in all texts of plain JSON. A text that is one name and nothing else becomes the value itself,
 * a number for `{sizeBytes}`, and null where there is none.
 */
export function fill(template: Values, values: Values): Values {
  return Object.fromEntries(
    Object.entries(template).map(([key, part]) => [key, fillPart(part, values)]),
  );
}

function fillPart(template: unknown, values: Values): unknown {
  if (typeof template === 'string') {
    const [path, ...others] = namedPaths(template);
    const isAlone = path !== undefined && others.length === 0 && template === `{${path}}`;
    return isAlone ? cut(valueAt(values, path) ?? null) : fillText(template, values);
  }
  if (Array.isArray(template)) return template.map((part: unknown) => fillPart(part, values));
  if (!isRecord(template)) return template;
  return fill(template, values);
}

const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, MAX_VALUE_LENGTH);
};

const cut = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? textOf(value)
    : typeof value === 'string'
      ? value.slice(0, MAX_VALUE_LENGTH)
      : value;

const isRecord = (value: unknown): value is Values => typeof value === 'object' && value !== null;
