import type { ActorRow, SystemRow } from '../../../../src/io/inspect/protocol.ts';
import { activeStates } from '../model/state-leaves.ts';

/** What of an actor is looked for. */
type Searched = {
  readonly actor: ActorRow;
  readonly system: SystemRow | undefined;
  /** Of its machine; null where it has none. */
  readonly machine: string | null;
};

export type TreeQuery = {
  /** Nothing is searched for: all actors fit. */
  readonly isEmpty: boolean;
  readonly fits: (searched: Searched) => boolean;
  /** What of it makes no sense, and what would; null where all does. Such words are left out. */
  readonly problem: string | null;
};

type Test = (searched: Searched) => boolean;
type Filter = {
  /** Null where any text will do. */
  readonly values: readonly string[] | null;
  readonly test: (value: string) => Test;
};

const has = (text: string | null | undefined, part: string): boolean =>
  text?.toLowerCase().includes(part) ?? false;

const isRoot = ({ path }: ActorRow): boolean => !path.includes('/');

const FILTERS: Readonly<Record<string, Filter>> = {
  room: {
    values: null,
    test: (value) => (searched) => has(searched.system?.room, value),
  },
  identity: {
    values: null,
    test: (value) => (searched) =>
      has(searched.system?.identity, value) || has(searched.actor.name, `participant:${value}`),
  },
  state: {
    values: null,
    test: (value) => (searched) =>
      activeStates(searched.actor.value).some((state) => state.toLowerCase().startsWith(value)),
  },
  machine: {
    values: null,
    test: (value) => (searched) => has(searched.machine, value),
  },
  kind: {
    values: ['machine', 'port', 'other', 'job', 'worker'],
    test: (value) => (searched) =>
      searched.actor.kind === value || (isRoot(searched.actor) && searched.system?.kind === value),
  },
  status: {
    values: ['active', 'done', 'error', 'stopped', 'restarted'],
    test: (value) => (searched) =>
      value === 'restarted' ? searched.actor.restarts > 0 : searched.actor.status === value,
  },
  alert: {
    values: ['open', 'none'],
    test: (value) => (searched) => (searched.system?.alertsOpen ?? 0) > 0 === (value === 'open'),
  },
};

const testText =
  (value: string): Test =>
  ({ actor, system }) =>
    has(actor.name, value) ||
    has(actor.path, value) ||
    has(actor.system, value) ||
    has(system?.room, value) ||
    has(system?.identity, value) ||
    has(system?.agent, value);

/** `name:`, then a value in quotes or without spaces; either may be missing. */
const WORD = /(?:([^\s":]+):)?(?:"([^"]*)"?|([^\s"]+))?/gy;

/**
 * Reads what somebody searches for, such as `room:demo state:frozen alice`: all words must fit.
 *
 * Letter case does not count. A word in quotes is text, with whatever is in it.
 */
export function parseTreeQuery(text: string): TreeQuery {
  const tests: Test[] = [];
  const problems: string[] = [];
  for (const { name, value } of wordsOf(text)) {
    const read = name === null ? testText(value) : testOf(name, value);
    if (typeof read === 'string') problems.push(read);
    // A filter whose value is still to be typed asks for nothing.
    else if (value !== '') tests.push(read);
  }
  return {
    isEmpty: tests.length === 0,
    fits: (searched) => tests.every((test) => test(searched)),
    problem: problems[0] ?? null,
  };
}

/** @returns what is wrong with it, or how to test for it */
function testOf(name: string, value: string): Test | string {
  const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  if (!filter) {
    const names = Object.keys(FILTERS).join(', ');
    return `There is no filter ${name}: use ${names}. To find it as text: "${name}:${value}".`;
  }
  if (value !== '' && filter.values && !filter.values.includes(value)) {
    return `${name} cannot be ${value}: use ${filter.values.join(', ')}.`;
  }
  return filter.test(value);
}

type Word = { readonly name: string | null; readonly value: string };

function wordsOf(text: string): readonly Word[] {
  return text
    .toLowerCase()
    .split(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .filter((word) => word !== '')
    .map((word) => {
      WORD.lastIndex = 0;
      const [, name = null, quoted, plain = ''] = WORD.exec(word) ?? [];
      return { name, value: quoted ?? plain };
    });
}
