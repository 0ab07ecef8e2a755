import { GreenroomError } from '../../errors.ts';
import { findNearMiss } from '../../near-miss.ts';
import type { SystemRow } from '../protocol.ts';

/** Whether the actors of a job, or of the worker, are shown. */
export type InspectFilter = (system: SystemRow) => boolean;

/** What a filter can name, and where a system has it. */
const fields = {
  room: (system: SystemRow) => system.room,
  identity: (system: SystemRow) => system.identity,
  agent: (system: SystemRow) => system.agent,
  job: (system: SystemRow) => (system.kind === 'job' ? system.id : null),
} as const;

type Field = keyof typeof fields;
const names = Object.keys(fields);
const isField = (name: string): name is Field => names.includes(name);

/** Joins filters to the one text of a setting: commas between them, `\\,` for one within. */
export const joinInspectFilters = (filters: readonly string[]): string =>
  filters.map((filter) => filter.replaceAll(/[\\,]/g, String.raw`\$&`)).join(',');

/** Parts what `joinInspectFilters` joined, or somebody by hand; a part may be empty. */
export function splitInspectFilters(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const filters = [...text.matchAll(/(?:^|,)((?:\\.|[^,\\]|\\$)*)/g)];
  return filters.map(([, filter = '']) => filter.replaceAll(/\\([\\,])/g, '$1'));
}

/**
 * Reads the values of `--inspect-filter`, each `room=NAME`, `identity=NAME`, `agent=NAME` or `job=ID`. All of
 * them must hold: a worker, which has none of these, is shown only without a filter.
 *
 * @throws GreenroomError `E_USAGE` where one is none of these, or two of them contradict each other.
 */
export function readInspectFilter(texts: readonly string[]): InspectFilter {
  const wanted = new Map<Field, string>();
  for (const text of texts) {
    const { field, value } = readOne(text);
    if (wanted.has(field)) {
      throw wrongFilter(text, `${field} stands there twice, and no actor has two`);
    }
    wanted.set(field, value);
  }
  const conditions = [...wanted];
  return (system) => conditions.every(([field, value]) => fields[field](system) === value);
}

function readOne(text: string): { readonly field: Field; readonly value: string } {
  const sign = text.indexOf('=');
  const field = text.slice(0, Math.max(0, sign));
  const value = text.slice(sign + 1);
  if (sign < 0) throw wrongFilter(text, 'it has no =');
  if (!isField(field)) {
    const meant = findNearMiss(field, names);
    const guess = meant === null ? '' : `; ${meant} may be meant`;
    throw wrongFilter(text, `there is no ${JSON.stringify(field)}${guess}`);
  }
  if (value === '') throw wrongFilter(text, `nothing stands behind ${field}=`);
  return { field, value };
}

const wrongFilter = (text: string, problem: string): GreenroomError =>
  new GreenroomError('E_USAGE', `--inspect-filter ${JSON.stringify(text)}: ${problem}`, {
    remedy: `Write ${names.map((name) => `${name}=...`).join(', ')}, each at most once.`,
  });
