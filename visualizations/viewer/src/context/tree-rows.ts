/** A line of a tree of plain data. */
export type TreeRow = {
  /** A JSON pointer (RFC 6901), or one and a range where it stands for a part of a long list. */
  readonly path: string;
  readonly depth: number;
  readonly name: string;
  readonly kind: 'object' | 'array' | 'range' | 'string' | 'number' | 'boolean' | 'null';
  /** The value, or what there is to open, in few words. */
  readonly text: string;
  /** Null where there is nothing to open. */
  readonly isOpen: boolean | null;
  /** Among those with the same parent, from 1. */
  readonly position: number;
  readonly siblings: number;
};

/** What somebody opened or closed, by path; all else is open in the first level only. */
export type Opened = ReadonlyMap<string, boolean>;

/** Longer lists are opened in parts of so many. */
const PAGE = 100;
const MAX_TEXT = 200;

type Named = { readonly name: string; readonly value: unknown };
type Place = Omit<TreeRow, 'kind' | 'text' | 'isOpen'>;

/**
 * The lines of a tree that are to be seen, from the top down; the value itself is not one of them.
 *
 * @param search only lines whose name or value has it, with all above them, and all of them open
 */
export const treeRows = (value: unknown, opened: Opened, search = ''): readonly TreeRow[] =>
  childRows(namedIn(value), '', 0, opened, search.toLowerCase());

export const pointer = (parent: string, name: string): string =>
  `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

function childRows(
  children: readonly Named[],
  parent: string,
  depth: number,
  opened: Opened,
  search: string,
): readonly TreeRow[] {
  if (children.length > PAGE && search === '') {
    return pageRows(children, parent, depth, opened);
  }
  const found = search === '' ? children : children.filter((child) => hasText(child, search));
  return found.flatMap(({ name, value }, index) => {
    const path = pointer(parent, name);
    const place = { path, depth, name, position: index + 1, siblings: found.length };
    return valueRows(place, value, opened, search);
  });
}

function valueRows(place: Place, value: unknown, opened: Opened, search: string): TreeRow[] {
  const { path, depth, name } = place;
  const children = namedIn(value);
  const kind = kindOf(value);
  if (children.length === 0) return [{ ...place, kind, text: leafText(value), isOpen: null }];
  const isOpen = search !== '' || (opened.get(path) ?? depth === 0);
  const row = { ...place, kind, text: countText(kind, children.length), isOpen };
  if (!isOpen) return [row];
  // Below a name that was searched for, everything is of interest.
  const within = name.toLowerCase().includes(search) ? '' : search;
  return [row, ...childRows(children, path, depth + 1, opened, within)];
}

function pageRows(
  children: readonly Named[],
  parent: string,
  depth: number,
  opened: Opened,
): readonly TreeRow[] {
  const siblings = Math.ceil(children.length / PAGE);
  return Array.from({ length: siblings }, (_, page) => {
    const part = children.slice(page * PAGE, (page + 1) * PAGE);
    const name = `${part[0]?.name ?? ''} … ${part.at(-1)?.name ?? ''}`;
    const path = `${parent}[${page}]`;
    const isOpen = opened.get(path) ?? false;
    const text = `${part.length} of ${children.length}`;
    const row: TreeRow = {
      ...{ path, depth, name, kind: 'range', text, isOpen },
      ...{ position: page + 1, siblings },
    };
    return isOpen ? [row, ...childRows(part, parent, depth + 1, opened, '')] : [row];
  }).flat();
}

function namedIn(value: unknown): readonly Named[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, inner]: [string, unknown]) => ({ name, value: inner }));
}

function hasText({ name, value }: Named, search: string): boolean {
  if (name.toLowerCase().includes(search)) return true;
  const children = namedIn(value);
  return children.length === 0
    ? leafText(value).toLowerCase().includes(search)
    : children.some((child) => hasText(child, search));
}

function kindOf(value: unknown): TreeRow['kind'] {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return value === null || value === undefined ? 'null' : 'object';
}

/** Of a value that has nothing in it to open. */
export function leafText(value: unknown): string {
  if (value === undefined) return 'null';
  const text = JSON.stringify(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

const countText = (kind: TreeRow['kind'], count: number): string =>
  kind === 'array' ? `[ ${count} ]` : `{ ${count} }`;
