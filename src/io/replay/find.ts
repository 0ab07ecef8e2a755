import { isStimulus, type FileLine } from '../event-log/log-line.ts';
import type { LogPosition, TornLine } from '../event-log/reader.ts';
import type { FindCondition } from './find-condition.ts';
import { LogSteps, type LogStep } from './log-step.ts';
import type { OpenLog } from './walk-logs.ts';

/** The first step at which a condition holds. */
type FoundStep = Pick<LogStep, 'seq' | 't' | 'at' | 'lines'> & {
  /** The path of the actor that the stimulus came from or went to. */
  readonly actor: string;
  /** Where its stimulus stands; of the first step, the head. */
  readonly position: LogPosition | null;
  /** By the numbers of the actors in the lines. */
  readonly paths: Readonly<Record<number, string>>;
};

export type Search = {
  readonly found: FoundStep | null;
  /** Where it is not found: what there is of that kind, each once. */
  readonly names: readonly string[];
};

/** More names are no help. */
const maxNames = 200;

/** Looks for the first step at which a condition holds. It reads no further than that. */
export async function findStep(
  { head, lines }: OpenLog,
  condition: FindCondition,
): Promise<Search> {
  const steps = new LogSteps(head);
  const names = new Set<string>();
  const reader = lines();
  let beginning: LogPosition | undefined;
  let found: FoundStep | undefined;
  const look = (step: LogStep): void => {
    if (condition.holds(step)) found ??= asFound(step, beginning);
    else if (names.size < maxNames) for (const name of condition.namesIn(step)) names.add(name);
  };
  for await (const line of reader) {
    steps.feed(line, look);
    if (found) break;
    if (line.kind === 'head' || isNewStep(line)) beginning = reader.position;
  }
  if (!found) steps.finish(look);
  return { found: found ?? null, names: found ? [] : [...names].toSorted() };
}

const isNewStep = (line: FileLine | TornLine): boolean => line.kind !== 'torn' && isStimulus(line);

function asFound(step: LogStep, position: LogPosition | undefined): FoundStep {
  const { seq, t, at, path, lines, pathOf } = step;
  const paths = Object.fromEntries(lines.map(({ actor }) => [actor, pathOf(actor)]));
  return { seq, t, at, actor: path, lines, position: position ?? null, paths };
}
