import type { AnyStateMachine } from 'xstate';
import { findMachines } from '../../machines/actor-tree.ts';
import { machineTransitions, type MachineTransition } from '../coverage/machine-transitions.ts';
import { fingerprints } from '../event-log/head.ts';
import type { LogHead } from '../event-log/log-line.ts';
import type { MachineNotes } from './machine-notes.ts';

/** A machine that is not as it was recorded. */
export type MachineChange = {
  readonly machine: string;
  /** Transitions on one side only; null: what it was like is not noted beside the log. */
  readonly transitions: {
    readonly gone: readonly string[];
    readonly new: readonly string[];
  } | null;
};

/**
 * Finds the machines of a log that have other states, transitions or names of guards and actions than
 * when it was recorded. What a named guard or action does leaves no trace there.
 */
export function findMachineChanges(
  head: LogHead,
  machine: AnyStateMachine,
  notes: MachineNotes,
): readonly MachineChange[] {
  const now = notesOf(machine);
  const fingerprintsNow = fingerprints(machine);
  const ids = new Set([...Object.keys(head.fingerprints), ...Object.keys(fingerprintsNow)]);
  return [...ids]
    .filter((id) => head.fingerprints[id] !== fingerprintsNow[id])
    .map((id) => {
      const transitionsOf = (from: MachineNotes, fingerprint: string | undefined) =>
        fingerprint === undefined ? [] : from[fingerprint]?.transitions;
      const before = transitionsOf(notes, head.fingerprints[id]);
      const after = transitionsOf(now, fingerprintsNow[id]);
      if (!before || !after) return { machine: id, transitions: null };
      const gone = before.filter((transition) => !after.includes(transition));
      const added = after.filter((transition) => !before.includes(transition));
      return { machine: id, transitions: { gone, new: added } };
    });
}

/** What is noted of a machine and of those below it. */
export function notesOf(root: AnyStateMachine): MachineNotes {
  const byId = fingerprints(root);
  return Object.fromEntries(
    findMachines(root).map((machine) => [
      byId[machine.id] ?? '',
      { machine: machine.id, transitions: machineTransitions(machine).map(inWords) },
    ]),
  );
}

const inWords = ({ key, actions, reenter }: MachineTransition): string =>
  `${key}${reenter ? ' (reenter)' : ''}${actions.length > 0 ? ` / ${actions.join(', ')}` : ''}`;
