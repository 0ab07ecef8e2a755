import { isMachineSnapshot, type AnyStateMachine } from 'xstate';
import { jobMachineOf, JOB_ROOT_ID, machineOfLog } from '../compose/log-machines.ts';
import { changeHead, type Change } from './changed-head.ts';
import { FactPairs, type FactComparison } from './fact-pairs.ts';
import { Rerun } from './rerun.ts';
import { RunFacts, type RunFigures } from './run-facts.ts';
import type { OpenLog } from './walk-logs.ts';

/** One of the two runs. */
export type WhatIfRun = RunFigures & {
  /** What broke the root; null: nothing. */
  readonly error: string | null;
  /** What came from outside and found nobody. */
  readonly lostInputs: number;
};

export type WhatIf = {
  readonly agent: string;
  /** Epoch milliseconds of `t` = 0. */
  readonly startedAt: number;
  /** Milliseconds until the end of the log. */
  readonly durationMs: number;
  /** The settings that this log has; those that it has not change nothing. */
  readonly applied: readonly string[];
  /** With nothing changed. */
  readonly base: WhatIfRun;
  readonly changed: WhatIfRun;
  /** What the change makes of it. */
  readonly comparison: FactComparison;
  /** How far the unchanged run is from the record: its timers are never late. */
  readonly drift: FactComparison;
  /** Lines that the log lacks, so that both runs are without them. */
  readonly missingLines: number;
};

/**
 * Runs a log twice by the clock, as recorded and with a change, and compares the two. Null where the
 * change is none for this log.
 *
 * The record itself is no measure: its timers were late by some milliseconds each.
 *
 * @throws GreenroomError as `changeHead`, `machineOfLog` and `Rerun.feed` do.
 */
export async function whatIf(log: OpenLog, change: Change): Promise<WhatIf | null> {
  const { head, agents } = log;
  const machine = machineOfLog(head, agents);
  const isJob = head.rootId === JOB_ROOT_ID;
  const recorded = isJob ? (agents.find(({ name }) => name === head.agent) ?? null) : null;
  const { applied, head: changedHead } = changeHead(head, change, recorded);
  const isOther = isJob && change.instead !== null;
  if (applied.length === 0 && !isOther) return null;

  const base = new Side(new Rerun({ machine }));
  const changed = new Side(
    new Rerun({ machine: machineFor(machine, isJob, change), changeHead: () => changedHead }),
  );
  const record = new RunFacts();
  const drift = new FactPairs();
  const comparison = new FactPairs();
  for await (const line of log.lines()) {
    const baseFacts = base.feed(line);
    const changedFacts = changed.feed(line);
    drift.add(line.kind === 'torn' ? [] : record.feed(line), baseFacts, base.t);
    comparison.add(baseFacts, changedFacts, base.t);
  }
  return {
    agent: head.agent,
    startedAt: head.startedAt,
    durationMs: base.t,
    applied,
    base: base.finish(),
    changed: changed.finish(),
    comparison: comparison.finish(),
    drift: drift.finish(),
    missingLines: base.missing,
  };
}

const machineFor = (
  recorded: AnyStateMachine,
  isJob: boolean,
  { instead }: Change,
): AnyStateMachine => (isJob && instead ? jobMachineOf(instead) : recorded);

/** A run, and what is said of it. */
class Side {
  readonly #rerun: Rerun;
  readonly #facts = new RunFacts();

  constructor(rerun: Rerun) {
    this.#rerun = rerun;
  }

  get t(): number {
    return this.#rerun.t;
  }

  get missing(): number {
    return this.#rerun.missing;
  }

  feed(line: Parameters<Rerun['feed']>[0]) {
    return this.#rerun.feed(line).flatMap((made) => this.#facts.feed(made));
  }

  finish(): WhatIfRun {
    const { root, t, lost } = this.#rerun;
    const error = root ? errorOf(root.getSnapshot()) : null;
    root?.stop();
    return { ...this.#facts.finish(t), lostInputs: lost, error };
  }
}

const errorOf = (snapshot: unknown): string | null =>
  isMachineSnapshot(snapshot) && snapshot.status === 'error' ? String(snapshot.error) : null;
