import { GreenroomError } from '../errors.ts';
import { findNearMiss } from '../near-miss.ts';
import { importDefault, isModulePath } from '../user-module.ts';
import type { LogStep } from './log-step.ts';
import { stateLeaves } from './state-leaves.ts';

/** What is looked for in a log. */
export type FindCondition = {
  readonly holds: (step: LogStep) => boolean;
  /** What a step has of the kind that is looked for: told where nothing is found. */
  readonly namesIn: (step: LogStep) => readonly string[];
};

/**
 * Reads what is to be found.
 *
 * - `alert:KEY`: an alert is opened whose key has KEY in it: `alert:quality` finds `poor_quality`.
 * - `state:NAME`: an actor comes to a state with these names, one below the other: `state:frozen` and
 *   `state:video.frozen` find `connected.video.frozen`.
 * - `state:ACTOR=NAME`: an actor whose path ends with ACTOR does.
 * - `seq:N`: the step of this number, such as an alert's trace names.
 * - a file, whose default export gets each step (`LogStep`) and says whether it is the one.
 *
 * @throws GreenroomError `E_USAGE`.
 */
export async function readCondition(what: string): Promise<FindCondition> {
  const [, kind, rest] = /^(alert|state|seq):(.+)$/s.exec(what) ?? [];
  if (kind === 'alert' && rest !== undefined) return alertCondition(rest);
  if (kind === 'state' && rest !== undefined) return stateCondition(rest);
  if (kind === 'seq' && /^\d+$/.test(rest ?? '')) return seqCondition(Number(rest));
  if (isModulePath(what)) return moduleCondition(what);
  const kinds = ['alert:', 'state:', 'seq:'];
  const meant = findNearMiss(/^[^:]*:?/.exec(what)?.[0] ?? '', kinds);
  throw new GreenroomError('E_USAGE', `"${what}" is nothing that can be found`, {
    remedy: `${meant === null ? '' : `Is ${meant} meant? `}Write ${FIND_FORMS}.`,
  });
}

const FIND_FORMS =
  'alert:KEY, state:NAME, state:ACTOR=NAME, seq:N or the path of a module such as ./predicate.js';

function alertCondition(key: string): FindCondition {
  const namesIn = ({ lines }: LogStep): string[] =>
    lines.flatMap((line) => {
      const opened = line.kind === 'emitted' ? openedAlert(line.event) : null;
      return opened === null ? [] : [opened];
    });
  return { namesIn, holds: (step) => namesIn(step).some((opened) => opened.includes(key)) };
}

const seqCondition = (wanted: number): FindCondition => ({
  namesIn: () => [],
  holds: ({ seq }) => seq === wanted,
});

function openedAlert(event: unknown): string | null {
  if (typeof event !== 'object' || event === null) return null;
  if (Reflect.get(event, 'type') !== 'job.alertOpened') return null;
  const alert: unknown = Reflect.get(event, 'alert');
  return typeof alert === 'object' && alert !== null ? String(Reflect.get(alert, 'key')) : null;
}

function stateCondition(text: string): FindCondition {
  // An identity may have such a sign in it, a state has none.
  const sign = text.lastIndexOf('=');
  const wantedActor = sign < 0 ? null : text.slice(0, sign);
  const wanted = text.slice(sign + 1).split('.');
  const entered = ({ lines, pathOf }: LogStep): readonly string[] =>
    lines.flatMap((line) =>
      line.kind === 'state' && isActor(pathOf(line.actor), wantedActor)
        ? stateLeaves(line.value)
        : [],
    );
  return {
    namesIn: entered,
    holds: (step) => entered(step).some((leaf) => hasInOrder(leaf.split('.'), wanted)),
  };
}

const isActor = (path: string, wanted: string | null): boolean =>
  wanted === null || path === wanted || path.endsWith(`/${wanted}`);

const hasInOrder = (names: readonly string[], wanted: readonly string[]): boolean =>
  names.some((_, start) => wanted.every((name, index) => names[start + index] === name));

async function moduleCondition(file: string): Promise<FindCondition> {
  const predicate = await importDefault(file, {
    code: 'E_USAGE',
    example: 'export default (step) => step.t > 60_000;',
  });
  if (typeof predicate !== 'function') {
    throw new GreenroomError('E_USAGE', `the default export of ${file} is no function`, {
      remedy: 'Write: export default (step) => step.t > 60_000;',
    });
  }
  return {
    namesIn: () => [],
    holds: (step) => {
      try {
        return Boolean(Reflect.apply(predicate, undefined, [step]));
      } catch (cause) {
        throw new GreenroomError('E_USAGE', `${file} broke at step ${step.seq}: ${String(cause)}`, {
          cause,
          remedy: 'Correct the predicate: not every step has each actor and state.',
        });
      }
    },
  };
}
