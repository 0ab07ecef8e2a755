import type { AgentDefinition } from '../../agents/define-agent.ts';
import { renderDivergence } from '../cli/divergence-view.ts';
import { LineEncoder } from '../event-log/log-line.codec.ts';
import type { FileLine, HeadLine } from '../event-log/log-line.ts';
import { readLog, type TornLine } from '../event-log/reader.ts';
import { GreenroomError } from '../errors.ts';
import { compareLog } from '../replay/compare-log.ts';

/** An event log that is to replay without a difference. */
export interface Replayable {
  readonly agent: AgentDefinition;
  /** Where it comes from. */
  readonly source: string;
  /** Its lines, from the head on, each time anew. */
  readonly log: Iterable<FileLine> | AsyncIterable<FileLine | TornLine>;
}

/**
 * An event log in a file, such as one that a worker wrote or `greenroom replay --find` cut out of it:
 * `await expect(recordedRun(agent, 'fixtures/x.jsonl')).toReplay()`.
 *
 * @param agent as it is now.
 * @param source the path of the file, or of the first of its parts.
 */
export const recordedRun = (agent: AgentDefinition, source: string): Replayable => ({
  agent,
  source,
  get log() {
    return readLog(source);
  },
});

/**
 * How the machines of now differ from what was recorded, for people; null where they do not.
 *
 * @throws GreenroomError `E_LOG_FORMAT`, `E_REPLAY_AGENT`; the system's error where a file cannot be read.
 */
export async function differenceOf(run: Replayable): Promise<string | null> {
  const { agent, source: path } = run;
  const head = await headOf(run);
  const compared = await compareLog({ path, head, lines: () => run.log, agents: [agent] });
  const { divergence } = compared;
  return divergence && renderDivergence(path, { ...compared, divergence }, SCREEN);
}

/** Of a test runner, which may write into a file. */
const SCREEN = { columns: 160, hasColour: false };

async function headOf(run: Replayable): Promise<HeadLine> {
  for await (const line of run.log) if (line.kind === 'head') return line;
  throw new GreenroomError('E_LOG_FORMAT', `${run.source} has no head`);
}

/** As the text of a file. */
export function encodeLog(lines: readonly FileLine[]): string {
  const encoder = new LineEncoder();
  return lines.map((line) => `${encoder.encode(line)}\n`).join('');
}
