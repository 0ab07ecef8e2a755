import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { machineOfLog } from '../compose/log-machines.ts';
import { GreenroomError } from '../errors.ts';
import type { FileLine } from '../event-log/log-line.ts';
import { PACKED, readLogName } from '../event-log/log-source.ts';
import { greenroomVersion } from '../version.ts';
import { compareLog } from './compare-log.ts';
import type { Divergence } from './divergence.ts';
import { notesOf } from './machine-changes.ts';
import { noteMachines } from './machine-notes.ts';
import { Rerun } from './rerun.ts';
import type { OpenLog } from './walk-logs.ts';
import { writeLog } from './write-log.ts';

/** The consequences that are counted, by the kinds of their lines. */
const countedKinds = ['state', 'message', 'command', 'emitted'] as const;

type ConsequenceCounts = Readonly<Record<(typeof countedKinds)[number], number>>;

/** What was written anew. */
export type AcceptedLog = {
  readonly firstDifference: Divergence;
  readonly before: ConsequenceCounts;
  readonly after: ConsequenceCounts;
  /** What came from outside to an actor that is not there any more. */
  readonly lostInputs: number;
};

/**
 * Writes the consequences of a log anew where they differ from what its machines do now, and notes
 * the machines' transitions beside it. Resolves with null where nothing differs: the log stays as it is.
 *
 * The new log is one plain file in the place of the first part, whatever parts there were; the old one
 * stays until it is whole.
 *
 * @throws GreenroomError `E_LOG_FORMAT`, also where lines are missing in the log; `E_REPLAY_AGENT`.
 */
export async function acceptLog(log: OpenLog): Promise<AcceptedLog | null> {
  const machine = machineOfLog(log.head, log.agents);
  const { divergence } = await compareLog(log);
  const [before, after] = [new Counter(), new Counter()];
  let lostInputs = 0;
  if (divergence) {
    const rerun = new Rerun({
      machine,
      changeHead: (head) => ({
        ...head,
        versions: { ...head.versions, greenroom: greenroomVersion, node: process.versions.node },
      }),
    });
    await writeLog(plainPath(log.path), countedRun(log, rerun, { before, after }));
    lostInputs = rerun.lost;
    await removeOldParts(log.path);
  }
  await noteMachines(log.path, notesOf(machine));
  if (!divergence) return null;
  return { firstDifference: divergence, before: before.counts, after: after.counts, lostInputs };
}

/** The lines of the new run. Throws at its end where the old one had gaps. */
async function* countedRun(
  { path, lines }: OpenLog,
  rerun: Rerun,
  { before, after }: { readonly before: Counter; readonly after: Counter },
): AsyncGenerator<FileLine> {
  for await (const line of lines()) {
    before.count(line);
    for (const made of rerun.feed(line)) {
      after.count(made);
      yield made;
    }
  }
  refuseGaps(path, rerun);
}

class Counter {
  readonly #byKind = { state: 0, message: 0, command: 0, emitted: 0 };

  get counts(): ConsequenceCounts {
    return this.#byKind;
  }

  count(line: { readonly kind: FileLine['kind'] | 'torn' }): void {
    const kind = countedKinds.find((kind) => kind === line.kind);
    if (kind) this.#byKind[kind] += 1;
  }
}

function refuseGaps(path: string, { missing }: Rerun): void {
  if (missing === 0) return;
  const lines = missing === 1 ? '1 line is' : `${missing} lines are`;
  throw new GreenroomError('E_LOG_FORMAT', `${basename(path)}: ${lines} missing in the log`, {
    remedy: 'What came after the gap is not what would have come: record it anew.',
  });
}

const plainPath = (path: string): string =>
  path.endsWith(PACKED) ? path.slice(0, -PACKED.length) : path;

/** The other parts, and the packed first one: the new file has all that was in them. */
async function removeOldParts(path: string): Promise<void> {
  const written = basename(plainPath(path));
  const stem = readLogName(written)?.stem;
  const folder = dirname(path);
  const isOld = (name: string): boolean =>
    name !== written &&
    (name === basename(path) || (stem !== undefined && readLogName(name)?.stem === stem));
  for (const name of (await readdir(folder)).filter(isOld)) await rm(join(folder, name));
}
