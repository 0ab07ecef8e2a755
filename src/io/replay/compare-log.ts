import { machineOfLog } from '../compose/log-machines.ts';
import type { Divergence } from './divergence.ts';
import { findMachineChanges, type MachineChange } from './machine-changes.ts';
import { readMachineNotes } from './machine-notes.ts';
import { replay, type Replay } from './replayer.ts';
import type { OpenLog } from './walk-logs.ts';

/** What a replay of one log found. */
export type ComparedLog = {
  readonly agent: string;
  /** Epoch milliseconds of `t` = 0. */
  readonly startedAt: number;
  /** Null where they part before the end. */
  readonly ending: Replay['ending'] | null;
  readonly stimuli: number;
  /** The first difference; null: as far as the log goes, all is the same. */
  readonly divergence: Divergence | null;
  /** Machines that are not as they were recorded, whether or not that made a difference. */
  readonly changes: readonly MachineChange[];
};

/** A log in files, or in memory. */
type LogToCompare = Pick<OpenLog, 'path' | 'head' | 'agents'> & {
  readonly lines: () => Parameters<typeof replay>[0];
};

/**
 * Replays a log with the machines of its agent, and compares every consequence.
 *
 * @throws GreenroomError `E_LOG_FORMAT`, `E_REPLAY_AGENT`.
 */
export async function compareLog({
  path,
  head,
  lines,
  agents,
}: LogToCompare): Promise<ComparedLog> {
  const machine = machineOfLog(head, agents);
  const { divergence, stimuli, ending } = await replay(lines(), machine);
  return {
    agent: head.agent,
    startedAt: head.startedAt,
    ending: divergence ? null : ending,
    stimuli,
    divergence: divergence ?? null,
    changes: findMachineChanges(head, machine, await readMachineNotes(path)),
  };
}
