import microdiff from 'microdiff';
import { leafText, pointer } from './tree-rows.ts';

/** A value of a context that differs. */
export type ContextChange = {
  readonly kind: 'added' | 'removed' | 'changed';
  /** A JSON pointer; empty for the whole. */
  readonly path: string;
  /** As JSON, cut where it is long; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
};

/** More are not shown: whoever changes so much has been replaced. */
export const MAX_CHANGES = 200;

/** What differs between two contexts; any plain data. */
export function contextDiff(before: unknown, after: unknown): readonly ContextChange[] {
  // It takes objects only, and a context may be anything.
  return microdiff({ of: before }, { of: after }, { cyclesFix: false }).map((difference) => {
    const path = difference.path.slice(1).reduce<string>((at, key) => pointer(at, String(key)), '');
    switch (difference.type) {
      case 'CREATE':
        return { kind: 'added', path, before: null, after: leafText(difference.value) };
      case 'REMOVE':
        return { kind: 'removed', path, before: leafText(difference.oldValue), after: null };
      case 'CHANGE':
        return {
          kind: 'changed',
          path,
          before: leafText(difference.oldValue),
          after: leafText(difference.value),
        };
    }
  });
}

/** Paths of what differs, and of all that it is in. */
export function changedPaths(before: unknown, after: unknown): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { path } of contextDiff(before, after)) {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      paths.add(path.slice(0, end));
    }
  }
  return paths;
}
